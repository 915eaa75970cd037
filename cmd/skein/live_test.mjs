// The last day as it happens: drawn and going on with script, a picture and a table without; stopped by who reads.
import { accessible, check, fits, open, picture, start } from "../../internal/browser/browser.mjs";

const [, , address] = process.argv;

await start(async (browser) => {
  for (const { lang, theme, width } of [{ lang: "en", theme: "light", width: 1280 }, { lang: "zh-Hans", theme: "contrast", width: 360 }]) {
    const called = `live-${lang}-${theme}-${width}`;
    const page = await open(browser, `${address}/overview?lang=${lang}&theme=${theme}`, { width });
    const section = page.locator("section[data-live]"), said = section.locator("[data-said]"), rows = section.locator("details tbody tr");
    await section.locator(".live canvas").waitFor();
    check(await section.locator(".chart").isHidden(), `${called}: the picture stands beside what is drawn`);
    check((await section.locator(".live").getAttribute("aria-label")).length > 10, `${called}: what is drawn has no name`);
    const drawn = await section.locator("canvas").evaluate((canvas) => new Set(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.map((v, i) => v * (i % 4 + 1))).size);
    check(drawn > 3, `${called}: nothing is drawn`);
    await section.locator("summary").click();
    check(await rows.count() === 48, `${called}: ${await rows.count()} rows`);
    const was = await said.textContent(), counted = Number(await rows.first().locator("td").first().textContent());
    await report();
    await page.waitForFunction((was) => document.querySelector("[data-said]").textContent !== was, was, { timeout: 60_000 });
    check(Number(await rows.first().locator("td").first().textContent()) === counted + 1, `${called}: the table does not go on`);
    await fits(page, called);
    await accessible(page, called);
    const stop = section.locator("[data-stop]"), word = await stop.textContent();
    await stop.focus();
    await page.keyboard.press("Enter");
    check(await stop.textContent() !== word, `${called}: the button says the same after it was pressed`);
    const stopped = await said.textContent();
    await report();
    await page.waitForTimeout(17_000); // as old as a picture may be, and as long as a page waits
    check(await said.textContent() === stopped, `${called}: it goes on though it was stopped`);
    await picture(page, called);
    await page.keyboard.press("Enter");
    await page.waitForFunction((was) => document.querySelector("[data-said]").textContent !== was, stopped, { timeout: 60_000 });
    await page.context().close();
  }
  const plain = await open(browser, `${address}/overview?lang=en`, { javaScriptEnabled: false });
  const section = plain.locator("section[data-live]");
  check(await section.locator(".chart img").isVisible() && await section.locator("canvas").count() === 0, "without script there is no picture");
  check(await section.locator("[data-stop]").isHidden(), "without script a button does nothing");
  await section.locator("summary").click();
  check(await section.locator("details tbody tr").count() === 48, "without script there is no table");
  await plain.context().close();
});

async function report() {
  const answer = await fetch(address + "/api/matters", {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ category: "street_lights.street_light_outages", text: "Dark", lat: 42.33, lon: -71.09 }),
  });
  check(answer.status === 201, `a report is refused: ${answer.status}`);
}
