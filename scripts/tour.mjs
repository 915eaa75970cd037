// The tour: the ten main pages as pictures, and docs/tour/README.md which says what each shows. `make tour` runs it.
// It fills both demonstrations anew in a folder of its own and serves them with the built program, so that what is shown is what a newcomer
// sees; the matter of the tour is told, objected to, ruled on, answered and confirmed by the commands themselves.
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { browsers } from "../internal/browser/browser.mjs";

const program = "bin/skein", folder = "docs/tour";
const wide = { width: 1280, height: 860, scale: 1.25 }, phone = { width: 360, height: 720, scale: 2 };

// The ten: what each page is, who sees it, and its pictures. A picture is of Boston in English or of the invented district in Chinese.
const pages = [
  { name: "front", path: "/{$}", title: "What is going on", pictures: [
    { size: wide, says: "The front page: what is open, late and answered, and where; each number leads to its matters." },
    { size: phone, theme: "dark", before: openMap, says: "On a phone in the dark, with the map that can be moved, which comes when it is asked for." },
    { city: "chengyue", size: phone, says: "The invented Chinese district, which says that its map and its half year are invented." },
  ] },
  { name: "report", path: "/report", title: "Tell of something", pictures: [
    { size: wide, before: tell, says: "What, where, and how to reach you or nobody: a category is suggested while one writes, and can be overruled." },
    { city: "chengyue", size: phone, before: tell, says: "In Chinese on a phone: the emergency number stands before any form." },
  ] },
  { name: "receipt", path: "/matters/{number}/receipt", title: "The receipt", pictures: [
    { size: wide, theme: "dark", before: send, says: "The number, the secret code and its picture, who answers, by which day and how that day was reckoned." },
    { city: "chengyue", size: phone, before: send, says: "The same receipt for a report of the invented district, on a phone." },
  ] },
  { name: "matter", path: "/matters/{number}", title: "A matter", pictures: [
    { size: wide, says: "The story of a matter: who answers, by when and why that date, and each act with the power that allowed it." },
    { size: phone, lang: "zh-Hans", at: ".story", says: "An objection, its ruling, a question and a pause, told in Chinese from the same acts." },
  ] },
  { name: "list", path: "/matters", title: "All matters", query: "?q=light&status=open", pictures: [
    { size: wide, says: "Search and filters stand in the address, so that a list can be sent, followed as a feed or kept as dates." },
    { city: "chengyue", query: "?q=" + encodeURIComponent("积水"), size: phone, theme: "dark", says: "A search for two Chinese characters." },
  ] },
  { name: "duties", path: "/duties", title: "Who answers for what", pictures: [
    { size: wide, says: "The responsibility list as a book: who answers for what, where, by which law, by when." },
    { city: "chengyue", size: phone, says: "The same list of the invented district, row by row." },
  ] },
  { name: "desk", path: "/desk", title: "The desk", as: "desk", pictures: [
    { size: wide, before: call, says: "A call is written down: the guide and open matters are looked through while the caller speaks." },
    { city: "chengyue", size: wide, theme: "dark", before: call, says: "The same desk in Chinese, in the dark." },
  ] },
  { name: "queue", path: "/work", title: "A handler's queue", as: "handler", pictures: [
    { size: wide, says: "What a body owes, in the order of its clocks." },
    { city: "chengyue", size: phone, says: "On a phone, out in the street." },
  ] },
  { name: "whole", path: "/overview", title: "The whole", as: "chair", pictures: [
    { size: wide, theme: "dark", says: "What comes in and what is answered, as it happens and by weeks; each picture with its table, its formula and its link." },
    { city: "chengyue", size: phone, at: "#clocks", says: "Which bodies have what open, and how much of it late." },
  ] },
  { name: "figures", path: "/figures/{by}/{code}", title: "The figures of a body", pictures: [
    { size: wide, says: "Every rate with its formula, its denominator and the interval that small numbers leave." },
    { size: phone, theme: "contrast", says: "In the highest contrast." },
  ] },
];

const cities = {
  boston: {
    lang: "en", body: "pwd", category: "street_lights.street_light_outages", at: [42.3412, -71.0781],
    words: "The street light in front of the library has been out since Monday, and the crossing is dark",
    posts: { desk: "info/desk", handler: "pwd/head", chair: "coord/chair" },
  },
  chengyue: {
    lang: "zh-Hans", body: "urban", category: "city.lights",
    words: "小区东门外第三盏路灯从周一起就不亮了，晚上过马路看不清",
    posts: { desk: "hotline/desk", handler: "urban/head", chair: "coord/chair" },
  },
};

const given = process.argv[2]; // a folder to fill and keep, so that the next run need not fill it anew
const data = given || await mkdtemp(join(tmpdir(), "skein-tour-"));
const servers = [];
try {
  for (const name of Object.keys(cities)) await serve(name);
  await matter(cities.boston);
  await take();
} finally {
  for (const server of servers) server.kill();
  if (!given) await rm(data, { recursive: true, force: true });
}

// run runs the program to its end, and gives what it printed.
function run(...args) {
  return new Promise((done, failed) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    child.stdout.on("data", (part) => { said += part; });
    child.on("error", failed);
    child.on("exit", (code) => (code === 0 ? done(said.trim()) : failed(new Error(`${program} ${args.slice(0, 2).join(" ")}: exit ${code}`))));
  });
}

// serve fills a demonstration and serves it on a free port of this machine alone.
async function serve(name) {
  const city = cities[name], dir = join(data, name);
  await run("demo", "fill", "--city", name, "--data", dir, "--no-serve");
  city.keys = {};
  for (const [role, post] of Object.entries(city.posts)) city.keys[role] = await run("key", "new", "--data", dir, "--post", post);
  const server = spawn(program, ["serve", "--data", dir, "--listen", "127.0.0.1:0", "--read-time", "0"], { stdio: ["ignore", "ignore", "pipe"] });
  servers.push(server);
  city.url = await new Promise((done, failed) => {
    let said = "";
    server.stderr.on("data", (part) => {
      said += part;
      const found = / is served at (http:\S+)\n/.exec(said);
      if (found) done(found[1]);
    });
    server.on("error", failed);
    server.on("exit", () => failed(new Error(`the server stopped: ${said}`)));
  });
}

async function post(city, path, body, headers) {
  const answer = await fetch(city.url + path, { method: "POST", headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(body) });
  const said = await answer.json();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${JSON.stringify(said)}`);
  return said;
}

// matter tells one whole story, from the report to its end.
async function matter(city) {
  const [lat, lon] = city.at;
  const { number, tracking } = await post(city, "/api/matters", { category: city.category, text: city.words, lat, lon });
  const by = (role) => ({ Authorization: `Bearer ${city.keys[role]}` }), her = { "Skein-Tracking": tracking };
  const act = (name, body, headers) => post(city, `/api/matters/${number}/${name}`, body, headers);
  await act("object", { ground: "another_body", proposed: "btdt", reason: "It looks like a traffic lamp." }, by("handler"));
  await act("rule", { law: "Charter 4", reason: "The pole is a street lamp's, and stands on the list of Public Works." }, by("chair"));
  await act("ask", { text: "Which side of the street?" }, by("handler"));
  await act("supply", { text: "The north side, by the library's steps." }, her);
  await act("pause", { ground: "weather" }, by("handler"));
  await act("resume", {}, by("handler"));
  await act("answer", { outcome: "fixed", reason: "The lamp was replaced and its cable dried.", release: true }, by("handler"));
  await act("confirm", { solved: true, rating: 5 }, her);
  city.number = number;
}

async function take() {
  await mkdir(folder, { recursive: true });
  for (const old of await readdir(folder)) if (/\.(webp|md)$/.test(old)) await rm(join(folder, old));
  const browser = await chromium.launch({
    executablePath: browsers.at(-1),
    args: [...(process.getuid() === 0 ? ["--no-sandbox"] : []), "--disable-gpu", "--enable-unsafe-swiftshader", "--disable-background-networking", "--force-color-profile=srgb"],
  });
  let text = "# The tour\n\nThe ten main pages, as `make tour` takes them: it fills both demonstrations anew, serves them with the built program and writes this folder.\n" +
    "Boston's matters are the city's own of 2011 but for the one of the tour; the Chinese district and its half year are invented, and say so.\n";
  try {
    for (const [n, page] of pages.entries()) {
      text += `\n## ${n + 1}. ${page.title}\n\n\`${page.path}\`\n`;
      for (const [i, picture] of page.pictures.entries()) {
        const file = `${page.name}-${i + 1}.webp`, { width } = picture.size;
        await one(browser, page, picture, join(folder, file));
        text += `\n${picture.says}\n\n<img src="${file}" alt="${page.title}, ${width} pixels wide, ${picture.theme ?? "light"}" width="${width}">\n`;
      }
    }
  } finally {
    await browser.close();
  }
  await writeFile(join(folder, "README.md"), text);
}

async function one(browser, page, picture, file) {
  const city = cities[picture.city ?? "boston"], { width, height, scale } = picture.size, lang = picture.lang ?? city.lang;
  const context = await browser.newContext({
    viewport: { width, height }, deviceScaleFactor: scale, reducedMotion: "reduce", locale: lang, serviceWorkers: "block",
    extraHTTPHeaders: page.as ? { Authorization: `Bearer ${city.keys[page.as]}` } : {},
  });
  await context.addCookies([["lang", lang], ["theme", picture.theme ?? "light"]].map(([name, value]) => ({ name, value, url: city.url })));
  const tab = await context.newPage();
  const path = page.path === "/matters/{number}/receipt" ? "/report" : page.path.replace("{$}", "").replace("{number}", city.number).replace("{by}/{code}", "body/" + city.body);
  const answer = await tab.goto(city.url + path + (picture.query ?? page.query ?? ""), { waitUntil: "networkidle" });
  if (answer.status() !== 200) throw new Error(`${path}: ${answer.status()}`);
  if (picture.before) await picture.before(tab, city, picture);
  if (picture.at) await tab.locator(picture.at).first().evaluate((element) => scrollBy(0, element.getBoundingClientRect().top - 12));
  await tab.evaluate(() => Promise.all([...document.images].map((image) => image.decode().catch(() => {}))));
  const cdp = await context.newCDPSession(tab);
  const { data: bytes } = await cdp.send("Page.captureScreenshot", { format: "webp", quality: 82 });
  await writeFile(file, Buffer.from(bytes, "base64"));
  console.log(file);
  await context.close();
}

async function openMap(tab) {
  await tab.locator("[data-open-map]").click();
  await tab.locator("[data-map][data-ready]").waitFor({ timeout: 60_000 });
  await tab.evaluate(() => scrollBy(0, document.querySelector("main h2").getBoundingClientRect().top - 12));
}

async function tell(tab, city, { size }) {
  await tab.fill("#text", city.words);
  await tab.locator("button[name=choose]").first().waitFor();
  await tab.waitForLoadState("networkidle");
  if (size === wide) await tab.evaluate(() => scrollBy(0, document.querySelector("main h2").getBoundingClientRect().top - 12));
}

async function send(tab, city) {
  await tab.fill("#text", city.words);
  await tab.selectOption("#category", city.category);
  await tab.selectOption("#place", { index: 2 });
  await tab.locator("form[action='/report'] .actions button").click();
  await tab.waitForURL("**/receipt*");
  await tab.waitForLoadState("networkidle");
}

async function call(tab, city) {
  await tab.fill("#text", city.words);
  await tab.locator("#found .matters li, #found li").first().waitFor();
  await tab.waitForLoadState("networkidle");
}
