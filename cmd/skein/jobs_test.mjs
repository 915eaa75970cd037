// A resident's and a handler's job by keyboard alone, and what everyone may take away: in both languages, with script and without, at two
// widths. What the desk, the queue and the coordinating body do is in staff_test.mjs.
import { readFile } from "node:fs/promises";
import { accessible, check, fits, open, picture, press, reach, start, type } from "../../internal/browser/browser.mjs";

const { address, handler, ways } = JSON.parse(await readFile(process.argv[2], "utf8"));

await start(async (browser) => {
  for (const way of ways) {
    await suggested(browser, way);
    await mineToo(browser, way);
    await follow(browser, way);
    await objects(browser, way);
    await extend(browser, way);
    await data(browser, way);
  }
});

function script(way) {
  return way.browser.javaScriptEnabled;
}

function name(what, { lang, browser: b }) {
  return `jobs-${what}-${lang}-${b.viewport.width}-${b.javaScriptEnabled ? "js" : "plain"}`;
}

async function look(page, called, way) {
  await fits(page, called);
  if (script(way)) await accessible(page, called); // the rules are script themselves
  await picture(page, called);
}

function visit(browser, way, path, more = {}) {
  return open(browser, `${address}${path}${path.includes("?") ? "&" : "?"}lang=${way.lang}`, { ...way.browser, ...more });
}

// brought waits for what comes up while she writes, or asks for it where there is no script.
async function brought(page, way, what, called) {
  if (script(way)) await page.waitForSelector(what, { timeout: 60_000 }).catch(() => check(false, `${called}: nothing comes up while she writes`));
  else await press(page, "button[name=look]", called);
}

// A category that is suggested is taken, and overruled: what she chose herself stands, and is what is reported.
async function suggested(browser, way) {
  const called = name("suggested", way);
  const page = await visit(browser, way, "/report");
  await page.locator("main").focus();
  await type(page, "#text", way.lang === "en" ? "The street light is out again" : "路灯停用，夜里很黑", called);
  await brought(page, way, "#look-category button[name=choose]", called);
  check(await page.locator("#look-category").getAttribute("aria-live") === "polite", `${called}: what comes up is not read aloud`);
  const chip = page.locator("#look-category button[name=choose]").first();
  const offered = await chip.getAttribute("value");
  await look(page, called, way);
  if (!script(way)) await page.locator("main").focus();
  if (await reach(page, "#look-category button[name=choose]", called)) {
    if (script(way)) await page.keyboard.press("Enter");
    else await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
  }
  check(await page.inputValue("#category") === offered, `${called}: the category is not taken`);
  check(await page.locator(`#look-category button[value='${offered}']`).getAttribute("aria-pressed") === "true", `${called}: nobody says that it is taken`);
  await page.locator("#text").focus();
  if (await reach(page, "#category", called)) await page.keyboard.press("ArrowDown");
  const own = await page.inputValue("#category");
  check(own !== offered && own !== "", `${called}: there is no other category`);
  if (script(way)) await page.waitForSelector(`#look-category button[value='${offered}'][aria-pressed=true]`, { state: "detached", timeout: 60_000 }).catch(() => check(false, `${called}: what was suggested still says that it is chosen`));
  check(await page.inputValue("#category") === own, `${called}: the suggestion overrules her`);
  if (await reach(page, "#place", called)) await page.keyboard.press("ArrowDown");
  await press(page, "form[action='/report'] .actions button", called);
  check(new URL(page.url()).pathname.endsWith("/receipt"), `${called}: it is not reported`);
  check((await page.locator("main .qr svg").count()) === 1 && (await page.locator(".receipt .no").count()) === 2, `${called}: no number, code and QR`);
  const number = new URL(page.url()).pathname.split("/")[2];
  const answer = await page.request.get(`${address}/api/matters/${number}`);
  check((await answer.json()).category === own, `${called}: it is reported as something else than she chose`);
  await page.context().close();
}

// The same lamp: an open matter nearby comes up, and hers goes on in it.
async function mineToo(browser, way) {
  const called = name("mine", way);
  const page = await visit(browser, way, "/report", { geolocation: { latitude: 42.33, longitude: -71.09 }, permissions: ["geolocation"] });
  await page.locator("main").focus();
  await type(page, "#text", "The street light is out", called);
  if (script(way)) {
    if (await reach(page, "[data-here] button", called)) await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelector("[data-here] [role=status]").textContent !== "", null, { timeout: 60_000 }).catch(() => check(false, `${called}: nobody says that the place is found`));
  } else {
    if (await reach(page, "details:has(#lat) > summary", called)) await page.keyboard.press("Enter");
    await type(page, "#lat", "42.33", called);
    await type(page, "#lon", "-71.09", called);
    await page.locator("#text").focus();
  }
  const mine = `button[name=mine][value='${way.main}']`;
  await brought(page, way, mine, called);
  check((await page.locator(mine).count()) === 1, `${called}: the same matter nearby is not shown`);
  check(await page.locator("#look-alike").getAttribute("aria-live") === "polite", `${called}: what comes up is not read aloud`);
  await look(page, called, way);
  await page.locator("main").focus();
  await press(page, mine, called);
  check(new URL(page.url()).pathname.endsWith("/receipt"), `${called}: hers is not taken (${page.url()})`);
  check((await page.locator("main").textContent()).includes(way.main), `${called}: nobody says in which matter it goes on`);
  await look(page, `${called}-receipt`, way);
  await page.context().close();
}

// act opens an act's form, fills and sends it.
async function act(page, act, fill, called) {
  await page.locator("main").focus();
  const form = `details:has(input[name=act][value='${act}'])`;
  if (!(await page.locator(form).evaluate((e) => e.open)) && (await reach(page, `${form} > summary`, called))) await page.keyboard.press("Enter");
  await fill();
  await press(page, `${form} .actions button`, called);
}

// Her matter from one page: followed, added to, confirmed as not solved with a rating, and reopened.
async function follow(browser, way) {
  const called = name("follow", way);
  const page = await visit(browser, way, "/track", { refused: [422] });
  await page.locator("main").focus();
  await type(page, "#number", way.answered.number, called);
  await type(page, "#code", way.answered.code, called);
  await press(page, "form[action='/track'] button", called);
  check(new URL(page.url()).pathname === `/matters/${way.answered.number}`, `${called}: number and code lead to ${page.url()}`);
  await look(page, called, way);
  for (const [link, type] of [["feed.atom", "application/atom+xml"], ["due.ics", "text/calendar"]]) {
    const href = await page.locator(`a[href$='/${link}']`).getAttribute("href");
    await reach(page, `a[href$='/${link}']`, called);
    const answer = await page.request.get(address + href);
    check(answer.status() === 200 && answer.headers()["content-type"].startsWith(type), `${called}: ${href}: ${answer.status()}`);
  }
  await act(page, "confirm", async () => {}, called);
  check((await page.locator(".errors a[href='#confirm-solved'], .errors a[href^='#confirm-solved']").count()) === 1, `${called}: nobody asks whether it is solved`);
  if (script(way)) check(await page.evaluate(() => document.activeElement.className) === "errors", `${called}: the summary of errors does not have the focus`);
  await look(page, `${called}-errors`, way);
  await act(page, "confirm", async () => {
    if (await reach(page, "#confirm-solved-0", called)) for (const key of ["Space", "ArrowDown"]) await page.keyboard.press(key);
    if (await reach(page, "#confirm-rating", called)) for (let n = 0; n < 5; n++) await page.keyboard.press("ArrowDown");
    await type(page, "#confirm-words", "No", called);
  }, called);
  check((await page.locator("blockquote", { hasText: /^No$/ }).count()) === 1, `${called}: her word does not stand there`);
  await look(page, `${called}-confirmed`, way);
  await act(page, "reopen", async () => type(page, "#reopen-reason", way.lang === "en" ? "It is dark again." : "又不亮了。", called), called);
  check((await page.locator(".story [id^=act-]").count()) > 0 && (await page.locator(".tag[data-state=assigned]").count()) > 0, `${called}: it is not open again`);
  await act(page, "attach", async () => type(page, "#attach-text", "<b>Still</b>\ndark", called), called);
  check((await page.locator("blockquote", { hasText: "<b>Still</b>" }).count()) === 1, `${called}: what she adds does not stand there`);
  check((await page.locator("blockquote", { hasText: "<b>Still</b>" }).innerText()) === "<b>Still</b>\ndark", `${called}: its lines run together`);
  await look(page, `${called}-reopened`, way);
  await page.context().close();
}

function office(browser, way, number) {
  return visit(browser, way, `/matters/${number}/work`, { extraHTTPHeaders: { Authorization: `Bearer ${handler}` }, refused: [422] });
}

// An objection says its ground, and who answers instead; without them it is refused and nothing is lost.
async function objects(browser, way) {
  const called = name("objects", way);
  const page = await office(browser, way, way.objected);
  const why = way.lang === "en" ? "A signal." : "这是信号灯。";
  await act(page, "object", async () => type(page, "#object-reason", why, called), called);
  check((await page.locator(".errors a[href^='#object-ground']").count()) === 1, `${called}: no ground is asked for`);
  check((await page.inputValue("#object-reason")) === why, `${called}: her reason is lost`);
  await look(page, `${called}-errors`, way);
  await act(page, "object", async () => {
    if (await reach(page, "#object-ground-0", called)) await page.keyboard.press("Space");
    if (await reach(page, "#object-proposed", called)) for (let n = 0; n < 60 && (await page.inputValue("#object-proposed")) !== "park"; n++) await page.keyboard.press("ArrowDown");
    await look(page, called, way);
  }, called);
  check((await page.locator(".tag[data-state=objected]").count()) > 0, `${called}: it is not objected to`);
  check((await page.locator("blockquote", { hasText: why }).count()) > 0, `${called}: the reason does not stand there`);
  await page.context().close();
}

// A longer limit has a reason, and a limit that can be read.
async function extend(browser, way) {
  const called = name("extend", way);
  const page = await office(browser, way, way.working);
  const due = await page.locator("time, dd").allTextContents();
  await act(page, "extend", async () => type(page, "#extend-limit", "soon", called), called);
  check((await page.locator(".errors a[href='#extend-limit']").count()) === 1, `${called}: a limit that is none is taken`);
  await page.locator("#extend-limit").focus();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText("1d");
  await press(page, "form:has(input[name=act][value=extend]) .actions button", called);
  check((await page.locator(".errors a[href='#extend-reason']").count()) === 1, `${called}: no reason is asked for`);
  check((await page.inputValue("#extend-limit")) === "1d", `${called}: the limit is lost`);
  await look(page, `${called}-errors`, way);
  await act(page, "extend", async () => type(page, "#extend-reason", "Snow", called), called);
  check((await page.locator(".story blockquote", { hasText: "Snow" }).count()) === 1, `${called}: the reason does not stand there`);
  check(String(await page.locator("time, dd").allTextContents()) !== String(due), `${called}: the date is the same`);
  await page.context().close();
}

// Open data: each table in each form, and what its columns mean.
async function data(browser, way) {
  const called = name("data", way);
  let page = await visit(browser, way, "/data");
  await page.locator("main").focus();
  if (await reach(page, "#matters ~ details > summary", called)) await page.keyboard.press("Enter");
  check(await page.locator("#matters ~ details dl").first().isVisible(), `${called}: what the columns mean is not shown`);
  const meanings = await page.locator("#matters ~ details").first().locator("dt").allTextContents();
  await look(page, called, way);
  let taken = 0;
  const files = await page.locator("main a[download]").evaluateAll((all) => all.map((link) => link.getAttribute("href")));
  for (const href of files) {
    if (taken === 8) { // the browser gives ten files of one page, and then asks
      await page.context().close();
      page = await visit(browser, way, "/data");
    }
    await reach(page, `a[href='${href}']`, called);
    const [file] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
    const text = await readFile(await file.path(), "utf8");
    const form = href.split(".").pop();
    check(text.length > 100 && file.suggestedFilename().endsWith("." + form), `${called}: ${file.suggestedFilename()} of ${text.length} bytes`);
    if (form === "geojson") check(JSON.parse(text).type === "FeatureCollection", `${called}: ${href} is no GeoJSON`);
    if (form === "jsonl") text.trimEnd().split("\n").forEach((line) => JSON.parse(line));
    if (href === "/data/matters.csv") check(text.replace("\ufeff", "").split(/\r?\n/)[0] === meanings.join(","), `${called}: the columns ${text.split("\n")[0]} are explained as ${meanings}`);
    taken++;
  }
  check(taken >= 8, `${called}: ${taken} files`);
  await page.context().close();
}
