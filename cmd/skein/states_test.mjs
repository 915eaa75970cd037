// Brings each page to a state, holds that it is there, and looks at it by the rules of accessibility: as it is, and its colours in the dark and in the
// highest contrast. A form that comes back begins with a summary that has the focus, and whose links lead to their fields.
import { readFile } from "node:fs/promises";
import { accessible, check, fits, picture, start } from "../../internal/browser/browser.mjs";

const { states } = JSON.parse(await readFile(process.argv[2], "utf8"));

const steps = {
  fill: (page, what, text) => page.fill(what, text),
  select: (page, what, value) => page.selectOption(what, value),
  click: (page, what) => page.locator(what).first().click(),
  wait: (page, what) => page.locator(what).first().waitFor(),
  send: (page, what) => Promise.all([page.waitForEvent("load"), page.locator(what).first().click()]),
  async often(page, what, times) { // and comes back to it
    for (let n = 0; n < Number(times); n++) {
      await steps.send(page, what);
      await page.goBack();
    }
  },
  unfold: (page, what) => page.locator(what).first().evaluate((e) => { e.open = true; }),
  down: (page) => page.context().setOffline(true),
  async here(page) {
    await page.context().grantPermissions(["geolocation"]);
    await page.context().setGeolocation({ latitude: 42.33, longitude: -71.09 });
    await page.locator("[data-here] button").click();
  },
};

// Three look at once, each in one window: what a page keeps in it is cleared between two states.
const rows = states.entries();

await start(async (browser) => {
  const look = async () => { // the next row, until there is none
    const context = await browser.newContext({ reducedMotion: "reduce", serviceWorkers: "block" });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    for (const [i, state] of rows) {
      const width = i % 2 ? 360 : 1280, called = `state-${state.name.replaceAll(/[^a-z]+/gi, "-")}-${width}`;
      await reached(page, state, width, called).catch((error) => check(false, `${called}: ${error.message.split("\n")[0]}`));
    }
    await context.close();
  };
  await Promise.all([look(), look(), look()]);
});

async function reached(page, { address, path, status, headers, cookies, do: todo, says }, width, called) {
  const plain = todo?.[0]?.[0] === "plain", context = page.context();
  let wrong = false;
  const hold = (holds, what) => { wrong ||= !holds; check(holds, what); };
  const broken = (error) => hold(false, `${called}: ${error.message}`);
  page.on("pageerror", broken);
  try {
    await context.setOffline(false);
    await context.clearCookies();
    await context.clearPermissions();
    await cleared(page, address);
    await context.setExtraHTTPHeaders(headers);
    await context.addCookies([...cookies ?? [], ...[["lang", "en"], ["theme", "light"]].map(([name, value]) => ({ name, value, url: address }))]);
    await page.setViewportSize({ width, height: 900 });
    if (plain) await page.route("**/*.js", (route) => route.abort()); // the rules are script themselves: the page's own does not come
    const answer = await page.goto(address + path);
    hold(answer.status() === status, `${called}: ${answer.status()}`);
    for (const [step, ...given] of (todo ?? []).slice(plain ? 1 : 0)) await steps[step](page, ...given);
    const text = await page.locator("main").innerText();
    hold(text.includes(says), `${called}: the page does not say "${says}": ${text.replaceAll(/\s+/g, " ").slice(0, 300)}`);
    const summary = page.locator(".errors");
    if (await summary.count()) {
      if (!plain) hold(await summary.evaluate((e) => e === document.activeElement), `${called}: the summary of errors does not have the focus`);
      const lost = await summary.evaluate((e) => [...e.querySelectorAll("a")].map((a) => a.hash).filter((hash) => !document.getElementById(hash.slice(1))?.checkVisibility()));
      hold(lost.length === 0, `${called}: the summary leads to ${lost}, which is not in sight`);
    }
    await fits(page, called);
    wrong = !(await accessible(page, called)) || wrong;
    for (const theme of ["dark", "contrast"]) {
      await page.evaluate((name) => { document.documentElement.dataset.theme = name; }, theme);
      wrong = !(await accessible(page, `${called}, ${theme}`, "color-contrast")) || wrong;
    }
    if (wrong) await picture(page, called);
  } finally {
    page.off("pageerror", broken);
    await page.unrouteAll();
  }
}

// cleared takes from the window what the pages before kept in it.
async function cleared(page, address) {
  const window = await page.context().newCDPSession(page);
  await window.send("Storage.clearDataForOrigin", { origin: address, storageTypes: "all" });
  await window.detach();
}
