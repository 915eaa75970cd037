// What scripts of browser tests share: a Chromium that stays off the network, pages that report
// what went wrong in them, and the accessibility rules.
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

// browsers are those that Debian installed: first the one without windows, last the one that people use, if it is there. SKEIN_CHROMIUM names another.
export const browsers = process.env.SKEIN_CHROMIUM ? [process.env.SKEIN_CHROMIUM] : ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"].filter(existsSync);

// start runs a browser for as long as visit takes, and sets the exit status.
export async function start(visit) {
  const browser = await chromium.launch({
    executablePath: browsers[0],
    args: [
      ...(process.getuid() === 0 ? ["--no-sandbox"] : []),
      "--disable-gpu", "--enable-unsafe-swiftshader", "--disable-dev-shm-usage",
      "--disable-background-networking", "--disable-component-update", "--no-first-run", "--disable-quic",
    ],
  });
  try {
    await visit(browser);
  } catch (error) {
    wrong.push(error.message);
  } finally {
    if (wrong.length > 0) {
      console.error(`${wrong.length} wrong:\n` + wrong.join("\n"));
      process.exitCode = 1;
    }
    await browser.close();
  }
}

const wrong = [];

// failures is how much was wrong so far.
export const failures = () => wrong.length;

// check records what does not hold, and goes on.
export function check(holds, what) {
  if (!holds) wrong.push("  " + what);
}

// open opens a page; every error in it, every broken rule of its policy and every request
// that fails or leaves the server is something wrong. refused lists the statuses that the visit means to meet.
export async function open(browser, url, { width = 1280, height = 900, scheme = "light", refused = [], ...rest } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, reducedMotion: "reduce", ...rest });
  const page = await context.newPage();
  const where = `${new URL(url).pathname}${new URL(url).search} at ${width}, ${scheme}`;
  page.on("pageerror", (error) => check(false, `${where}: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" && !refused.some((status) => message.text().includes(`status of ${status} `))) check(false, `${where}: ${message.text()}`);
  });
  page.on("request", (request) => {
    const to = new URL(request.url());
    check(to.origin === new URL(url).origin, `${where}: asks ${to.origin}`);
  });
  const answer = await page.goto(url);
  check(answer.status() < 400, `${where}: ${answer.status()}`);
  return page;
}

const rules = await readFile(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");
const wcag = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

// accessible holds a page against WCAG 2.2 AA as far as rules can tell, or against the rules of the given names alone. No page has frames, so that the rules run
// in the page itself; of what holds nothing is brought back.
export async function accessible(page, where, ...names) {
  check(page.frames().length === 1, `${where}: has frames, which the rules of accessibility do not look into here`);
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(rules);
  const violations = await page.evaluate(async (runOnly) => {
    const { violations } = await window.axe.run({ resultTypes: ["violations"], runOnly });
    return violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.map((n) => n.html.slice(0, 160)) }));
  }, names.length ? { type: "rule", values: names } : { type: "tag", values: wcag });
  for (const { id, help, where: nodes } of violations) check(false, `${where}: ${id}: ${help}\n    ${nodes.join("\n    ")}`);
  return violations.length === 0;
}

// fits says that nothing makes the page scroll sideways.
export async function fits(page, where) {
  const over = await page.evaluate(() => {
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    return wide > 0 ? `${wide} px: ` + [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 3).map((e) => e.outerHTML.slice(0, 80)).join(" ") : "";
  });
  check(over === "", `${where}: wider than the screen by ${over}`);
}

// picture keeps a page as test-results/NAME.png, once something is wrong; all are kept with SKEIN_ALL_PICTURES.
export async function picture(page, name) {
  if (failures() === 0 && !process.env.SKEIN_ALL_PICTURES) return;
  const folder = process.env.SKEIN_PICTURES || "test-results";
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, name + ".png"), fullPage: true });
}

const tab = { key: "Tab", code: "Tab", windowsVirtualKeyCode: 9 };

const keyboards = new WeakMap(); // a session each, kept as long as the page: ending one would also end that the page is offline

// tabs presses Tab so many times, as fast as the page takes it.
export async function tabs(page, times) {
  if (!keyboards.has(page)) keyboards.set(page, await page.context().newCDPSession(page));
  const keys = keyboards.get(page), sent = [];
  for (let n = 0; n < times; n++) sent.push(keys.send("Input.dispatchKeyEvent", { type: "rawKeyDown", ...tab }), keys.send("Input.dispatchKeyEvent", { type: "keyUp", ...tab }));
  await Promise.all(sent);
}

// ahead is 0 on what has the focus; else how many stops at most lie before it, or before the end of the page if it lies further up. One of a group of radio buttons is a stop.
function ahead(target) {
  const at = document.activeElement;
  if (at === target) return 0;
  const after = (a, b) => a === document.body || a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING;
  const radio = (e) => e.type === "radio" && `${e.form?.action} ${e.name}`;
  const stops = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")]
    .filter((e) => e.tabIndex >= 0 && !e.disabled && e.checkVisibility({ visibilityProperty: true }) && after(at, e));
  const way = stops.includes(target) ? stops.slice(0, stops.indexOf(target) + 1) : stops;
  return Math.max(1, new Set(way.map((e) => radio(e) || e)).size);
}

// reach presses Tab until something has the focus, as somebody does who has no mouse.
export async function reach(page, what, called) {
  const target = page.locator(what).first();
  for (let pressed = 0; pressed < 120;) {
    const n = await target.evaluate(ahead);
    if (n === 0) return true;
    await tabs(page, n);
    pressed += n;
  }
  check(false, `${called}: ${what} cannot be reached by Tab`);
  return false;
}

// type writes into a field that was reached.
export async function type(page, what, text, called) {
  if (await reach(page, what, called)) await page.keyboard.insertText(text);
}

// press reaches a link or button and follows it.
export async function press(page, what, called, key = "Enter") {
  if (!(await reach(page, what, called))) return;
  await Promise.all([page.waitForEvent("load"), page.keyboard.press(key)]);
}

// shades says how many pixels of a picture have each of some colours, nearly, and how many pixels there are. It reads them on an empty page: those of the realm may
// read no picture that is not its own.
export async function shades(browser, shot, colours) {
  const page = await browser.newPage();
  const counted = await page.evaluate(async ([shot, colours]) => {
    const image = new Image();
    image.src = `data:image/png;base64,${shot}`;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
    canvas.drawImage(image, 0, 0);
    const { data } = canvas.getImageData(0, 0, image.width, image.height);
    const of = colours.map((colour) => {
      let n = 0;
      for (let i = 0; i < data.length; i += 4) if (colour.every((value, c) => Math.abs(data[i + c] - value) <= 2)) n++;
      return n;
    });
    return { of, pixels: data.length / 4 };
  }, [shot.toString("base64"), colours]);
  await page.close();
  return counted;
}
