// A passkey is made and used with Chromium's virtual authenticator, at phone size and in Chinese too.
import { accessible, check, fits, open, picture, start } from "../../internal/browser/browser.mjs";

const [, , address, invitation] = process.argv;

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
  await look("invitation");
  await page.locator("main form button").click();
  await page.waitForURL("**/me");
  await look("me-before");
  check((await page.locator("text=通行密钥（").count()) === 0, "there is a passkey before one was made");
  await page.locator("[data-passkey] button").click();
  await page.locator("text=通行密钥（").first().waitFor();
  await look("me-after");
  await page.locator("main form[action='/sign-out'] button").click();
  await page.waitForURL(address + "/");
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

  // Without script there is no passkey to offer, and the other ways are there.
  const plain = await open(browser, address + "/sign-in", { javaScriptEnabled: false });
  check(!(await plain.locator("[data-passkey]").first().isVisible()), "a passkey is offered that nothing can ask for");
  check(await plain.locator("form[action='/sign-in/password']").isVisible(), "no password without script");
  await plain.context().close();
});
