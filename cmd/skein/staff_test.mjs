// The three jobs in a browser, by keyboard alone: the desk writes a call down, a handler works her queue off, the coordinating body
// rules. In both languages, with script and without, at two widths, light and dark.
import { accessible, check, fits, open, picture, press, reach, start, type } from "../../internal/browser/browser.mjs";

const [, , address, keys, ...numbers] = process.argv;
const [desk, handler, chair] = keys.split(",");

await start(async (browser) => {
  const ways = [
    { lang: "en", width: 1280, scheme: "light", javaScriptEnabled: true },
    { lang: "zh-Hans", width: 360, scheme: "dark", javaScriptEnabled: true },
    { lang: "zh-Hans", width: 1280, scheme: "dark", javaScriptEnabled: false },
    { lang: "en", width: 360, scheme: "light", javaScriptEnabled: false },
  ];
  for (const [i, way] of ways.entries()) {
    await call(browser, way);
    if (way.javaScriptEnabled) {
      await where(browser, way);
      await old(browser, way);
    }
    await handle(browser, numbers[5 * i], numbers[5 * i + 1], way);
    await rule(browser, numbers[5 * i + 2], way);
    await meet(browser, numbers[5 * i + 3], numbers[5 * i + 4], way);
    await everybody(browser, way);
  }
});

async function look(page, called, way) {
  await fits(page, called);
  if (way.javaScriptEnabled) await accessible(page, called); // the rules are script themselves
  await picture(page, called);
}

// as opens a page as a post, by its key.
function as(browser, key, path, { lang, ...way }) {
  return open(browser, `${address}${path}${path.includes("?") ? "&" : "?"}lang=${lang}`, { ...way, refused: [422], extraHTTPHeaders: { Authorization: `Bearer ${key}` } });
}

async function call(browser, way) {
  const { lang, width, javaScriptEnabled: script } = way;
  const called = `staff-desk-${lang}-${width}-${script ? "js" : "plain"}`;
  const said = lang === "en" ? "The street light is out <b>again</b>" : "路灯停用，夜里很黑";
  const page = await as(browser, desk, "/desk", way);
  await look(page, called, way);
  const began = Date.now();
  await type(page, "#text", said, called);
  if (script) {
    await page.waitForSelector("#found [data-set]:not([hidden])", { timeout: 60_000 }).catch(() => check(false, `${called}: nothing is offered while she speaks`));
    await look(page, `${called}-found`, way);
    if (await reach(page, "#found [data-set]", called)) await page.keyboard.press("Enter");
    check((await page.inputValue("#category")) !== "", `${called}: the offered category is not taken`);
  } else {
    await press(page, "button[value=look]", called);
    check((await page.inputValue("#text")) === said, `${called}: what was written is lost by looking`);
    check((await page.locator("#found li").count()) > 0, `${called}: nothing is offered`);
    await look(page, `${called}-found`, way);
    await page.locator("#text").focus();
    if (await reach(page, "#category", called)) await page.keyboard.press("ArrowDown");
  }
  await page.locator("#category").focus();
  await type(page, "#address", "Main Street 4", called);
  if (await reach(page, "#place", called)) await page.keyboard.press("ArrowDown");
  await type(page, "#contact-phone", "nobody", called);
  await type(page, "#note", "☎", called);
  await press(page, "button[value=save]", called);
  check((await page.locator("#contact-phone-error").count()) === 1, `${called}: a number that is none is taken`);
  check((await page.inputValue("#text")) === said && (await page.inputValue("#note")) === "☎", `${called}: what she wrote is lost`);
  await look(page, `${called}-errors`, way);
  await page.locator("#contact-phone").focus();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText("617-555-0134");
  if (script) await interrupted(page, said, called);
  await press(page, "button[value=save]", called);
  check((await page.locator(".receipt .no").count()) === 2, `${called}: no number and code`);
  const took = (Date.now() - began) / 1000;
  check(took < 40, `${called}: a call takes ${took} seconds`);
  check((await page.inputValue("#text")) === "", `${called}: the next call begins with the words of the last`);
  if (script) check((await page.evaluate(() => Object.keys(localStorage).filter((k) => k.startsWith("draft ")).length)) === 0, `${called}: the draft stays`);
  await look(page, `${called}-told`, way);
  const number = await page.locator(".receipt .no").first().textContent();
  await page.locator("#number").focus();
  await page.keyboard.insertText(number);
  await press(page, "button[value=find]", called);
  check((await page.locator(`[role=status] a[href='/matters/${number}/work']`).count()) === 1, `${called}: her matter is not found by its number`);
  await page.context().close();
}

// where says the address last: the desk looks it up without being asked, and what is open there once it is chosen.
async function where(browser, way) {
  const called = `staff-desk-where-${way.lang}-${way.width}`;
  const page = await as(browser, desk, "/desk", way);
  await type(page, "#text", "Qqq", called); // no matter has it
  if (await reach(page, "#category", called)) await page.locator("#category").selectOption("street_lights.street_light_outages");
  await page.locator("#found p").filter({ hasText: way.lang === "en" ? "No open matter" : "没有找到" }).waitFor();
  check((await page.locator("#found button[value^=join]").count()) === 0, `${called}: something is open before she says where`);
  await type(page, "#address", "12 Quillwort", called);
  await page.locator("#spot-0").waitFor({ timeout: 30_000 }).catch(() => check(false, `${called}: an address that is said last is not looked up`));
  await page.locator("#spot-none").focus();
  await page.keyboard.press("ArrowUp");
  await page.locator("#found button[value^=join]").first().waitFor({ timeout: 30_000 }).catch(() => check(false, `${called}: what is open at the address is not shown`));
  check(await page.locator("#spot-0").isChecked(), `${called}: the address that was chosen is lost`);
  check((await page.evaluate(() => document.activeElement.id)) === "spot-0", `${called}: the focus is lost when the answer comes`);
  await look(page, called, way);
  await page.context().close();
}

// old leaves drafts behind: any page lets go of those that are older than a shift, and of no other thing.
async function old(browser, way) {
  const page = await as(browser, handler, "/duties/check", way); // no form of staff stands here, which lets go of what is another session's
  await page.evaluate(() => {
    const hours = (n) => JSON.stringify({ at: Date.now() - n * 3600 * 1000, said: {} });
    for (const [key, value] of [["draft s bulk", hours(13)], ["draft s call", hours(11)], ["draft s 1 answer", "{"], ["other", hours(13)]]) localStorage.setItem(key, value);
  });
  await page.goto(`${address}/powers`);
  await page.waitForFunction(() => !("draft s bulk" in localStorage), null, { timeout: 30_000 }).catch(() => check(false, "a draft stays longer than a shift"));
  const left = await page.evaluate(() => Object.keys(localStorage).sort().join());
  check(left === "draft s call,other", `of drafts and other things ${left} are left`);
  await page.context().close();
}

// cut drops the line under an act of a handler: the form stays, says so, and is sent when the line is back.
async function cut(page, said, called) {
  const form = page.locator("form:has(input[name=act][value=answer])");
  check(!(await form.locator("[data-offline]").isVisible()), `${called}: the line is said to be down while it is not`);
  await page.context().setOffline(true);
  if (await reach(page, "form:has(input[name=act][value='answer']) .actions button", called)) await page.keyboard.press("Enter");
  await form.locator("[data-offline]").waitFor({ timeout: 30_000 }).catch(() => check(false, `${called}: nobody says that the line is down`));
  check((await form.locator("[data-offline]").textContent()).includes(called.includes("-en-") ? "Photos are not kept" : "照片不会保存"), `${called}: nobody says what becomes of photos`);
  check((await page.inputValue("#answer-reason")) === said, `${called}: what she wrote is lost with the line`);
  await page.context().setOffline(false);
  await form.locator("[data-offline]").waitFor({ state: "hidden" });
}

// interrupted drops the line: nothing is lost, neither by sending nor by loading the page anew.
async function interrupted(page, said, called) {
  await page.context().setOffline(true);
  await reach(page, "button[value=save]", called);
  await page.keyboard.press("Enter");
  await page.waitForTimeout(300);
  check(await page.locator("[data-offline]").isVisible(), `${called}: nobody says that the line is down`);
  check((await page.inputValue("#text")) === said, `${called}: what she wrote is lost with the line`);
  await page.context().setOffline(false);
  await page.goto(`${address}/desk`);
  await page.waitForFunction((text) => document.querySelector("#text").value === text, said, { timeout: 60_000 }).catch(() => check(false, `${called}: the draft is not there after the line was down`));
  check((await page.inputValue("#contact-phone")) === "617-555-0134" && (await page.inputValue("#note")) === "☎", `${called}: part of the draft is lost`);
}

// meet calls a joint meeting from the page of a matter, replies to it as the body that is asked, and writes the minutes of one that was held.
async function meet(browser, number, held, way) {
  const called = `staff-meeting-${way.lang}-${way.width}-${way.javaScriptEnabled ? "js" : "plain"}`;
  const page = await as(browser, chair, `/matters/${number}/work`, way);
  await press(page, `a[href='/meetings/new?matter=${number}']`, called);
  await look(page, `${called}-new`, way);
  await type(page, "#agenda0", "<b>灯杆</b> and lamp", called);
  await press(page, "form[action='/meetings'] button", called);
  check((await page.locator(".errors a[href='#time']").count()) === 1, `${called}: nobody asks for the hour`);
  check((await page.inputValue("#agenda0")) === "<b>灯杆</b> and lamp", `${called}: what she wrote is lost`);
  await look(page, `${called}-errors`, way);
  await page.locator("#agenda0").focus();
  if (await reach(page, "#time", called)) await page.locator("#time").fill("2012-02-01T10:00"); // each browser has keys of its own for a date
  await type(page, "#minutes", "45", called);
  await type(page, "#where", "Room 4", called);
  const pwd = page.locator("input[name=invited][value=pwd]");
  if (!(await pwd.isChecked()) && (await reach(page, "input[name=invited][value=pwd]", called))) await page.keyboard.press("Space");
  await press(page, "form[action='/meetings'] button", called);
  const path = new URL(page.url()).pathname;
  check(/^\/meetings\/[0-9a-f]{12}$/.test(path), `${called}: no meeting is called (${path})`);
  await look(page, called, way);
  await page.context().close();

  const asked = await as(browser, handler, path, way);
  check((await asked.locator("blockquote").first().textContent()) === "<b>灯杆</b> and lamp", `${called}: who is asked does not read what about`);
  await asked.locator("main").focus();
  if (await reach(asked, "details.act:has(#reply-reply) > summary", called)) await asked.keyboard.press("Enter");
  if (await reach(asked, "#reply-reply-0", called)) await asked.keyboard.press("Space");
  await look(asked, `${called}-reply`, way);
  await press(asked, "details.act:has(#reply-reply) form button", called);
  check((await asked.locator("#who + dl dd").first().textContent()).trim() === (way.lang === "en" ? "comes" : "参加"), `${called}: the reply does not show`);
  await asked.context().close();

  const minutes = await as(browser, chair, `/meetings/${held}`, way);
  await minutes.locator("main").focus();
  if (await reach(minutes, "details.act:has(#minute-attended) > summary", called)) await minutes.keyboard.press("Enter");
  if (await reach(minutes, "#minute-attended input[value=pwd]", called)) await minutes.keyboard.press("Space");
  if (await reach(minutes, "#minute-body0-0", called)) await minutes.keyboard.press("ArrowDown");
  await type(minutes, "#minute-text0-0", "A new pole", called);
  if (await reach(minutes, "#minute-release0-0", called)) await minutes.keyboard.press("Space");
  await type(minutes, "#minute-remarks0", "Within", called);
  await look(minutes, `${called}-minutes`, way);
  await press(minutes, "details.act:has(#minute-attended) form button.button", called);
  check((await minutes.locator("main section ol li").first().textContent()).includes("A new pole"), `${called}: what was agreed does not show`);
  await look(minutes, `${called}-held`, way);
  await minutes.context().close();
}

async function handle(browser, number, other, way) {
  const { lang, width, javaScriptEnabled: script } = way;
  const called = `staff-handler-${lang}-${width}-${script ? "js" : "plain"}`;
  const page = await as(browser, handler, "/work?what=accept", way);
  await look(page, `${called}-queue`, way);
  await page.locator("main").focus();
  if (await reach(page, `#b-${other}`, called)) await page.keyboard.press("Space");
  if (script) {
    await page.context().setOffline(true);
    if (await reach(page, "button[value=accept]", called)) await page.keyboard.press("Enter");
    await page.locator("#bulk [data-offline]").waitFor({ timeout: 30_000 }).catch(() => check(false, `${called}: nobody says in the queue that the line is down`));
    await look(page, `${called}-down`, way);
    await page.context().setOffline(false);
    await page.locator("main").focus();
  }
  await press(page, "button[value=accept]", called);
  check((await page.locator(`#bulk-done + ul a[href='/matters/${other}/work']`).count()) === 1, `${called}: nobody says what was accepted`);
  await look(page, `${called}-bulk`, way);

  await page.goto(`${address}/work?what=accept`);
  await press(page, `a[href='/matters/${number}/work']`, called);
  await look(page, `${called}-matter`, way);
  await act(page, "accept", async () => {}, called);
  check((await page.locator("main [role=status]").count()) > 0, `${called}: nobody says that it is done`);
  await act(page, "answer", async () => {
    if (await reach(page, "#answer-outcome-0", called)) for (const key of ["Space", "ArrowDown", "ArrowDown", "ArrowDown"]) await page.keyboard.press(key);
    await type(page, "#answer-reason", "617-555-0100", called);
    if (await reach(page, "#answer-release", called)) await page.keyboard.press("Space");
    await look(page, `${called}-answer`, way);
  }, called);
  check((await page.locator(".errors").count()) === 1, `${called}: a telephone number is shown to everyone unseen`);
  check((await page.inputValue("#answer-reason")) === "617-555-0100", `${called}: what she wrote is lost`);
  await look(page, `${called}-errors`, way);
  await page.locator("#answer-reason").focus();
  await page.keyboard.press("ControlOrMeta+a");
  const said = lang === "en" ? "The grid was down." : "电网停电所致。";
  await page.keyboard.insertText(said);
  if (script) await cut(page, said, called);
  await press(page, "form:has(input[value=answer]) .actions button", called);
  check((await page.locator(".tag[data-state=answered]").count()) > 0, `${called}: it is not answered`);
  await press(page, `a[href='/matters/${number}/file']`, called);
  await look(page, `${called}-file`, way);
  await page.emulateMedia({ media: "print" });
  check(!(await page.locator(".masthead .nav, .nav").first().isVisible()), `${called}: the ways through the site are printed`);
  check(await page.locator(".masthead .brand").isVisible(), `${called}: whose page it is is not printed`);
  await picture(page, `${called}-print`);
  await page.context().close();
}

// act opens an act's form by keyboard, fills and sends it.
async function act(page, name, fill, called) {
  if (!(await reach(page, `details:has(input[name=act][value='${name}']) > summary`, called))) return;
  await page.keyboard.press("Enter");
  await fill();
  await press(page, `form:has(input[name=act][value='${name}']) .actions button`, called);
}

async function rule(browser, number, way) {
  const { lang, width, javaScriptEnabled: script } = way;
  const called = `staff-coordinator-${lang}-${width}-${script ? "js" : "plain"}`;
  const page = await as(browser, chair, "/rulings", way);
  await look(page, `${called}-rulings`, way);
  await press(page, `a[href='/matters/${number}/work']`, called);
  check((await page.locator("#dispute ~ .split .card").count()) === 2, `${called}: both sides do not stand beside each other`);
  check((await page.locator("input[name=act][value=answer]").count()) === 0, `${called}: the coordinating body is offered to answer`);
  await look(page, `${called}-matter`, way);
  await act(page, "rule", async () => {
    await type(page, "#rule-law", "Charter 4", called);
    await type(page, "#rule-reason", lang === "en" ? "It is a street lamp." : "这是路灯。", called);
    await look(page, `${called}-rule`, way);
  }, called);
  check((await page.locator(".tag[data-state=working]").count()) > 0, `${called}: it is not ruled`);
  await page.context().close();
}

async function everybody(browser, way) {
  const { lang, width, javaScriptEnabled: script, ...rest } = way;
  const called = `staff-overview-${lang}-${width}-${script ? "js" : "plain"}`;
  const page = await open(browser, `${address}/overview?lang=${lang}`, { width, javaScriptEnabled: script, ...rest });
  if (script) await page.locator(".live").first().waitFor({ timeout: 60_000 }); // the last day is drawn in the place of its picture
  for (const table of await page.locator("main details > summary").all()) await table.press("Enter"); // a wide table moves, the page does not
  let drawn = 0;
  for (const image of await page.locator(".chart img").all()) {
    if (!(await image.isVisible())) continue;
    drawn++;
    await image.scrollIntoViewIfNeeded();
    check(await image.evaluate((i) => i.complete && i.naturalWidth > 0), `${called}: a chart is not drawn`);
  }
  check(drawn >= 4 && (script || drawn >= 5), `${called}: ${drawn} charts`);
  await look(page, called, way);
  check((await page.locator("nav a[href='/work']").count()) === 0, `${called}: everybody is offered staff's pages`);
  await page.goto(`${address}/duties/check?lang=${lang}`);
  await look(page, `${called}-holes`, way);
  await page.context().close();
}
