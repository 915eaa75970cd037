// Reads receipts in the browser with the network gone, and holds that the server says the same to who has no script.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { accessible, check, fits, open, picture, start } from "../../internal/browser/browser.mjs";

const [, , address, folder, once] = process.argv;
const files = readdirSync(folder).map((f) => f.replace(".txt", ""));
const said = (page) => page.locator("#reading").evaluate((e) => ({
  good: e.querySelector(".notice.good") !== null,
  words: [...e.querySelectorAll("h2, p, dt, dd")].map((x) => x.textContent.trim()),
}));

await start(async (browser) => {
  const looks = [["en", "light", 1280], ["zh-Hans", "dark", 360], ["en", "dark", 360], ["zh-Hans", "light", 1280]];
  for (const [lang, scheme, width] of once ? looks.slice(0, 1) : looks) {
    const look = async (page, name) => {
      await fits(page, name);
      await accessible(page, name);
      await picture(page, name);
    };
    const log = await open(browser, `${address}/log/boston?lang=${lang}`, { width, scheme });
    await look(log, `log-${lang}-${scheme}-${width}`);
    await log.context().close();

    const plain = await open(browser, `${address}/receipts?lang=${lang}`, { width, scheme, javaScriptEnabled: false });
    const served = {};
    for (const name of files) {
      await plain.setInputFiles("#file", join(folder, name + ".txt"));
      await plain.locator("form[action='/receipts'] button").click();
      await plain.locator("#reading .notice").waitFor();
      served[name] = await said(plain);
    }
    await plain.context().close();

    const page = await open(browser, `${address}/receipts?lang=${lang}`, { width, scheme });
    await page.locator("[data-receipts][data-ready]").waitFor();
    await look(page, `receipts-${lang}-${scheme}-${width}`);
    await page.context().setOffline(true);
    await page.evaluate(() => Object.defineProperty(globalThis, "crypto", { value: undefined })); // as where a page comes by http
    let asked = 0;
    page.on("request", () => asked++);
    for (const name of files) {
      await page.evaluate(() => document.getElementById("reading").replaceChildren());
      await drop(page, join(folder, name + ".txt"));
      await page.locator("#reading .notice").waitFor();
      const here = await said(page);
      check(JSON.stringify(here) === JSON.stringify(served[name]), `${name} in ${lang}: the browser says ${JSON.stringify(here)}, the server ${JSON.stringify(served[name])}`);
      check(here.good === !["changed", "crlf", "junk"].includes(name), `${name}: good is ${here.good}`);
      check(await page.evaluate(() => document.activeElement.id) === "reading", `${name}: what was read does not have the focus`);
      if (name === "witnessed") await page.evaluate(() => { document.querySelector("form[data-receipts] details").open = true; });
      if (["witnessed", "changed"].includes(name)) await look(page, `receipts-${name}-${lang}-${scheme}-${width}`);
    }
    await paste(page, served.sealed);
    check(asked === 0, `reading asks the network ${asked} times`);
    await page.context().close();
  }
});

// drop lets a file fall onto its field.
async function drop(page, path) {
  const text = readFileSync(path, "utf8");
  const data = await page.evaluateHandle((text) => {
    const d = new DataTransfer();
    d.items.add(new File([text], "skein.txt", { type: "text/plain" }));
    return d;
  }, text);
  await page.dispatchEvent(".drop", "dragover", { dataTransfer: data });
  check(await page.locator(".drop[data-over]").count() === 1, "a file above its field is not shown");
  await page.dispatchEvent(".drop", "drop", { dataTransfer: data });
}

// paste reads a text with blanks around it; a key that is none is named, and the witnesses' own keys make no difference.
async function paste(page, served) {
  await page.evaluate(() => document.querySelector("form[data-receipts]").reset());
  await page.fill("#text", "\n  " + readFileSync(join(folder, "sealed.txt"), "utf8") + "\n\n");
  const read = async () => {
    await page.evaluate(() => document.getElementById("reading").replaceChildren());
    await page.locator("form[data-receipts] button").click();
    await page.locator("#reading .notice").waitFor();
    return said(page);
  };
  check(JSON.stringify(await read()) === JSON.stringify(served), "a pasted receipt reads in another way");
  await page.evaluate(() => { document.querySelector("form[data-receipts] details").open = true; });
  await page.fill("#keys", "not+a+key");
  const wrong = await read();
  check(!wrong.good && wrong.words[0].includes("not+a+key"), `a key that is none: ${wrong.words}`);
  await page.evaluate(() => document.querySelector("form[data-receipts]").reset());
  check(!(await read()).good, "nothing is read as a receipt");
}
