// A report that is written where there is no line: kept with its photo by the browser, sent once there is one, and never twice. The line is a
// proxy that is cut in earnest.
import net from "node:net";
import { accessible, check, fits, picture, start } from "../../internal/browser/browser.mjs";

const [, , address, photo] = process.argv;
const { hostname, port } = new URL(address);
const open = new Set();
let up = true;
const line = net.createServer((socket) => {
  if (!up) return void socket.destroy();
  const on = net.connect(Number(port), hostname);
  for (const [a, b] of [[socket, on], [on, socket]]) {
    open.add(a);
    a.on("error", () => b.destroy());
    a.on("close", () => { open.delete(a); b.destroy(); });
    a.pipe(b);
  }
});
await new Promise((ready) => line.listen(0, "127.0.0.1", ready));
const site = `http://127.0.0.1:${line.address().port}`;
const cut = () => { up = false; for (const socket of open) socket.destroy(); };

async function tab(context, called) {
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  page.on("pageerror", (error) => check(false, `${called}: ${error.message}`));
  return page;
}

for (const [lang, scheme, width] of [["en", "light", 1280], ["zh-Hans", "dark", 360]]) {
  up = true;
  await start(async (browser) => {
    const called = `offline-${lang}-${scheme}-${width}`;
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme, reducedMotion: "reduce" });
    let page = await tab(context, called);
    await page.goto(`${site}/?lang=${lang}`);
    check(await page.locator("[data-kept-here]").isHidden(), `${called}: the front page says that something is kept`);
    await page.goto(`${site}/report?lang=${lang}`);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => null));
    await page.waitForFunction(() => navigator.serviceWorker.controller);
    await page.fill("#text", "Written with a line\n<b>lost</b> on sending");
    await page.selectOption("#place", "ward-03");
    await page.selectOption("#category", "street_lights.street_light_outages");
    await page.setInputFiles("#photos", photo);
    cut();
    await page.locator("form[action='/report'] .actions button").click();
    await page.waitForURL("**/report/offline**");
    await page.locator("[data-kept] li").waitFor();
    check((await page.locator("[data-kept] blockquote").textContent()).includes("<b>lost</b>"), `${called}: her words are not kept as written`);

    // A second one begins without a line: another page, the same form.
    await page.goto(`${site}/matters`).catch(() => {});
    await page.locator("[data-kept] li").waitFor();
    await page.fill("#text", "Written without a line");
    await page.selectOption("#place", "ward-03");
    await page.locator("form[action='/report'] .actions button").click();
    await page.locator("[data-kept] li").nth(1).waitFor();
    await fits(page, called);
    await accessible(page, called);
    await picture(page, called);
    await page.locator("[data-kept] li").nth(1).getByRole("button").first().click(); // no line yet: it stays
    await page.locator("[data-kept] li").nth(1).waitFor();

    // The tab is closed; once there is a line, the front page and the form lead back to what is kept.
    await page.close();
    up = true;
    page = await tab(context, called);
    await page.goto(`${site}/report?lang=${lang}`);
    await page.locator("[data-kept-here] a").waitFor().catch(() => check(false, `${called}: the form does not lead to what is kept`));
    await page.goto(`${site}/?lang=${lang}`);
    await page.locator("[data-kept-here] a").waitFor().catch(() => check(false, `${called}: the front page does not lead to what is kept`));
    await fits(page, `${called}-front`);
    await accessible(page, `${called}-front`);
    await picture(page, `${called}-front`);
    await page.locator("[data-kept-here] a").focus();
    await page.keyboard.press("Enter");
    await page.waitForURL("**/report/offline");
    await page.locator("[data-kept] li").first().getByRole("button").first().focus();
    await page.keyboard.press("Enter");
    await page.waitForURL("**/receipt");
    check(await page.locator(".receipt .no").count() === 2, `${called}: no number and code`);
    await page.goto(await page.locator("main .actions a").first().getAttribute("href").then((path) => site + path));
    check((await page.locator("blockquote").first().textContent()).includes("Written with a line\n"), `${called}: other words arrived`);
    check(await page.locator(".photos img").count() === 1, `${called}: the photo did not arrive`);
    const mine = page.url();

    // Of pages that are hers alone nothing is kept, and of what was sent neither.
    const kept = await page.evaluate(async () => {
      const out = [];
      for (const key of await caches.keys()) for (const request of await (await caches.open(key)).keys()) out.push(new URL(request.url).pathname);
      return out;
    });
    check(kept.every((path) => path.startsWith("/assets/") || path === "/report/offline"), `${called}: kept ${kept}`);
    cut();
    await page.goto(mine).catch(() => {});
    await page.locator("[data-kept] li").waitFor();
    check(await page.locator("[data-kept] li").count() === 1, `${called}: what was sent is still kept`);
    check(!(await page.content()).includes("Written with a line"), `${called}: a page of hers is shown without a line`);

    page.on("dialog", (dialog) => dialog.accept());
    await page.locator("[data-kept] li .link").click();
    await page.locator("[data-kept] li").waitFor({ state: "detached" });
    up = true;
    await page.locator("[data-forget]").click();
    await page.waitForFunction(async () => (await caches.keys()).length === 0 && (await navigator.serviceWorker.getRegistrations()).length === 0);
    await context.close();
  });
}
line.close();
