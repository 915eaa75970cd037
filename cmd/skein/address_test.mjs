// An address is typed, looked up and chosen: it sets the point. With script and without, in both languages, and at the desk.
import { accessible, check, fits, open, picture, start } from "../../internal/browser/browser.mjs";

const [, , address, desk] = process.argv;

await start(async (browser) => {
  for (const way of [
    { lang: "en", width: 1280, scheme: "light", javaScriptEnabled: true }, { lang: "zh-Hans", width: 360, scheme: "dark", javaScriptEnabled: true },
    { lang: "zh-Hans", width: 1280, scheme: "dark", javaScriptEnabled: false }, { lang: "en", width: 360, scheme: "light", javaScriptEnabled: false },
  ]) {
    await report(browser, way);
    await call(browser, way);
  }
});

function words(lang) {
  return lang === "en" ? ["12 quillw", "12 Quillwort Street"] : ["学府", "学府路5号"];
}

async function report(browser, { lang, ...way }) {
  const script = way.javaScriptEnabled, called = `address-${lang}-${way.width}-${script ? "js" : "plain"}`;
  const page = await open(browser, `${address}/report?lang=${lang}`, way);
  const [typed, title] = words(lang);
  const asked = [];
  page.on("request", (request) => asked.push(decodeURIComponent(request.url())));
  const look = page.locator("button[name=look][value=address]");
  check(await look.isVisible() !== script, `${called}: the button to look up is there with script, or missing without`);
  await page.fill("#text", lang === "en" ? "The street light is out" : "路灯不亮了");
  await page.selectOption("#category", "street_lights.street_light_outages");
  await page.fill("#address", typed);
  if (!script) await look.click();
  const spot = page.locator("input[name=spot]").first();
  await spot.waitFor();
  check((await page.locator("label[for=spot-0]").textContent()).startsWith(title), `${called}: another address comes first`);
  if (script) {
    await spot.focus();
    await page.keyboard.press("Space");
    await page.locator(".spots > .hint").last().waitFor(); // the answer says that it is set
    check(await page.inputValue("#lat") !== "" && await spot.isChecked(), `${called}: the address does not set the point`);
    check(await page.evaluate(() => document.activeElement.name) === "spot", `${called}: the focus is lost when the answer comes`);
    await page.locator("summary", { hasText: lang === "en" ? "Coordinates" : "坐标" }).first().click();
    await page.fill("#lat", "42.34");
    await page.locator("#lat").dispatchEvent("change");
    check(await page.locator("#spot-none").isChecked(), `${called}: a point that was set otherwise stays an address's`);
    await page.locator("#spot-0").check();
    check(await page.inputValue("#lat") !== "42.34", `${called}: the address does not set the point again`);
    await page.waitForTimeout(1000);
    await accessible(page, called);
  } else {
    await spot.check();
    await look.click();
    check(await page.locator("input[name=spot]").first().isChecked(), `${called}: what was chosen is lost`);
  }
  await fits(page, called);
  await page.locator("#address").scrollIntoViewIfNeeded();
  await picture(page, called);
  await page.locator("form[action='/report'] .actions button").click();
  await page.waitForURL("**/receipt");
  await page.goto(page.url().replace("/receipt", "/data"));
  check((await page.content()).includes(title), `${called}: the address is not on her page`);
  check(!asked.some((url) => url.includes(typed)), `${called}: what was typed stands in an address: ${asked}`);
  await page.context().close();
}

async function call(browser, { lang, ...way }) {
  const called = `address-desk-${lang}-${way.width}-${way.javaScriptEnabled ? "js" : "plain"}`;
  const page = await open(browser, `${address}/desk?lang=${lang}`, { ...way, extraHTTPHeaders: { Authorization: `Bearer ${desk}` } });
  const [typed] = words(lang);
  await page.fill("#text", lang === "en" ? "The street light is out" : "路灯不亮了");
  await page.selectOption("#category", "street_lights.street_light_outages");
  await page.fill("#address", typed);
  await page.locator("button[value=look]").click();
  await page.locator("input[name=spot]").first().check();
  await fits(page, called);
  await page.locator("button[value=save]").click();
  await page.locator(".receipt .no").first().waitFor();
  const number = (await page.locator(".receipt .no").first().textContent()).trim();
  const told = await (await page.request.get(`${address}/api/matters/${number}`)).json();
  check(told.lat === (lang === "en" ? 42.335 : 42.337), `${called}: the address does not set the point: ${told.lat}`);
  await page.context().close();
}
