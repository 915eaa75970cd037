// Looks at every page as each of those who see it: no wider than the screen at 320 px (1,280 px at a zoom of 400 %), from right to left in
// the pseudo-language with no plain letters but the realm's own, in Chinese, in each set of colours, by the rules of accessibility.
import { readFile } from "node:fs/promises";
import { accessible, check, failures, fits, picture, start } from "../../internal/browser/browser.mjs";
import { walk } from "../../internal/browser/focus.mjs";

const { address, pseudo, visits, titles } = JSON.parse(await readFile(process.argv[2], "utf8"));
const looks = [
  { lang: "en", theme: "light", width: 320 },
  { lang: pseudo, theme: "dark", width: 1280 },
  { lang: "zh-Hans", theme: "contrast", width: 360 },
];

const words = (text) => text.match(/[A-Za-z0-9]+/g) ?? [];
const ours = new Set(titles.map((title) => words(title).join(" ")));
const longest = Math.max(...titles.map((title) => words(title).length));

// foreign are the words of a text that belong to no title of the realm's.
function foreign(text) {
  const all = words(text), left = [];
  for (let i = 0; i < all.length;) {
    let n = Math.min(longest, all.length - i);
    while (n > 0 && !ours.has(all.slice(i, i + n).join(" "))) n--;
    if (n === 0 && /^[A-Za-z]{3,}$/.test(all[i])) left.push(all[i]);
    i += n || 1;
  }
  return left;
}

await start(async (browser) => {
  for (const [l, look] of looks.entries()) await seen(browser, l, look);
});

// seen opens every page in one look, one after the other in one window.
async function seen(browser, l, look) {
  const context = await browser.newContext({ reducedMotion: "reduce", serviceWorkers: "block" });
  const page = await context.newPage();
  let called;
  page.on("pageerror", (error) => check(false, `${called}: ${error.message}`));
  page.on("console", (message) => message.type() === "error" && check(false, `${called}: ${message.text()}`));
  for (const [i, visit] of visits.entries()) {
    const before = failures();
    called = `every-${visit.path.replaceAll(/[^a-z0-9]+/gi, "-")}-${visit.as ?? "anyone"}-${look.lang}-${look.theme}-${look.width}`;
    await context.clearCookies();
    await context.addCookies([...visit.cookies ?? [], ["lang", look.lang], ["theme", look.theme]].map(([name, value]) => ({ name, value, url: address })));
    await context.setExtraHTTPHeaders(visit.headers ?? {});
    await page.setViewportSize({ width: look.width, height: 800 });
    const answer = await page.goto(address + visit.path);
    check(answer.status() === 200, `${called}: ${answer.status()}`);
    check(new URL(page.url()).pathname === new URL(address + visit.path).pathname, `${called}: leads to ${page.url()}`);
    const html = page.locator("html");
    check(await html.getAttribute("dir") === (look.lang === pseudo ? "rtl" : "ltr"), `${called}: wrong direction`);
    check(await html.getAttribute("data-theme") === look.theme, `${called}: other colours`);
    await fits(page, called);
    if (look.lang === pseudo) await plain(page, called);
    if (l === 0) await accessible(page, called);
    await oneHeading(page, called);
    await lines(page, called);
    await states(page, called);
    await judged(page, called);
    if (look.lang === "zh-Hans") await sentences(page, called);
    if (l > 0) await walked(page, called, look.width, i % 2 === l % 2);
    if (failures() > before || process.env.SKEIN_ALL_PICTURES) await picture(page, called);
  }
  await context.close();
}

// walked goes through a page by Tab in both directions of writing and at both widths, as it comes and then with everything opened that can be; so it is
// held to the rules of accessibility in one of the two.
async function walked(page, called, width, ruled) {
  await walk(page, `${called}, by Tab`);
  const other = width === 360 ? 1280 : 360;
  await page.setViewportSize({ width: other, height: 800 });
  await page.evaluate(() => {
    document.activeElement.blur();
    scrollTo(0, 0);
    for (const e of document.querySelectorAll("details")) e.open = true;
  });
  await walk(page, `${called}, opened, at ${other} by Tab`);
  await fits(page, `${called}, opened, at ${other}`);
  if (ruled) await accessible(page, `${called}, opened`);
}

// plain finds what is shown in plain letters, so is written in the code; what people wrote, codes and numbers stand in elements that say so.
async function plain(page, called) {
  const texts = await page.evaluate(() => {
    const own = "blockquote, code, pre, .number, .vkey, .said, [dir=auto], [translate=no], cite, textarea, script, [lang]:not(html), .masthead .brand, svg [data-code], option[value='']";
    const found = [document.title.split(" – ")[0]];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let n = walker.nextNode(); n; n = walker.nextNode()) if (!n.parentElement.closest(own)) found.push(n.data);
    for (const e of document.querySelectorAll("[aria-label], [title], [placeholder], [alt]")) {
      if (!e.closest(own)) for (const name of ["aria-label", "title", "placeholder", "alt"]) if (e.hasAttribute(name)) found.push(e.getAttribute(name));
    }
    return found;
  });
  for (const text of texts) {
    const left = foreign(text);
    if (left.length > 0) check(false, `${called}: in plain letters: ${left.join(" ").slice(0, 80)}`);
  }
}

// oneHeading: one heading of the first level, and none that skips one.
async function oneHeading(page, called) {
  const levels = await page.locator("h1, h2, h3, h4").evaluateAll((all) => all.map((e) => Number(e.tagName[1])));
  check(levels.filter((l) => l === 1).length === 1, `${called}: ${levels.filter((l) => l === 1).length} headings of the first level`);
}

// lines: what people wrote keeps its lines.
async function lines(page, called) {
  const run = await page.locator("blockquote").evaluateAll((all) => all.filter((e) => !getComputedStyle(e).whiteSpace.startsWith("pre")).length);
  check(run === 0, `${called}: ${run} texts whose lines run together`);
}

// states: none is said by an empty value, which assistive technology reads as no.
async function states(page, called) {
  const empty = await page.locator("[aria-current=''], [aria-invalid=''], [aria-expanded=''], [aria-pressed=''], [aria-selected=''], [aria-checked=''], [aria-busy='']").evaluateAll((all) => all.map((e) => e.outerHTML.slice(0, 120)));
  check(empty.length === 0, `${called}: states without a value: ${empty.join(" ")}`);
}

// judged: the browser refuses no field by itself, in its own language and before the page can say what is wrong.
async function judged(page, called) {
  const found = await page.locator("form:not([novalidate]) :is([required], [pattern], [type=email], [type=url], [type=number])").evaluateAll((all) => all.map((e) => e.outerHTML.slice(0, 120)));
  check(found.length === 0, `${called}: fields that the browser judges: ${found.join(" ")}`);
}

// sentences: in Chinese no blank follows a full stop, a colon or a bracket, nor goes before one that opens, for they are as wide as a character: neither
// within a text nor between it and what goes on in the same line. A dot between two things stands apart, and so do the parts of a heading.
async function sentences(page, called) {
  const apart = await page.evaluate(() => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let n = walker.nextNode(); n; n = walker.nextNode()) {
      if (n.parentElement.closest("blockquote, textarea, script, pre, .said, [dir=auto]")) continue;
      const next = n.parentElement.closest("h2, h3") ? null : n.nextSibling;
      const goesOn = next?.nodeType === 1 && getComputedStyle(next).display.startsWith("inline") ? next.textContent.trim() : "";
      const at = (n.data + goesOn).match(/.{0,10}(?:[。！；，、：）？] +[^\s·]| （).{0,10}/);
      if (at) found.push(at[0]);
    }
    return found;
  });
  check(apart.length === 0, `${called}: sentences apart: ${apart.join(" | ")}`);
}
