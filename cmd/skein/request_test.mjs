// A legal review in a browser: a resident asks from the page of a matter, under no name; a reviewer reads why and examines; the body gives
// its account, it is found unlawful and answered, and everyone reads it. Once in English with script, once in Chinese without, on a telephone.
import { accessible, check, fits, open, picture, start } from "../../internal/browser/browser.mjs";

const [, , address, keys, ...matters] = process.argv;
const [reviewer, body] = keys.split(",");

await start(async (browser) => {
  await review(browser, matters[0], { lang: "en", width: 1280, scheme: "light" });
  await review(browser, matters[1], { lang: "zh-Hans", width: 360, scheme: "dark", javaScriptEnabled: false });
});

// A page without script can still be looked at: what looks runs in the browser, not in the page.
async function look(page, called, script) {
  if (script) {
    await fits(page, called);
    await accessible(page, called);
  }
  await picture(page, called);
}

function as(browser, key, path, { lang, ...way }) {
  const headers = key ? { extraHTTPHeaders: { Authorization: `Bearer ${key}` } } : {};
  return open(browser, `${address}${path}${path.includes("?") ? "&" : "?"}lang=${lang}`, { ...way, ...headers });
}

async function send(page, form) {
  await Promise.all([page.waitForEvent("load"), form.locator("button").click()]);
}

async function act(page, name, fields) {
  const form = page.locator(`form:has(input[name=act][value='${name}'])`);
  await page.locator(`details:has(input[name=act][value='${name}']) > summary`).click();
  for (const [field, value] of Object.entries(fields)) {
    const first = form.locator(`[name='${field}']`).first();
    const kind = await first.getAttribute("type");
    if (kind === "radio" || kind === "checkbox") await form.locator(`[name='${field}'][value='${value}']`).check();
    else await first.fill(value);
  }
  await send(page, form);
}

async function review(browser, number, way) {
  const script = way.javaScriptEnabled !== false;
  const called = `request-${way.lang}-${way.width}`;
  const en = way.lang === "en";
  const said = en ? "Nobody asked <b>Petra Holm</b>, 617-555-0134." : "无人询问张三，电话13912345678。";

  const hers = await as(browser, "", `/matters/${number}`, { ...way, refused: [422] });
  await hers.locator("li[data-by=body] a[href^='/reviews/ask?kind=act']").first().click();
  await hers.waitForURL("**/reviews/ask?**");
  check((await hers.locator(`main a[href='/matters/${number.replaceAll("-", "")}']`).count()) > 0, `${called}: the form does not say what is asked about`);
  await look(hers, `${called}-form`, script);
  const form = hers.locator("main form[action='/reviews/ask']");
  await form.locator("[value=procedure]").check();
  await send(hers, form);
  check((await hers.locator(".errors").count()) === 1, `${called}: it can be asked in no words`);
  check(await hers.locator("[name=aspects][value=procedure]").isChecked(), `${called}: what was chosen is lost`);
  await look(hers, `${called}-errors`, script);
  await hers.locator("main form[action='/reviews/ask'] textarea").fill(said);
  await send(hers, hers.locator("main form[action='/reviews/ask']"));
  const code = await hers.locator("section code").textContent();
  const path = await hers.locator("section dd a[href^='/reviews/requests/']").getAttribute("href");
  check(/^[0-9A-Z-]{26,}$/.test(code) && !hers.url().includes(code), `${called}: the receipt has no code, or the address has it: ${code}`);
  check((await hers.locator("blockquote").first().textContent()) === said, `${called}: her words are not on her receipt`);
  await look(hers, `${called}-receipt`, script);
  await hers.context().close();

  const did = await as(browser, body, path, way);
  check(!(await did.content()).includes("617-555") && !(await did.content()).includes("13912345678"), `${called}: the body reads who asked`);
  await did.context().close();

  const desk = await as(browser, reviewer, "/reviews/queue", way);
  await look(desk, `${called}-queue`, script);
  await desk.locator(`a[href='${path}']`).click();
  await desk.waitForURL(`**${path}`);
  check((await desk.locator("blockquote").first().textContent()) === said, `${called}: the reviewer does not read why`);
  await desk.locator("details:has(input[name=act][value=examine]) > summary").click();
  await look(desk, `${called}-request`, script);
  await desk.locator("details:has(input[name=act][value=examine]) > summary").click();
  await act(desk, "examine", { why: en ? "Was anybody asked?" : "是否询问过任何人？" });
  const finding = new URL(desk.url()).pathname;
  check(finding.startsWith("/findings/"), `${called}: the reviewer does not come to the finding: ${finding}`);

  const office = await as(browser, body, finding, way);
  await act(office, "account", { text: en ? "We always do it so." : "一向如此办理。" });
  await desk.goto(address + finding);
  await act(desk, "find", { lawful: "no", against: "procedure", law: en ? "Charter 7" : "条例第七条", reasons: en ? "Nobody was asked." : "未询问任何人。" });
  await look(desk, `${called}-found`, script);
  await desk.context().close();
  await office.goto(address + finding);
  await act(office, "respond", { follows: "yes", text: en ? "We ask first now." : "现已先行询问。" });
  await office.context().close();

  const back = await as(browser, "", path, { ...way, refused: [422] });
  for (let n = 0; n < 50 && (await back.locator(`main a[href='${finding}']`).count()) === 0; n++) {
    await back.waitForTimeout(200);
    await back.reload();
  }
  check((await back.locator(`main a[href='${finding}']`).count()) > 0, `${called}: the request does not lead to the finding`);
  check((await back.locator("blockquote").count()) === 0, `${called}: everyone reads what was written`);
  await look(back, `${called}-status`, script);
  await act(back, "show", { code: "WRONG" });
  check((await back.locator(".errors").count()) === 1, `${called}: any code shows it`);
  await back.locator("form:has(input[value=show]) [name=code]").fill(code.toLowerCase());
  await send(back, back.locator("form:has(input[value=show])"));
  check((await back.locator("blockquote").first().textContent()) === said, `${called}: the code does not show her words`);
  await send(back, back.locator("form:has(input[value=take_back])"));
  check((await back.locator("blockquote").count()) === 0, `${called}: what was taken back is still shown`);

  await back.goto(`${address}/findings`);
  await back.locator(`a[href='${finding}']`).click();
  await back.waitForURL(`**${finding}`);
  const whole = await back.locator("main").textContent();
  for (const text of en ? ["Was anybody asked?", "We always do it so.", "Nobody was asked.", "We ask first now."] : ["是否询问过任何人？", "一向如此办理。", "未询问任何人。", "现已先行询问。"]) {
    check(whole.includes(text), `${called}: everyone does not read ${text}`);
  }
  await look(back, `${called}-finding`, script);
  await back.context().close();
}
