// A passkey is made and used with Chromium's virtual authenticator, at phone size and in Chinese too.
import { createHmac } from "node:crypto";
import { accessible, check, fits, open, picture, start } from "../../internal/browser/browser.mjs";

const [, , address, invitation, ...second] = process.argv;

// What an app shows (RFC 6238).
async function totp(secret) {
  const bits = [...secret].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000)));
  const mac = createHmac("sha1", key).update(step).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1e6).padStart(6, "0");
}

await start(async (browser) => {
  const page = await open(browser, address + invitation, { width: 360, height: 740, locale: "zh-CN" });
  const devices = await page.context().newCDPSession(page);
  await devices.send("WebAuthn.enable");
  await devices.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  const look = async (name) => {
    await accessible(page, name);
    await fits(page, name);
    await picture(page, "signin-" + name);
  };
  check(page.url() === address + "/invitation", "the invitation stays in the address");
  check(!(await page.locator("input[name=invitation]").isVisible()), "an invitation that the link carries is asked for");
  await look("invitation");
  await page.locator("main form button").click();
  await page.waitForURL("**/me");
  await look("me-before");
  check((await page.locator("text=通行密钥（").count()) === 0, "there is a passkey before one was made");
  await page.locator("[data-passkey] button").click();
  await page.locator("text=通行密钥（").first().waitFor();
  await look("me-after");
  await page.evaluate(() => { localStorage.setItem("draft s call", JSON.stringify({ at: Date.now(), said: {} })); localStorage.setItem("other", "x"); });
  await page.locator("main form[action='/sign-out'] button").click();
  await page.waitForURL(address + "/");
  check((await page.evaluate(() => Object.keys(localStorage).join())) === "other", "a draft stays after its writer signed out, or what is none goes");
  await page.goto(address + "/me"); // sent to sign in, and back
  await page.waitForURL("**/sign-in?next=*");
  await look("sign-in");
  await page.locator("[data-passkey='/sign-in/passkey'] button").click();
  await page.waitForURL("**/me");
  check((await page.locator("text=使用通行密钥").count()) > 0, "the session does not say how it began");
  await page.context().close();

  const desk = await open(browser, address + "/sign-in", { scheme: "dark" });
  await accessible(desk, "sign-in, dark");
  await fits(desk, "sign-in, dark");
  await picture(desk, "signin-dark");
  // A browser that has no passkey of this site says so, and nobody is let in.
  const empty = await desk.context().newCDPSession(desk);
  await empty.send("WebAuthn.enable");
  await empty.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  await desk.locator("[data-passkey='/sign-in/passkey'] button").click();
  await desk.locator("[data-passkey='/sign-in/passkey'] .error").waitFor({ state: "visible" });
  check(desk.url().endsWith("/sign-in"), "somebody without a passkey was let in");
  await desk.context().close();

  // A resident makes an account of a passkey alone; what she tells is on her page.
  const fresh = await open(browser, address + "/sign-in?next=/me");
  const hers = await fresh.context().newCDPSession(fresh);
  await hers.send("WebAuthn.enable");
  await hers.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  await fresh.locator("[data-passkey='/sign-in/new'] button").click();
  await fresh.waitForURL("**/me");
  await fresh.locator("main form[action='/sign-out'] button").click();
  await fresh.waitForURL(address + "/");
  await fresh.goto(address + "/sign-in");
  await fresh.locator("[data-passkey='/sign-in/passkey'] button").click();
  await fresh.waitForURL("**/me");
  await accessible(fresh, "a resident's page");
  await fresh.context().close();

  // An authenticator app, by hand and without script, at phone size and in Chinese.
  for (const options of [{ width: 360, height: 740, locale: "zh-CN", javaScriptEnabled: false }, { width: 360, height: 740, scheme: "dark" }]) {
    const small = await open(browser, address + "/invitation", options);
    await small.locator("input[name=invitation]").fill(address + "/invitation#" + second.shift());
    await small.locator("input[name=password]").fill("plum lantern otter 47 harbour");
    await small.locator("main form button").click();
    await small.waitForURL("**/me");
    const seen = async (name) => {
      if (options.javaScriptEnabled === false) return picture(small, "signin-" + name);
      await accessible(small, name);
      await fits(small, name);
      await picture(small, "signin-" + name);
    };
    await seen("me-one-factor");
    await small.locator("form[action='/me/second/begin'] button").click();
    await small.waitForURL("**/me/second");
    check((await small.locator("svg path").getAttribute("d")).length > 1000, "there is no picture");
    await seen("second-add");
    for (;;) { // a code is good for its own 30 seconds
      const left = 30 - ((Date.now() / 1000) % 30);
      if (left > 5) break;
      await small.waitForTimeout(left * 1000);
    }
    await small.locator("input[name=code]").fill(await totp(await small.locator("#secret").textContent()));
    await small.locator("main form button").click();
    await small.locator(".codes li").nth(9).waitFor();
    await seen("recovery");
    const recovery = await small.locator(".codes code").first().textContent();
    await small.goto(address + "/me");
    await seen("me-two-factors");
    await small.locator("main form[action='/sign-out'] button").click();
    await small.goto(address + "/sign-in");
    await small.locator("input[name=address]").fill(options.locale ? "one@isd.example" : "two@btdt.example");
    await small.locator("input[name=password]").fill("plum lantern otter 47 harbour");
    await small.locator("form[action='/sign-in/password'] button").click();
    await small.waitForURL("**/sign-in/second");
    await seen("second");
    await small.locator("input[name=code]").fill(recovery);
    await small.locator("main form button").click();
    await small.waitForURL("**/me");
    await small.context().close();
  }

  // Without script there is no passkey to offer, and the other ways are there.
  const plain = await open(browser, address + "/sign-in", { javaScriptEnabled: false });
  check(!(await plain.locator("[data-passkey]").first().isVisible()), "a passkey is offered that nothing can ask for");
  check(await plain.locator("form[action='/sign-in/password']").isVisible(), "no password without script");
  await plain.goto(address + "/invitation#" + "x".repeat(43));
  check(await plain.locator("input[name=invitation]").isVisible(), "nowhere to paste an invitation without script");
  await plain.context().close();
});
