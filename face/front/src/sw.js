// The service worker: it keeps the form of a report and what it is drawn with, and a report that found no line. Of all other pages
// it keeps nothing: they may be for one reader's eyes, and what a public page says is soon not so any more.
import { drop, put } from "./keep.js";

const files = KEPT; // the build puts the names here: each has a hash of its content
const lang = new URLSearchParams(location.search).get("lang") || "en";
const form = `/report/offline?lang=${lang}`;
const store = "skein-1";

addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(store);
    await cache.addAll(files.filter((file) => file));
    await cache.put(form, await fetch(form, { credentials: "omit", cache: "reload" })); // nobody's: not even who is signed in
    await skipWaiting();
  })());
});

addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(store);
    for (const request of await cache.keys()) {
      const { pathname, search } = new URL(request.url);
      if (!files.includes(pathname) && pathname + search !== form) await cache.delete(request);
    }
    await clients.claim();
  })());
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.mode === "navigate" && request.method === "POST" && pathname === "/report") event.respondWith(report(request));
  else if (request.mode === "navigate" && request.method === "GET") event.respondWith(fetch(request).catch(() => instead()));
  else if (files.includes(pathname)) event.respondWith(caches.match(pathname).then((had) => had || fetch(request)));
});

const instead = async () => (await caches.match(form)) || Response.error();

// report sends a report, and keeps it if there is no line. Taken is what leads on to a receipt, or is one.
async function report(request) {
  const copy = request.clone();
  const fields = copy.formData().then((data) => [...data].filter(([, value]) => typeof value === "string" || value.size > 0), () => null);
  try {
    const answer = await fetch(request);
    const once = keyOf(await fields);
    if (once && (answer.type === "opaqueredirect" || answer.ok)) await drop(once).catch(() => {}); // a browser without cookies is shown it at once
    return answer;
  } catch {
    const all = await fields, once = keyOf(all);
    if (!once) return instead();
    await put(once, all.map(([name, value]) => [name, typeof value === "string" ? value : new Blob([value], { type: value.type })]));
    return Response.redirect(form, 303);
  }
}

// keyOf is the key of a report; what only asks what its words bring up is none.
function keyOf(fields) {
  if (!fields || fields.some(([name]) => name === "look" || name === "choose")) return "";
  return fields.find(([name]) => name === "once")?.[1] || "";
}

addEventListener("push", (event) => {
  const { title, body, number } = event.data.json();
  event.waitUntil(registration.showNotification(title, { body, tag: number, lang, data: number }));
});

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(clients.openWindow(`/matters/${encodeURIComponent(event.notification.data)}`));
});
