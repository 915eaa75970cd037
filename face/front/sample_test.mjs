// Looks at the sample page, which holds every part once: small and large, light and dark, in both languages.
import { accessible, check, fits, open, picture, start } from "../../internal/browser/browser.mjs";

const address = process.argv[2];

await start(async (browser) => {
  for (const lang of ["en", "zh-Hans"]) {
    for (const scheme of ["light", "dark"]) {
      for (const width of [360, 1280]) {
        const name = `sample-${lang}-${scheme}-${width}`;
        const page = await open(browser, `${address}/?lang=${lang}`, { width, scheme });
        check(await page.evaluate(() => document.activeElement.className) === "errors", `${name}: the error summary does not have the focus`);
        const maps = page.locator("[data-map]"); // drawn without a graphics card they are slow: once in each scheme is enough
        for (let i = 0; i < await maps.count() && (lang === "en") === (scheme === "light") && (scheme === "light") === (width === 1280); i++) {
          await maps.nth(i).scrollIntoViewIfNeeded();
          await maps.nth(i).and(page.locator("[data-ready]")).waitFor({ timeout: 60_000 });
        }
        await page.evaluate(() => { document.activeElement.blur(); scrollTo(0, 0); });
        await fits(page, name);
        await accessible(page, name);
        await picture(page, name);
        if (lang === "en" && scheme === "light" && width === 1280) await use(page);
        await page.context().close();
      }
    }
  }
  await withoutScript(browser);
});

async function use(page) {
  const left = page.locator("#what-left");
  check(await left.textContent() === "2000 characters left", `count: ${await left.textContent()}`);
  await page.fill("#what", "12345");
  check(await left.textContent() === "1995 characters left", `count: ${await left.textContent()}`);

  // the map of matters: a single matter opens its page
  const map = page.locator("[data-map]").first();
  await map.scrollIntoViewIfNeeded();
  const box = await map.boundingBox();
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  const link = page.locator(".maplibregl-popup a");
  await link.waitFor({ timeout: 30_000 });
  check(await link.getAttribute("href") === "/matters/1", `popup leads to ${await link.getAttribute("href")}`);
  check(await link.textContent() === "<b>Lamp</b> out", `popup says ${await link.textContent()}`);
  check(await link.evaluate((a) => a === document.activeElement || a.closest(".maplibregl-popup").contains(document.activeElement)), "the popup does not have the focus");
  await page.screenshot({ path: (process.env.SKEIN_PICTURES || "test-results") + "/sample-popup.png" });

  // the map that picks: by mouse, by keyboard, and the other way round
  const pick = page.locator("[data-pick]");
  await pick.scrollIntoViewIfNeeded();
  const area = await pick.boundingBox();
  await page.mouse.click(area.x + area.width / 2, area.y + area.height / 2);
  const near = async (lat, lon, how) => {
    const got = [Number(await page.inputValue("#lat")), Number(await page.inputValue("#lon"))];
    check(Math.abs(got[0] - lat) < 0.001 && Math.abs(got[1] - lon) < 0.001, `${how}: picked ${got}, want ${lat}, ${lon}`);
  };
  await near(42.36, -71.06, "click");
  await page.fill("#lat", "42.35");
  await page.locator("[data-pick] .pin").waitFor({ timeout: 30_000 });
  await pick.locator("canvas").focus();
  await page.keyboard.press("Enter");
  await near(42.36, -71.06, "Enter");
}

// Without script everything can be read and filled in.
async function withoutScript(browser) {
  const page = await open(browser, address, { javaScriptEnabled: false, width: 360 });
  for (const wanted of ["h1", "#what", "#lat", ".story", "[data-map] .instead"]) check(await page.locator(wanted).first().isVisible(), `without script ${wanted} is not there`);
  await page.context().close();
}
