// A finding of fault in a browser, by keyboard alone: notice, the body's reply, decision, the body's appeal, its reversal; and of one that
// stood, that it is off the pages once its time is over. Once in each language. Called with "stands" before, with "gone" after that time.
import { accessible, check, fits, open, picture, start } from "../../internal/browser/browser.mjs";

const [, , address, stage, keys, ...rest] = process.argv;
const [body, chair, reviewer] = keys.split(",");

const words = {
  en: { why: "It was accepted and nobody went.", reply: "The parts were late.", law: "Duty list, row 1", facts: "Nobody went for a month.", reasons: "The reply does not say why.", reason: "The log says when they came.", upset: "The log was not read." },
  "zh-Hans": { why: "受理后无人到场。", reply: "配件迟到。", law: "责任清单第一条", facts: "一个月无人到场。", reasons: "答复未说明原因。", reason: "日志载明到货时间。", upset: "未查阅日志。" },
};

await start(async (browser) => {
  const ways = [{ lang: "en", width: 1280, scheme: "light" }, { lang: "zh-Hans", width: 360, scheme: "dark" }];
  for (const [i, way] of ways.entries()) {
    const [reversed, stands] = rest.slice(2 * i, 2 * i + 2);
    if (stage === "gone") await gone(browser, stands, way);
    else {
      await quashed(browser, reversed, way);
      await found(browser, stands, way);
    }
  }
});

async function look(page, called) {
  await fits(page, called);
  await accessible(page, called);
  await picture(page, called);
}

function as(browser, key, path, { lang, ...way }) {
  const headers = key ? { extraHTTPHeaders: { Authorization: `Bearer ${key}` } } : {};
  return open(browser, `${address}${path}${path.includes("?") ? "&" : "?"}lang=${lang}`, { ...way, ...headers });
}

// reach presses Tab until what is wanted has the focus, and nothing else.
async function reach(page, selector) {
  for (let n = 0; n < 250; n++) {
    if (await page.evaluate((s) => document.activeElement?.matches(s) ?? false, selector)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`${page.url()}: Tab does not come to ${selector}`);
}

async function follow(page, selector) {
  await reach(page, selector);
  await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
}

// act opens the form of an act, fills and sends it.
async function act(page, name, fields) {
  const form = `form:has(input[name=act][value='${name}'])`;
  await reach(page, `details:has(> form input[name=act][value='${name}']) > summary`);
  await page.keyboard.press("Enter");
  for (const [field, value] of Object.entries(fields)) {
    const input = `${form} [name='${field}']`;
    await reach(page, input);
    const [tag, kind] = await page.evaluate(() => [document.activeElement.tagName, document.activeElement.type]);
    if (kind === "radio") {
      await page.keyboard.press("Space");
      for (let n = 0; n < 8 && !(await page.evaluate((v) => document.activeElement.value === v, value)); n++) await page.keyboard.press("ArrowDown");
      check(await page.locator(`${input}[value='${value}']`).isChecked(), `${name}: ${field} is not ${value}`);
    } else if (tag === "SELECT") {
      for (let n = 0; n < 30 && !(await page.evaluate((v) => document.activeElement.value === v, value)); n++) await page.keyboard.press("ArrowDown");
      check((await page.inputValue(input)) === value, `${name}: ${field} is not ${value}`);
    } else {
      await page.keyboard.insertText(value);
    }
  }
  await reach(page, `${form} button`);
  await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
  check((await page.locator(".errors").count()) === 0, `${page.url()}: ${name} is refused: ${await page.locator(".errors").allTextContents()}`);
}

async function decided(browser, merit, way, called) {
  const w = words[way.lang];
  const hidden = await open(browser, `${address}/merits?lang=${way.lang}`, { width: way.width, scheme: way.scheme });
  check((await hidden.locator(`a[href='/merits/${merit}']`).count()) === 0, `${called}: what nobody decided is listed for everyone`);
  await hidden.context().close();
  const office = await as(browser, body, `/merits/${merit}`, way);
  await look(office, `${called}-notice`);
  check((await office.locator("input[name=act][value=decide]").count()) === 0, `${called}: the body is offered to decide`);
  await act(office, "reply", { text: w.reply });
  const ruling = await as(browser, chair, `/merits/${merit}`, way);
  check((await ruling.locator("main").textContent()).includes(w.reply), `${called}: the reply is not before whoever decides`);
  await act(ruling, "decide", { result: "found", law: w.law, facts: w.facts, reasons: w.reasons });
  await look(ruling, `${called}-decided`);
  await ruling.context().close();
  return office;
}

async function quashed(browser, merit, way) {
  const w = words[way.lang];
  const called = `merit-${way.lang}-${way.width}`;
  const office = await decided(browser, merit, way, called);
  const everyone = await open(browser, `${address}/bodies/pwd?lang=${way.lang}`, { width: way.width, scheme: way.scheme, refused: [404] });
  await follow(everyone, "a[href='/merits?body=pwd']");
  await look(everyone, `${called}-list`);
  await follow(everyone, `a[href='/merits/${merit}']`);
  for (const text of [w.facts, w.reasons, w.reply]) check((await everyone.locator("main").textContent()).includes(text), `${called}: everyone does not read ${text}`);
  await look(everyone, `${called}-public`);
  await office.goto(`${address}/merits/${merit}`);
  await act(office, "appeal", { ground: "facts_unclear", reason: w.reason });
  await office.context().close();

  const appeal = `/reviews/${merit}-1`;
  const bench = await as(browser, reviewer, "/reviews", { ...way, refused: [404] });
  for (let n = 0; n < 50 && (await bench.locator(`a[href='${appeal}']`).count()) === 0; n++) {
    await bench.waitForTimeout(200);
    await bench.goto(`${address}/reviews`);
  }
  await follow(bench, `a[href='${appeal}']`);
  await act(bench, "take", {});
  const other = await as(browser, chair, appeal, way);
  await act(other, "reply", { text: w.reasons });
  await other.context().close();
  await bench.goto(address + appeal);
  await act(bench, "decide", { result: "quashed", law: w.law, found: w.upset, reasons: w.upset });
  await look(bench, `${called}-appeal`);
  await bench.context().close();

  const tag = `/merits/${merit}`;
  for (let n = 0; n < 50; n++) {
    await everyone.goto(address + tag);
    if (!(await everyone.locator("main").textContent()).includes(w.facts)) break;
    await everyone.waitForTimeout(200);
  }
  const left = await everyone.locator("main").textContent();
  for (const text of [w.facts, w.reasons, w.reply, w.law]) check(!left.includes(text), `${called}: of what was quashed everyone reads ${text}`);
  check((await everyone.locator("main a[href^='/bodies/']").count()) === 0, `${called}: what was quashed still names the body`);
  await look(everyone, `${called}-quashed`);
  await everyone.goto(`${address}/merits?body=pwd`);
  check((await everyone.locator(`a[href='${tag}']`).count()) === 0, `${called}: what was quashed is listed`);
  await everyone.context().close();
}

async function found(browser, merit, way) {
  const called = `merit-${way.lang}-${way.width}-stands`;
  const office = await decided(browser, merit, way, called);
  await office.context().close();
  const everyone = await open(browser, `${address}/figures/body/pwd?lang=${way.lang}`, { width: way.width, scheme: way.scheme });
  await follow(everyone, "a[href='/merits?body=pwd']");
  check((await everyone.locator(`a[href='/merits/${merit}']`).count()) === 1, `${called}: what stands is not listed`);
  await everyone.context().close();
}

async function gone(browser, merit, way) {
  const called = `merit-${way.lang}-${way.width}-gone`;
  const everyone = await open(browser, `${address}/merits?body=pwd&lang=${way.lang}`, { width: way.width, scheme: way.scheme, refused: [404] });
  check((await everyone.locator(`a[href='/merits/${merit}']`).count()) === 0, `${called}: what has had its time is listed`);
  await look(everyone, called);
  const answer = await everyone.goto(`${address}/merits/${merit}`);
  check(answer.status() === 404, `${called}: its page answers ${answer.status()}`);
  check(!(await everyone.content()).includes(words[way.lang].facts), `${called}: its page tells what it said`);
  await everyone.context().close();
}
