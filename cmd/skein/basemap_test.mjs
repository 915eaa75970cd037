// Looks at maps with a basemap under them and without; open holds that a page asks its own server alone.
import { accessible, check, fits, open, picture, shades, start } from "../../internal/browser/browser.mjs";

const [, , withOne, without, script] = process.argv;

await start(async (browser) => {
  const looks = [ // of each set of colours what the basemap brings: its water, or its land where water is as black as the ground
    { theme: "light", lang: "en", width: 1280, shade: [0xe2, 0xef, 0xf3] },
    { theme: "dark", lang: "zh-Hans", width: 360, shade: [0x14, 0x30, 0x3a] },
    { theme: "contrast", lang: "en", width: 360, shade: [16, 16, 16] },
  ];
  for (const look of looks) {
    const called = `basemap-${look.theme}-${look.width}`;
    const seen = await moved(browser, withOne, look, called);
    check(seen.asked.includes(script), `${called}: what reads a basemap was not loaded`);
    check(seen.parts.length > 1 && seen.parts.every((status) => status === 206), `${called}: its parts came as ${seen.parts}`);
    check(seen.credit === "Invented & drawn for tests <b>", `${called}: it credits ${seen.credit}`);
    const bare = await moved(browser, without, look, `${called}-none`);
    check(!bare.asked.some((path) => path.includes("basemap")), `${called}: where there is none, asked is ${bare.asked}`);
    check(bare.credit === null, `${called}: where there is none, it credits ${bare.credit}`);
    check(seen.shaded > bare.shaded + seen.pixels / 500, `${called}: of ${seen.pixels} pixels ${seen.shaded} have what it brings, and ${bare.shaded} without it`);
  }
  const page = await open(browser, `${withOne}/report?lang=en`);
  const map = page.locator("[data-pick]");
  await map.scrollIntoViewIfNeeded();
  await map.and(page.locator("[data-ready]")).waitFor({ timeout: 60_000 });
  check(await page.locator("[data-pick] .maplibregl-ctrl-attrib").isVisible(), "the map that picks a place credits nobody");
  await page.context().close();
});

// moved opens the map of the front page that moves, and says what was asked for it and what it shows.
async function moved(browser, address, { theme, lang, width, shade }, called) {
  const page = await open(browser, `${address}/?theme=${theme}&lang=${lang}`, { width });
  const asked = [], parts = [];
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    asked.push(pathname);
    if (pathname === "/basemap/tiles.pmtiles") parts.push(response.status());
  });
  const before = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
  check(!before.some((name) => name.includes("basemap")), `${called}: fetched before anybody asked for the map: ${before}`);
  await page.locator("[data-open-map]").click();
  const map = page.locator("[data-map]").first();
  await map.and(page.locator("[data-ready]")).waitFor({ timeout: 60_000 });
  await fits(page, called);
  await accessible(page, called);
  await picture(page, called);
  const credit = page.locator(".maplibregl-ctrl-attrib");
  const said = await credit.count() ? (await credit.textContent()).trim() : null;
  const { of: [shaded], pixels } = await shades(browser, await map.screenshot(), [shade]);
  await page.context().close();
  return { asked, parts, credit: said, shaded, pixels };
}
