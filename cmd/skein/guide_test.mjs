// The guide in a browser: an editor drafts, sees it refused and as it will be shown, another post publishes, a reader finds it, says that
// something is missing and is led to the report; its owner reads that. Once in each language, at two widths.
import { accessible, check, fits, open, picture, start } from "../../internal/browser/browser.mjs";

const [, , address, keys] = process.argv;
const [editor, head] = keys.split(",");

await start(async (browser) => {
  await article(browser, { lang: "en", width: 1280, scheme: "light" });
  await article(browser, { lang: "zh-Hans", width: 360, scheme: "dark" });
});

async function look(page, called) {
  await fits(page, called);
  await accessible(page, called);
  await picture(page, called);
}

function as(browser, key, path, { lang, ...way }) {
  const headers = key ? { extraHTTPHeaders: { Authorization: `Bearer ${key}` } } : {};
  return open(browser, `${address}${path}${path.includes("?") ? "&" : "?"}lang=${lang}`, { ...way, ...headers });
}

async function press(page, act) {
  await Promise.all([page.waitForEvent("load"), page.locator(`button[name=act][value=${act}]`).first().click()]);
}

async function article(browser, way) {
  const { lang, width } = way;
  const called = `guide-${lang}-${width}`;
  const code = `tar-${width}`;
  const title = lang === "en" ? "Hot tar on the road" : "路面沥青未干";
  const desk = await as(browser, editor, "/guide/new", { ...way, refused: [422] });
  await desk.fill("[name=article]", code);
  await desk.fill(`[name='texts.${lang}.title']`, title);
  await desk.fill(`[name='texts.${lang}.question']`, title + "?");
  await desk.fill(`[name='texts.${lang}.body']`, "# One\n\n<b>x</b>");
  await press(desk, "draft");
  check((await desk.locator(".errors li").count()) === 2, `${called}: HTML and a missing review date are not both told`);
  check((await desk.inputValue(`[name='texts.${lang}.title']`)) === title, `${called}: what the editor wrote is lost`);
  await look(desk, `${called}-errors`);
  await desk.fill(`[name='texts.${lang}.body']`, "## One\n\n- keep off\n- [report](/report)");
  await desk.fill("[name=review]", "2012-09-01");
  await press(desk, "preview");
  check((await desk.locator("#preview ~ article li").count()) === 2, `${called}: there is no preview`);
  await look(desk, `${called}-preview`);
  await press(desk, "draft");
  await desk.waitForURL(`**/guide/${code}/edit`);
  check((await desk.locator("button[value=publish]").count()) === 0, `${called}: who drafted is offered to publish`);
  await desk.context().close();

  const chief = await as(browser, head, "/guide/work", way);
  await look(chief, `${called}-work`);
  await chief.locator(`a[href='/guide/${code}/edit']`).first().click();
  await chief.waitForURL(`**/guide/${code}/edit`);
  await look(chief, `${called}-publish`);
  await press(chief, "publish");
  await chief.waitForURL(`**/guide/${code}`);

  const list = await as(browser, "", "/guide", way);
  for (let n = 0; n < 50 && (await list.locator(`a[href='/guide/${code}']`).count()) === 0; n++) {
    await list.waitForTimeout(200);
    await list.fill("[name=q]", title);
    await Promise.all([list.waitForEvent("load"), list.locator("form.filters button").click()]);
  }
  await look(list, `${called}-found`);
  await list.goto(`${address}/guide`);
  await look(list, `${called}-list`);
  await list.goto(`${address}/guide/${code}`);
  check((await list.locator("h1").getAttribute("lang")) === lang, `${called}: the language is not said`);
  await list.locator(".did summary").click();
  await look(list, `${called}-article`);
  await list.fill("[name=missing]", "Petra Holm, 617-555-0134");
  await Promise.all([list.waitForEvent("load"), list.locator(".did details button").click()]);
  check((await list.locator(".did a[href^='/report']").count()) === 1, `${called}: nobody is led to the report`);
  await list.goto(`${address}/guide/erase-my-data`);
  await look(list, `${called}-overdue`);
  const read = await as(browser, head, `/guide/${code}/feedback`, way);
  check((await read.locator("blockquote").textContent()).includes("Petra"), `${called}: its owner is not shown what is missing`);
  await look(read, `${called}-feedback`);
  await Promise.all([read, chief, list].map((page) => page.context().close()));
}
