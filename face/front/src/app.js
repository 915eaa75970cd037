// What every page loads. Pages work without it: it spares page loads, moves the focus, and fetches the map.
import "htmx.org";

const once = new WeakMap(); // element → what it was given: a form can be several things

function each(root, selector, enhance) {
  const found = [...root.querySelectorAll(selector)];
  if (root.matches?.(selector)) found.unshift(root);
  for (const element of found) {
    const given = once.get(element) || new Set();
    if (given.has(enhance)) continue;
    once.set(element, given.add(enhance));
    enhance(element);
  }
}

// A form that came back with errors is read from the summary on.
function focusErrors(summary) {
  summary.tabIndex = -1;
  summary.focus();
}

// <textarea maxlength="2000" aria-describedby="…"> with <p class="count" data-left="{n} characters left">.
function countDown(line) {
  const area = document.getElementById(line.dataset.for);
  if (!area || area.maxLength < 0) return;
  const show = () => { line.textContent = line.dataset.left.replace("{n}", area.maxLength - area.value.length); };
  area.addEventListener("input", show);
  show();
}

// A second press on "send" sends nothing twice; the server's idempotency key holds it as well.
function sendOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    if (event.defaultPrevented) return;
    form.dataset.sent = "yes";
  });
  addEventListener("pageshow", () => delete form.dataset.sent); // back from the next page
}

function printPage(button) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// The map is the heaviest thing there is: it waits until the page is read and the map is near the screen.
function loadMap(element) {
  const load = () => import(MAP).then((map) => map.draw(element)).catch(() => { element.dataset.failed = ""; });
  const whenIdle = () => ("requestIdleCallback" in window ? requestIdleCallback(load, { timeout: 2000 }) : setTimeout(load, 200));
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    if (document.readyState === "complete") whenIdle();
    else addEventListener("load", whenIdle, { once: true });
  }, { rootMargin: "200px" });
  seen.observe(element);
}

// firstTiles are the addresses of the tiles that a map shows first which is fitted into the box of another element: those of 512 pixels
// in Web Mercator, at the whole zoom below the one that fits.
function firstTiles({ dataset }, box) {
  const [west, south, east, north] = dataset.bounds.split(",").map(Number);
  const x = (lon) => lon / 360 + 0.5, y = (lat) => 0.5 - Math.atanh(Math.sin((lat * Math.PI) / 180)) / (2 * Math.PI);
  const { width, height } = box.getBoundingClientRect();
  const scale = Math.min((width - 2 * PADDING) / (x(east) - x(west)), (height - 2 * PADDING) / (y(south) - y(north)));
  const zoom = Math.max(0, Math.min(Math.floor(Math.log2(scale / 512)), Number(dataset.maxzoom))), tiles = 2 ** zoom;
  const range = (middle, side) => [middle - side / scale / 2, middle + side / scale / 2].map((at) => Math.max(0, Math.min(tiles - 1, Math.floor(at * tiles))));
  const [left, right] = range((x(west) + x(east)) / 2, width), [top, bottom] = range((y(north) + y(south)) / 2, height);
  const all = [];
  for (let i = left; i <= right; i++) for (let j = top; j <= bottom; j++) all.push(dataset.tiles.replace("{z}", zoom).replace("{x}", i).replace("{y}", j));
  return all.slice(0, 12);
}

// A page that brings a map along as a plan loads the one that can be moved when its reader asks for it: all its parts at once.
function openMap(button) {
  const figure = button.closest("figure"), element = figure.querySelector("[data-map]"), plan = figure.querySelector(".plan");
  const said = button.textContent;
  let coming;
  const bring = () => {
    if (!coming) {
      const shared = document.createElement("link"); // what map and worker both need
      shared.rel = "modulepreload";
      shared.href = MAP_SHARED;
      document.head.append(shared);
      for (const part of [MAP_WORKER, ...firstTiles(element, plan)]) fetch(part).catch(() => {}); // in the cache when the map asks for them
    }
    return (coming ||= import(MAP).catch((error) => { coming = null; throw error; }));
  };
  button.hidden = false;
  for (const near of ["pointerenter", "touchstart", "focus"]) button.addEventListener(near, () => bring().catch(() => {}), { once: true, passive: true });
  button.addEventListener("click", async () => {
    button.textContent = button.dataset.waiting;
    button.disabled = true;
    try {
      const map = await bring();
      element.hidden = false;
      await map.draw(element);
      plan.parentElement.dataset.open = "";
      figure.querySelector(".key").hidden = false;
      button.parentElement.hidden = true;
      element.querySelector("canvas").focus();
    } catch { // no line or no WebGL: the plan stays, and the list
      element.hidden = true;
      button.textContent = said;
      button.disabled = false;
    }
  });
}

function offerPasskey(element) {
  import("./passkey.js").then((passkey) => passkey.offer(element));
}

// A link carries an invitation behind the #, which no server sees; it goes into the form and out of the address.
function takeFragment(element) {
  const field = element.querySelector("input");
  const token = location.hash.slice(1);
  if (!/^[A-Za-z0-9_-]{43}$/.test(token)) return;
  field.value = token;
  element.hidden = true;
  history.replaceState(null, "", location.pathname);
}

// The picture on a receipt leads here with number and code behind the #; they go into the form and out of the address.
function takeCode(form) {
  const [, number, code] = /^#([0-9-]{10,14})\.([0-9A-Za-z]{10,64})$/.exec(location.hash) || [];
  if (!code) return;
  form.querySelector("[name=number]").value = number;
  form.querySelector("[name=code]").value = code;
  history.replaceState(null, "", location.pathname + location.search);
}

function helpReport(form) {
  import("./report.js").then((report) => report.help(form));
}

function showKept(section) {
  import("./kept.js").then((kept) => kept.show(section));
}

function offerPush(form) {
  import("./push.js").then((push) => push.offer(form));
}

function readReceipts(form) {
  import("./receipts.js").then((receipts) => receipts.begin(form));
}

function staff(element) {
  import("./staff.js").then((staff) => staff.enhance(element));
}

function follow(section) {
  import("./live.js").then((live) => live.follow(section));
}

// Drafts of staff's forms last no longer than a shift, whichever page is open, and go with the session that they were written in.
const shift = 12 * 3600 * 1000;

function dropDrafts(old) {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith("draft ") && old(localStorage.getItem(key))) localStorage.removeItem(key);
  } catch { /* a browser that keeps nothing */ }
}

function sweepDrafts() {
  dropDrafts((draft) => {
    try { return !(Date.now() - JSON.parse(draft).at < shift); } catch { return true; }
  });
}

function forgetDrafts(form) {
  form.addEventListener("submit", () => dropDrafts(() => true));
}

// A report that the worker kept waits until somebody sends it: where there is no worker there is none, and nothing is asked for.
function tellKept(line) {
  if (navigator.serviceWorker?.controller) import("./kept.js").then((kept) => kept.tell(line)).catch(() => {});
}

function enhance(root) {
  each(root, ".errors", focusErrors);
  each(root, ".count[data-for]", countDown);
  each(root, "form[data-once]", sendOnce);
  each(root, "button[data-print]", printPage);
  each(root, "[data-map]:not([data-asked])", loadMap);
  each(root, "[data-open-map]", openMap);
  each(root, "[data-passkey]", offerPasskey);
  each(root, "[data-fragment]", takeFragment);
  each(root, "[data-receipts]", readReceipts);
  each(root, "form[data-code]", takeCode);
  each(root, "form[data-report]", helpReport);
  each(root, "form[data-push]", offerPush);
  each(root, "[data-kept]", showKept);
  each(root, "[data-kept-here]", tellKept);
  each(root, "[data-live]", follow);
  each(root, "form[data-draft], [data-done], [data-set], [data-template]", staff);
  each(root, "form[action='/sign-out']", forgetDrafts);
}

sweepDrafts();
setInterval(sweepDrafts, 600_000);
addEventListener("pageshow", sweepDrafts); // back in a page that was left open
enhance(document);
document.addEventListener("htmx:after:swap", () => enhance(document));
