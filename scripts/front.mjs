// What the front page costs a reader on a slow line: node scripts/front.mjs http://127.0.0.1:8311
// Slow 4G as in Chromium's DevTools (562 ms, 1.44 Mbit/s) and a processor four times as slow. It prints the middle of seven, and judges nothing.
import { chromium } from "playwright-core";
import { browsers } from "../internal/browser/browser.mjs";

const address = process.argv[2] || "http://127.0.0.1:8311";
const browser = await chromium.launch({
  executablePath: browsers.at(-1),
  args: [...(process.getuid() === 0 ? ["--no-sandbox"] : []), "--disable-gpu", "--enable-unsafe-swiftshader"],
});
const runs = [];
for (let run = 0; run < 7; run++) {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 }, serviceWorkers: "block" });
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send("Network.enable");
  await cdp.send("Network.emulateNetworkConditions", { offline: false, latency: 562, downloadThroughput: (1.44e6 / 8), uploadThroughput: (675e3 / 8) });
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  const asked = new Map(), sizes = new Map();
  cdp.on("Network.requestWillBeSent", ({ requestId, request }) => asked.set(requestId, new URL(request.url).pathname));
  cdp.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => sizes.set(asked.get(requestId), encodedDataLength));
  const began = Date.now();
  await page.goto(address + "/?lang=en");
  const paint = await page.evaluate(() => new Promise((done) => new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (entry.name === "first-contentful-paint") done(entry.startTime);
  }).observe({ type: "paint", buffered: true })));
  const spot = page.locator(".plan a").first();
  await spot.click({ trial: true }); // seen, at rest, and what a finger there would meet
  const plan = Date.now() - began;
  await page.waitForLoadState("networkidle"); // she has read the page before she asks for more
  // From the tap, as the page feels it, until the map says that all is drawn: what the script that taps does before is not the reader's time.
  await page.evaluate(() => {
    addEventListener("click", (tap) => { window.tapped = tap.timeStamp; }, { capture: true, once: true });
    new MutationObserver((_, watch) => {
      if (!document.querySelector("[data-map][data-ready]")) return;
      window.drawn = performance.now();
      watch.disconnect();
    }).observe(document.body, { subtree: true, attributeFilter: ["data-ready"] });
  });
  await page.locator("[data-open-map]").click();
  await page.locator("[data-map][data-ready]").waitFor({ timeout: 60_000 });
  const map = await page.evaluate(() => window.drawn - window.tapped);
  let first = 0, whole = 0;
  for (const [path, size] of sizes) {
    whole += size;
    if (!/map|tiles/.test(path)) first += size;
  }
  runs.push({ first, whole, paint, plan, map });
  await context.close();
}
await browser.close();
const middle = (name) => runs.map((run) => run[name]).sort((a, b) => a - b)[3];
console.log(`front page without the map: ${(middle("first") / 1000).toFixed(1)} kB; with it ${(middle("whole") / 1000).toFixed(0)} kB`);
console.log(`first contentful paint ${(middle("paint") / 1000).toFixed(2)} s (${runs.map(({ paint }) => (paint / 1000).toFixed(2)).sort().join(", ")}); the plan seen and its numbers leading on ${(middle("plan") / 1000).toFixed(2)} s`);
console.log(`the map that moves, from the tap that asks for it until all is drawn: ${(middle("map") / 1000).toFixed(1)} s`);
