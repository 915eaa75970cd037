// Walks the pages of a small realm as a resident does: reads, reports, keeps the receipt, comes back.
import { accessible, check, fits, open, picture, start } from "../../internal/browser/browser.mjs";

const [, , address, number, code, key, unreleased] = process.argv;

await start(async (browser) => {
  for (const [lang, scheme, width] of [["en", "light", 1280], ["zh-Hans", "dark", 360]]) { // TestEveryPage looks at each page; here is the map
    const called = `pages-front-${lang}-${scheme}-${width}`;
    const page = await open(browser, `${address}/?lang=${lang}`, { width, scheme });
    await map(page);
    await fits(page, called);
    await accessible(page, called);
    await picture(page, called);
    await page.context().close();
  }
  await planned(browser);
  await report(browser, { lang: "en", width: 1280, scheme: "light" });
  await report(browser, { lang: "zh-Hans", width: 360, scheme: "dark", javaScriptEnabled: false });
  await held(browser, { lang: "en", width: 1280, scheme: "light" });
  await held(browser, { lang: "zh-Hans", width: 360, scheme: "dark" });
  await held(browser, { lang: "en", width: 360, scheme: "light", javaScriptEnabled: false });
  await released(browser, { lang: "zh-Hans", width: 360, scheme: "light" });
  await released(browser, { lang: "en", width: 1280, scheme: "dark" });
  await back(browser);
});

async function map(page) {
  check(await page.locator(".plan a").count() > 0 && await page.locator("[data-map]").isHidden(), "the plan does not come before the map");
  for (const spot of await page.locator(".plan a").all()) {
    const { width, height } = await spot.locator("circle").boundingBox();
    check(Math.min(width, height) >= 24, `a number of the plan is ${width} by ${height}`);
  }
  const button = page.locator("[data-open-map]");
  await button.focus();
  await page.keyboard.press("Enter");
  const element = page.locator("[data-map]").first();
  await element.and(page.locator("[data-ready]")).waitFor({ timeout: 60_000 });
  check(await page.evaluate(() => document.activeElement.tagName) === "CANVAS", "the map that was asked for does not have the focus");
  check(await page.locator(".plan").isHidden() && await button.isHidden() && await page.locator(".map-key").isVisible(), "the plan stays beside the map");
  await page.evaluate(() => scrollTo(0, 0));
}

// Without script the plan is the map: a number leads to the list of its place.
async function planned(browser) {
  const page = await open(browser, `${address}/?lang=en`, { width: 360, javaScriptEnabled: false });
  check(await page.locator("[data-open-map]").isHidden(), "without script a button does nothing");
  const spot = page.locator(".plan a").first();
  const said = await spot.getAttribute("aria-label");
  await spot.click();
  await page.waitForURL(/\/matters\?place=/);
  check(said.startsWith(await page.locator("#place option[selected]").textContent()), `${said}: another place is listed`);
  await page.context().close();
}

// look holds a page against the rules; they run as script, so a page without script is only pictured.
async function look(page, called, script) {
  if (script) {
    await fits(page, called);
    await accessible(page, called);
  }
  await picture(page, called);
}

// A report by hand, with script and without: first with something missing, then whole, down to the receipt.
async function report(browser, { lang, ...rest }) {
  const script = rest.javaScriptEnabled !== false;
  const called = `pages-receipt-${lang}-${rest.scheme}-${rest.width}`;
  const page = await open(browser, `${address}/?lang=${lang}`, { ...rest, refused: [422] });
  await page.locator("main a[href='/report']").first().click();
  await page.waitForURL("**/report");
  check(await page.locator(".notice.danger .call").isVisible(), `${called}: no emergency number before the form`);
  const ground = (await page.locator("[data-map]").boundingBox()).height;
  check(script ? ground > 200 : ground < 150, `${called}: ${ground} px are kept for the map`);
  await page.selectOption("#category", "street_lights.street_light_outages");
  await page.fill("#address", "Hanover <i>Street</i>");
  const expect = page.waitForResponse((r) => r.request().method() === "POST" && new URL(r.url()).pathname === "/report");
  await page.locator("form[action='/report'] .actions button").click();
  check((await expect).status() === 422, `${called}: a report without a text is taken`);
  await page.locator(".errors").waitFor();
  if (script) check(await page.evaluate(() => document.activeElement.className) === "errors", `${called}: the summary of errors does not have the focus`);
  check(await page.inputValue("#address") === "Hanover <i>Street</i>", `${called}: what was written is lost`);
  check(await page.inputValue("#category") === "street_lights.street_light_outages", `${called}: what was chosen is lost`);
  await look(page, called + "-errors", script);
  await page.fill("#text", "<script>document.title='x'</script> lamp out");
  await page.selectOption("#place", "ward-03");
  await page.locator("form[action='/report'] .actions button").click();
  await page.waitForURL("**/receipt");
  check(await page.locator(".receipt .no").count() === 2, `${called}: no number and code`);
  await look(page, called, script);
  await page.locator("main .actions a").first().click();
  await page.waitForURL(/\/matters\/\d/);
  check((await page.locator("blockquote").first().textContent()).includes("<script>"), `${called}: her words are not on her page`);
  check(await page.title() !== "x", `${called}: her words became markup`);
  await look(page, called + "-hers", script);
  await page.context().close();
}

// What is held on her, and a correction, with script and without.
async function held(browser, { lang, ...rest }) {
  const script = rest.javaScriptEnabled !== false;
  const called = `pages-held-${lang}-${rest.scheme}-${rest.width}`;
  const page = await open(browser, `${address}/track?lang=${lang}`, rest);
  await page.fill("#number", number);
  await page.fill("#code", code);
  await page.locator("form[action='/track'] button").click();
  await page.waitForURL(`**/matters/${number}`);
  await page.locator("summary", { hasText: lang === "en" ? "Correct what I told" : "更正我反映的内容" }).click();
  await page.fill("#amend-text", `Both lamps at the corner, ${called}`);
  await page.fill("#amend-email", "ann@example.org");
  if (script) await accessible(page, called + "-form");
  await page.locator("button", { hasText: lang === "en" ? "Correct it" : "提交更正" }).click();
  await page.locator("blockquote", { hasText: called }).waitFor();
  await page.locator(`a[href='/matters/${number}/data']`).click();
  await page.waitForURL("**/data");
  check((await page.locator("main").textContent()).includes("ann@example.org"), `${called}: her address is not among what is held`);
  check(await page.locator("main .actions a[download]").count() === 3, `${called}: not three ways to take it away`);
  await look(page, called, script);
  const file = page.waitForEvent("download");
  await page.locator("a[href$='.zip']").click();
  check((await file).suggestedFilename() === "skein-data.zip", `${called}: nothing is downloaded`);
  await page.context().close();
}

// What everyone may see, as the desk decides it: marked, with a version proposed.
async function released(browser, { lang, ...rest }) {
  const called = `pages-release-${lang}-${rest.scheme}-${rest.width}`;
  const page = await open(browser, `${address}/matters/${unreleased}/release?lang=${lang}`, { ...rest, extraHTTPHeaders: { authorization: `Bearer ${key}` } });
  check(await page.locator("blockquote mark").count() === 2, `${called}: what points to a person is not marked`);
  check(!(await page.locator("textarea").first().inputValue()).includes("617-555-0100"), `${called}: the proposal shows the number`);
  await look(page, called, true);
  await page.context().close();
}

// Back with number and code: she withdraws.
async function back(browser) {
  const page = await open(browser, `${address}/track?lang=en`, { width: 360 });
  await page.fill("#number", number);
  await page.fill("#code", code);
  await page.locator("form[action='/track'] button").click();
  await page.waitForURL(`**/matters/${number}`);
  check(await page.locator(".notice.good").isVisible(), "the reporter is not known on her page");
  await page.locator("summary", { hasText: "Withdraw" }).click();
  await page.locator("button", { hasText: "Withdraw it" }).click();
  await page.waitForURL(`**/matters/${number}`);
  await page.locator(".tag[data-state='withdrawn']").first().waitFor();
  await accessible(page, "withdrawn");
  await page.context().close();
}
