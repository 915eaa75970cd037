// Looks at maps with an operator's style under them; open holds that a page asks its own server alone.
import { accessible, check, fits, open, picture, shades, start } from "../../internal/browser/browser.mjs";

const [, , whole, unreadable] = process.argv;
// What the style shows: light land, dark land, water, trees, letters, icons; and the ground of light, dark and high-contrast maps without it.
const colours = [[0xf0, 0xe0, 0x10], [0x30, 0x20, 0x60], [0x10, 0xa0, 0xf0], [0, 0xc0, 0x40], [0xf0, 0, 0x10], [0xe0, 0, 0xe0], [0xe9, 0xee, 0xec], [0x0e, 0x17, 0x1b], [0, 0, 0]];
const styles = { light: "/basemap/style.json", dark: "/basemap/style.dark.json" };

await start(async (browser) => {
  const letters = {};
  for (const look of [{ theme: "light", lang: "en", width: 1280 }, { theme: "dark", lang: "zh-Hans", width: 360 }, { theme: "device", lang: "zh-Hans", width: 1280 }]) {
    const called = `style-${look.theme}-${look.width}`;
    const { asked, credit, of: [land, dark, water, trees, text, icons], pixels } = await moved(browser, whole, look, called);
    const has = look.theme === "dark" ? dark : land;
    check(has > pixels / 3 && water > pixels / 100 && trees > pixels / 500 && text > 200 && icons > 20, `${called}: of ${pixels} pixels land has ${has}, water ${water}, trees ${trees}, letters ${text}, icons ${icons}`);
    check(look.theme === "dark" ? land === 0 : dark === 0, `${called}: it has the land of another style`);
    check(credit === "Invented & drawn for tests <b> · Trees of Inventon", `${called}: it credits ${credit}`);
    const style = styles[look.theme] ?? styles.light;
    for (const path of [style, "/basemap/tiny.pmtiles", "/basemap/trees.geojson", "/basemap/fonts/Box%20Regular/0-255.pbf", "/basemap/icons/day.png", "/basemap/icons/day.json"]) check(asked.get(path) < 300, `${called}: ${path} came as ${asked.get(path)}`);
    check(asked.get("/basemap/fonts/Box%20Regular/1024-1279.pbf") === 404, `${called}: a letter that the style has no glyph of was not asked for`);
    for (const path of asked.keys()) check(!path.includes("system-ui") && !path.includes("Not%20There"), `${called}: asked for ${path}`);
    letters[`${look.lang} ${look.width}`] = text;
  }
  check(letters["zh-Hans 1280"] > 2 * letters["en 1280"], `the longer Chinese name has ${letters["zh-Hans 1280"]} pixels, and the English one ${letters["en 1280"]}`);

  // high contrast has no style here, and a style that cannot be read is left out: what is seen is the realm's own map, which credits nobody
  for (const [address, theme, ground] of [[whole, "contrast", 8], [unreadable, "light", 6]]) {
    const called = `style-none-${theme}`;
    const { asked, credit, of, pixels, warned } = await moved(browser, address, { theme, lang: "en", width: 360 }, called);
    check(of[ground] > pixels / 10 && of.slice(0, 6).every((n) => n < pixels / 500), `${called}: of ${pixels} pixels ${of}`);
    check(credit === null, `${called}: it credits ${credit}`);
    check(![...asked.keys()].some((path) => /pmtiles|fonts|icons\/day/.test(path)), `${called}: asked for ${[...asked.keys()]}`);
    check(address === whole || warned.some((text) => text.includes("the map underneath is left out") && text.includes("fill-color: color expected")), `${called}: the console says ${warned}`);
  }

  // the device turns dark while the map is open
  const page = await open(browser, `${whole}/?theme=device&lang=en`, { refused: [404] });
  const map = await opened(page);
  await page.emulateMedia({ colorScheme: "dark" });
  let dark = 0;
  for (let n = 0; n < 20 && dark === 0; n++) {
    await page.waitForTimeout(250);
    ({ of: [, dark] } = await shades(browser, await map.screenshot(), colours));
  }
  check(dark > 0, "the map stays light when the device turns dark");
  await page.context().close();
});

async function opened(page) {
  await page.locator("[data-open-map]").click();
  const map = page.locator("[data-map]").first();
  await map.and(page.locator("[data-ready]")).waitFor({ timeout: 60_000 });
  return map;
}

// moved opens the map of the front page that moves, and says what was asked for it and what it shows.
async function moved(browser, address, { theme, lang, width }, called) {
  const page = await open(browser, `${address}/?theme=${theme}&lang=${lang}`, { width, refused: [404] });
  const asked = new Map(), warned = [];
  page.on("response", (response) => asked.set(new URL(response.url()).pathname, response.status()));
  page.on("console", (message) => warned.push(message.text()));
  const map = await opened(page);
  await fits(page, called);
  await accessible(page, called);
  await picture(page, called);
  const credits = page.locator(".maplibregl-ctrl-attrib");
  const credit = await credits.count() ? (await credits.textContent()).trim() : null;
  const seen = await shades(browser, await map.screenshot(), colours);
  await page.context().close();
  return { asked, warned, credit, ...seen };
}
