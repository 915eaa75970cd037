// Signing in with a passkey, and adding one: <div data-passkey="/sign-in/passkey" data-next="/me" hidden> with a button
// and an error. The server's options come as JSON (WebAuthn Level 3, 5.1.8 and 5.1.9); bytes are base64url in it.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function options(from) {
  const key = { ...from.publicKey, challenge: bytes(from.publicKey.challenge) };
  if (key.user) key.user = { ...key.user, id: bytes(key.user.id) };
  for (const list of ["allowCredentials", "excludeCredentials"]) {
    if (key[list]) key[list] = key[list].map((c) => ({ ...c, id: bytes(c.id) }));
  }
  return { publicKey: key };
}

function answer(credential) {
  const { response } = credential;
  const out = { clientDataJSON: text(response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) out[name] = text(response[name]);
  }
  if (response.getTransports) out.transports = response.getTransports();
  return {
    id: credential.id, rawId: text(credential.rawId), type: credential.type, response: out,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined, clientExtensionResults: credential.getClientExtensionResults(),
  };
}

async function post(path, body) {
  const sent = await fetch(path, {
    method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: body && JSON.stringify(body),
  });
  if (sent.status === 403 && path.endsWith("/begin") && path.startsWith("/me/")) { // too long since she proved herself
    location.assign("/sign-in?again=yes&next=/me");
    return new Promise(() => {});
  }
  if (!sent.ok) throw new Error(String(sent.status));
  return sent.json();
}

export function offer(element) {
  if (!("PublicKeyCredential" in window)) return;
  element.hidden = false;
  const button = element.querySelector("button"), error = element.querySelector(".error"), { passkey, next = "" } = element.dataset;
  const create = "create" in element.dataset;
  button.addEventListener("click", async () => {
    button.disabled = true;
    error.hidden = true;
    try {
      const asked = options(await post(`${passkey}/begin`));
      const given = create ? await navigator.credentials.create(asked) : await navigator.credentials.get(asked);
      location.assign((await post(`${passkey}?next=${encodeURIComponent(next)}`, answer(given))).next);
    } catch {
      error.hidden = false;
      button.disabled = false;
    }
  });
}
