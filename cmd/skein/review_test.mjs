// An appeal in a browser: the resident appeals from her matter's page, a reviewer takes it, the body replies, the reviewer
// decides and publishes, and everyone reads it. Once in each language, at two widths.
import { accessible, check, fits, open, picture, start } from "../../internal/browser/browser.mjs";

const [, , address, keys, ...matters] = process.argv;
const [reviewer, body] = keys.split(",");

await start(async (browser) => {
  const ways = [{ lang: "en", width: 1280, scheme: "light" }, { lang: "zh-Hans", width: 360, scheme: "dark" }];
  for (const [i, way] of ways.entries()) {
    await appeal(browser, matters[2 * i], matters[2 * i + 1], way);
    await legalReview(browser, ["matter.accept", "matter.answer"][i], way);
  }
});

async function look(page, called) {
  await fits(page, called);
  await accessible(page, called);
  await picture(page, called);
}

// as opens a page as a post, by its key.
function as(browser, key, path, { lang, ...way }) {
  return open(browser, `${address}${path}${path.includes("?") ? "&" : "?"}lang=${lang}`, { ...way, extraHTTPHeaders: { Authorization: `Bearer ${key}` } });
}

// act opens the form of an act, fills and sends it.
async function act(page, name, fields = {}) {
  const form = page.locator(`form:has(input[name=act][value='${name}'])`);
  await page.locator(`details:has(input[name=act][value='${name}']) > summary`).click();
  for (const [field, value] of Object.entries(fields)) {
    const input = form.locator(`[name='${field}']`);
    if (value === true) await input.check();
    else if (await input.first().getAttribute("type") === "radio") await form.locator(`[name='${field}'][value='${value}']`).check();
    else await input.fill(value);
  }
  await Promise.all([page.waitForEvent("load"), form.locator("button").click()]);
}

async function appeal(browser, number, code, way) {
  const { lang, ...rest } = way;
  const called = `review-${lang}-${rest.width}`;
  const said = lang === "en" ? "It is <b>dark</b>. Petra Holm, 617-555-0134." : "灯仍不亮。张三，电话13912345678。";

  const hers = await open(browser, `${address}/track?lang=${lang}`, rest);
  await hers.fill("#number", number);
  await hers.fill("#code", code);
  await hers.locator("form[action='/track'] button").click();
  await hers.waitForURL(`**/matters/${number}`);
  await act(hers, "appeal", { of: "answer", ground: "facts_unclear", reason: said });
  for (let n = 0; n < 50 && (await hers.locator("#reviews").count()) === 0; n++) {
    await hers.waitForTimeout(200);
    await hers.reload();
  }
  await look(hers, `${called}-matter`);
  await hers.locator("#reviews + ul a").click();
  await hers.waitForURL(`**/reviews/${number}-1`);
  check((await hers.locator("blockquote").first().textContent()) === said, `${called}: her words are not on the page of her appeal`);
  await look(hers, `${called}-hers`);

  const queue = await as(browser, reviewer, "/reviews/queue", way);
  await look(queue, `${called}-queue`);
  await queue.locator(`a[href='/reviews/${number}-1']`).click();
  await queue.waitForURL(`**/reviews/${number}-1`);
  await act(queue, "take");
  const told = await as(browser, body, `/reviews/${number}-1`, way);
  check((await told.locator("input[name=act][value=decide]").count()) === 0, `${called}: the body is offered to decide`);
  await act(told, "reply", { text: lang === "en" ? "We looked in June." : "我们六月查看过。" });
  await told.context().close();

  const desk = await as(browser, reviewer, `/reviews/${number}-1`, { ...way, refused: [422] });
  await desk.locator("details:has(input[name=act][value=decide]) > summary").click();
  await look(desk, `${called}-decide`);
  await desk.locator("details:has(input[name=act][value=decide]) > summary").click();
  await act(desk, "decide", { result: "sent_back", law: "Charter 4", found: said });
  check((await desk.locator(".errors").count()) === 1, `${called}: a decision without reasons and directions is taken`);
  check((await desk.inputValue("#decide-found")) === said, `${called}: what the reviewer wrote is lost`);
  await look(desk, `${called}-errors`);
  const form = desk.locator("form:has(input[name=act][value=decide])");
  await form.locator("[name=reasons]").fill(said);
  await form.locator("[name=within]").fill("10wd");
  await form.locator("[name=directions]").fill(lang === "en" ? "Look at night." : "请夜间查看。");
  await Promise.all([desk.waitForEvent("load"), form.locator("button").click()]);
  check((await desk.locator("#decision").count()) === 1, `${called}: there is no decision`);
  await act(desk, "publish", {});
  check((await desk.locator(".errors").count()) === 1, `${called}: a text with a telephone number is published unseen`);
  const plain = lang === "en" ? "The lamp is dark at night." : "路灯夜间不亮。";
  const publish = desk.locator("form:has(input[name=act][value=publish])");
  await publish.locator("[name=found]").fill(plain);
  await publish.locator("[name=reasons]").fill(plain);
  await Promise.all([desk.waitForEvent("load"), publish.locator("button").click()]);
  await look(desk, `${called}-decided`);
  await desk.context().close();

  const everyone = await open(browser, `${address}/reviews?lang=${lang}`, rest);
  await look(everyone, `${called}-register`);
  await everyone.locator(`a[href='/reviews/${number}-1']`).click();
  await everyone.waitForURL(`**/reviews/${number}-1`);
  const whole = await everyone.locator("main").textContent();
  check(whole.includes(plain), `${called}: the decision cannot be read`);
  check(!whole.includes("Petra") && !whole.includes("张三") && !whole.includes("617-555") && !whole.includes("13912345678"), `${called}: the page names somebody`);
  await look(everyone, `${called}-public`);
  await everyone.context().close();

  const directed = lang === "en" ? "Look at night." : "请夜间查看。";
  for (let n = 0; n < 50; n++) {
    await hers.goto(`${address}/matters/${number}`);
    if ((await hers.locator("main").textContent()).includes(directed)) break;
    await hers.waitForTimeout(200);
  }
  check((await hers.locator("main").textContent()).includes(directed), `${called}: the directions are not on her matter's page`);
  await hers.context().close();
  await queue.context().close();
}

// A whole policy is examined; everyone sees it, and what was done under it.
async function legalReview(browser, policy, way) {
  const called = `review-${way.lang}-${way.width}`;
  const page = await as(browser, reviewer, "/findings", { ...way, refused: [422] });
  await page.locator("details:has(input[name=act][value=examine]) > summary").click();
  await look(page, `${called}-findings`);
  await page.locator("details:has(input[name=act][value=examine]) > summary").click();
  await act(page, "examine", { kind: "policy", thing: "no.such", why: "?" });
  check((await page.locator(".errors").count()) === 1, `${called}: what does not exist is examined`);
  const form = page.locator("form:has(input[name=act][value=examine])");
  await form.locator("[name=thing]").fill(policy);
  await form.locator("[name=kind][value=policy]").check();
  await Promise.all([page.waitForURL("**/findings/*"), form.locator("button").click()]);
  const everyone = await open(browser, `${page.url()}?lang=${way.lang}`, { width: way.width, scheme: way.scheme });
  check((await everyone.locator("#acts + p + ul li").count()) > 0, `${called}: nothing was done under ${policy}`);
  check((await everyone.locator("form[data-once]").count()) === 0, `${called}: everyone is offered to act`);
  await look(everyone, `${called}-finding`);
  await everyone.context().close();
  await page.context().close();
}
