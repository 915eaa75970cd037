// What bodies do together, by keyboard alone: their opinions beside each other, and the minutes of their meeting corrected. In both languages,
// with script and without, at two widths.
import { readFile } from "node:fs/promises";
import { accessible, check, fits, open, picture, press, reach, start, type } from "../../internal/browser/browser.mjs";

const { address, keys, ways } = JSON.parse(await readFile(process.argv[2], "utf8"));

await start(async (browser) => {
  for (const way of ways) {
    await opinions(browser, way);
    await correct(browser, way);
  }
});

function name(what, { lang, browser: b }) {
  return `joint-${what}-${lang}-${b.viewport.width}-${b.javaScriptEnabled ? "js" : "plain"}`;
}

async function look(page, called, way) {
  await fits(page, called);
  if (way.browser.javaScriptEnabled) await accessible(page, called); // the rules are script themselves
  await picture(page, called);
}

// visit opens a page as one of the posts, or as anyone.
function visit(browser, way, path, as) {
  return open(browser, `${address}${path}?lang=${way.lang}`, { ...way.browser, refused: [422], extraHTTPHeaders: as ? { Authorization: `Bearer ${keys[as]}` } : {} });
}

// unfold opens a form by its summary.
async function unfold(page, form, called) {
  await page.locator("main").focus();
  if (!(await page.locator(form).evaluate((e) => e.open)) && (await reach(page, `${form} > summary`, called))) await page.keyboard.press("Enter");
}

// anew writes a field anew that was reached.
async function anew(page, what, text, called) {
  if (!(await reach(page, what, called))) return;
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(text);
}

// opinions: each joint body gives its own, and the lead reads them beside each other.
async function opinions(browser, way) {
  const called = name("opinions", way);
  const said = way.lang === "en" ? { park: "<b>Our tree</b>\nshades it.", traffic: "The cable is ours." } : { park: "<b>树枝</b>\n挡住了灯。", traffic: "电缆归我们。" };
  const form = "details:has(input[name=act][value=contribute])";
  for (const [n, body] of ["park", "traffic"].entries()) {
    const page = await visit(browser, way, `/matters/${way.asked}/work`, body);
    await unfold(page, form, called);
    await press(page, `${form} .actions button`, called);
    check((await page.locator(".errors a[href='#contribute-text']").count()) === 1, `${called}: an opinion without a word is taken`);
    if (way.browser.javaScriptEnabled) check(await page.evaluate(() => document.activeElement.className) === "errors", `${called}: the summary of errors does not have the focus`);
    if (n === 0) await look(page, `${called}-errors`, way);
    await unfold(page, form, called);
    await type(page, "#contribute-text", said[body], called);
    await press(page, `${form} .actions button`, called);
    check((await page.locator("main [role=status]").count()) > 0, `${called}: nobody says that it is done`);
    await page.context().close();

    const lead = await visit(browser, way, `/matters/${way.asked}/work`, "lead");
    const cards = lead.locator("#joint ~ .opinions .card");
    check((await cards.count()) === 2, `${called}: ${await cards.count()} opinions`);
    check((await cards.locator(".due").count()) === 1 - n, `${called}: who owes an opinion is not shown after ${n + 1}`);
    check((await cards.locator("blockquote").count()) === n + 1, `${called}: not every opinion is read after ${n + 1}`);
    if (n === 1) {
      check((await cards.locator("blockquote").allInnerTexts()).toSorted().join("|") === Object.values(said).toSorted().join("|"), `${called}: the opinions read ${await cards.locator("blockquote").allInnerTexts()}`);
      const [one, two] = await Promise.all([cards.nth(0).boundingBox(), cards.nth(1).boundingBox()]);
      const beside = Math.abs(one.y - two.y) < 2 && two.x >= one.x + one.width, below = two.y >= one.y + one.height && Math.abs(one.x - two.x) < 2;
      check(way.browser.viewport.width === 360 ? below : beside, `${called}: the opinions stand at ${JSON.stringify([one, two])}`);
      check(Math.abs(one.height - two.height) < 2 || below, `${called}: cards beside each other are of two heights`);
    }
    await look(lead, `${called}-${n + 1}`, way);
    await lead.context().close();
  }
  const anyone = await visit(browser, way, `/matters/${way.asked}`);
  const shown = await anyone.locator("main").textContent();
  for (const text of ["树枝", "电缆", "Our tree", "cable"]) check(!shown.includes(text), `${called}: everyone reads an opinion that nobody released`);
  await anyone.context().close();
}

// correct: the form begins with what the minutes say; nothing is corrected without a reason; what was kept within stays so until it is ticked.
async function correct(browser, way) {
  const called = name("minutes", way);
  const words = way.lang === "en" ? { step: "Two <b>new</b> lamps.", why: "Eyebright: one was forgotten." } : { step: "装<b>两</b>盏新灯。", why: "小米草：漏记一盏。" };
  const form = "details.act:has(#correct-attended)", send = `${form} form .actions button`;
  const page = await visit(browser, way, `/meetings/${way.meeting}`, "chair");
  await unfold(page, form, called);
  check((await page.inputValue("#correct-text0-0")) === "A new lamp." && (await page.inputValue("#correct-text0-1")) === "Kept within." && (await page.inputValue("#correct-remarks0")) === "Within.", `${called}: the form does not begin with what they say`);
  check((await page.isChecked("#correct-release0-0")) && !(await page.isChecked("#correct-release0-1")), `${called}: the form does not say what everyone reads`);
  await look(page, called, way);
  await anew(page, "#correct-text0-0", words.step, called);
  await press(page, send, called);
  check((await page.locator(".errors a[href='#correct-reason']").count()) === 1, `${called}: no reason is asked for`);
  check((await page.inputValue("#correct-text0-0")) === words.step, `${called}: what she wrote is lost`);
  check((await page.isChecked("#correct-release0-0")) && !(await page.isChecked("#correct-release0-1")), `${called}: what everyone is to read has changed`);
  await look(page, `${called}-errors`, way);
  await page.locator("main").focus();
  if (await reach(page, ".errors a[href='#correct-reason']", called)) await page.keyboard.press("Enter");
  check(await page.evaluate(() => document.activeElement.id) === "correct-reason", `${called}: the summary does not lead to the field`);
  await page.keyboard.insertText(words.why);
  await press(page, send, called);
  check((await page.locator("main section ol li").first().innerText()).includes(words.step), `${called}: what is corrected does not show`);
  await page.locator("main").focus();
  if (await reach(page, "main section details > summary", called)) await page.keyboard.press("Enter");
  const earlier = await page.locator("main section details").first().innerText();
  check(earlier.includes("A new lamp.") && earlier.includes(words.why), `${called}: what they said before does not stand there: ${earlier}`);
  await look(page, `${called}-corrected`, way);

  await told(browser, way, [words.step, "A new lamp."], ["Kept within.", "Within.", words.why], called);

  await unfold(page, form, called);
  const hidden = "details:not(.act):has(#correct-text0-1)";
  if (!(await page.locator(hidden).evaluate((e) => e.open)) && (await reach(page, `${hidden} > summary`, called))) await page.keyboard.press("Enter");
  if (await reach(page, "#correct-release0-1", called)) await page.keyboard.press("Space");
  await page.locator("main").focus();
  await anew(page, "#correct-reason", "2", called);
  await press(page, send, called);
  await told(browser, way, [words.step, "Kept within."], ["Within.", words.why], called);
  await page.context().close();
}

// told waits until the story of the matter says so to everyone, and holds that it says no more.
async function told(browser, way, says, lacks, called) {
  const page = await visit(browser, way, `/matters/${way.met}`);
  let text = "";
  for (let n = 0; n < 60; n++) {
    text = await page.locator(".story").innerText();
    if (says.every((part) => text.includes(part))) break;
    await page.waitForTimeout(250);
    await page.reload();
  }
  for (const part of says) check(text.includes(part), `${called}: everyone does not read "${part}"`);
  for (const part of lacks) check(!text.includes(part), `${called}: everyone reads "${part}"`);
  check((await page.locator(".story s").count()) > 0, `${called}: what was replaced is not struck`);
  await look(page, `${called}-story`, way);
  await page.context().close();
}
