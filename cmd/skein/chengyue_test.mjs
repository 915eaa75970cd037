// Looks at the invented district as somebody does who reads Chinese, on a phone and on a desk.
import { accessible, check, fits, open, picture, start } from "../../internal/browser/browser.mjs";

const [, , address, number] = process.argv;
const pages = {
  front: "/", matters: "/matters?q=" + encodeURIComponent("积水"), matter: `/matters/${number}`, report: "/report", duties: "/duties", figures: "/figures",
  body: "/bodies/tinglan-c1", guide: "/guide/working-days", reviews: "/reviews", overview: "/overview", data: "/data",
};

await start(async (browser) => {
  for (const width of [360, 1280]) for (const [name, path] of Object.entries(pages)) {
    const called = `chengyue-${name}-${width}`;
    const page = await open(browser, address + path, { width, locale: "zh-CN" });
    if (name === "front") {
      const map = page.locator("[data-map]").first();
      await page.locator("[data-open-map]").click();
      await map.and(page.locator("[data-ready]")).waitFor({ timeout: 60_000 });
    }
    check(await page.locator("html").getAttribute("lang") === "zh-Hans", `${called}: not in Chinese`);
    const demo = await page.locator("aside.demo").textContent();
    check(demo.includes("地名、地图、机构和任职人员均为虚构") && demo.includes("2026年12月1日"), `${called}: does not say that all is invented: ${demo}`);
    if (name === "front" || name === "report") check(await page.locator("main p", { hasText: "本图为虚构地图" }).count() === 1, `${called}: the map is not labelled`);
    const text = await page.locator("main").innerText();
    check(!/[\u4e00-\u9fff][,;!?]|\d{4}-\d\d-\d\d/.test(text.replace(/\d{4}-\d\d(-\d\d)?\.csv/g, "")), `${called}: punctuation or dates that are not Chinese: ${text.match(/.{0,20}([\u4e00-\u9fff][,;!?]|\d{4}-\d\d-\d\d).{0,20}/)?.[0]}`);
    await fits(page, called);
    await accessible(page, called);
    await picture(page, called);
    await page.context().close();
  }
});
