// What helps somebody who reports: categories and similar matters while she writes, and the place where she is. The form is whole
// without it; nothing of what she writes goes into an address, and files and contact stay in the form.

const pause = 700; // after the last key

export function help(form) {
  for (const line of form.querySelectorAll(".without")) line.hidden = true;
  if (form.dataset.report) look(form, form.dataset.report);
  else form.elements.once.value = key(); // of a form that was kept: each report has its own
  if ("serviceWorker" in navigator) navigator.serviceWorker.register(form.dataset.worker).catch(() => {}); // the form goes on without
  here(form.querySelector("[data-here]"), form);
}

// key is what a report is known by however often it is sent: 26 letters of base 32, as the server makes them.
function key() {
  return [...crypto.getRandomValues(new Uint8Array(26))].map((byte) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[byte % 32]).join("");
}

function look(form, address) {
  const names = ["text", "category", "place", "lat", "lon", "address", "spot"];
  const fields = names.map((name) => form.elements.namedItem(name)).filter((field) => field?.nodeType); // radios come and go
  let timer, asked = "", going;
  const ask = async () => {
    const data = new URLSearchParams(names.map((name) => [name, form.elements.namedItem(name)?.value || ""]));
    if (String(data) === asked) return;
    asked = String(data);
    going?.abort();
    going = new AbortController();
    try {
      const answer = await fetch(address, { method: "POST", body: data, signal: going.signal });
      if (!answer.ok) throw new Error(answer.statusText);
      show(form, await answer.text());
    } catch (error) { // no line, or asked anew: the form goes on without
      if (error.name !== "AbortError") asked = ""; // what was not answered is asked again with the next change
    }
  };
  for (const field of fields) {
    for (const event of ["input", "change"]) field.addEventListener(event, () => { clearTimeout(timer); timer = setTimeout(ask, pause); });
  }
  // An address that is chosen sets the point; a point that is set otherwise is no address's.
  let setting = false;
  form.addEventListener("change", ({ target }) => {
    if (target.name === "spot" && target.dataset.lat) {
      setting = true;
      put(form, target.dataset.lat, target.dataset.lon);
      setting = false;
    } else if ((target.name === "lat" || target.name === "lon") && !setting) {
      const none = form.querySelector("#spot-none");
      if (none) none.checked = true;
    }
    if (target.name === "spot") { clearTimeout(timer); timer = setTimeout(ask, 0); }
  });
  form.addEventListener("click", (event) => {
    const chip = event.target.closest("button[name=choose]");
    if (!chip) return;
    event.preventDefault();
    const category = form.elements.namedItem("category");
    category.value = chip.value;
    for (const other of form.querySelectorAll("button[name=choose]")) other.setAttribute("aria-pressed", String(other === chip));
    category.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

// show puts the parts of an answer where they belong, and leaves alone what has not changed: what is read aloud is read once.
function show(form, html) {
  const answer = new DOMParser().parseFromString(html, "text/html");
  for (const part of answer.querySelectorAll("[data-part]")) {
    const target = form.querySelector("#" + part.dataset.part);
    if (!target || target.innerHTML.trim() === part.innerHTML.trim()) continue;
    const held = target.contains(document.activeElement) && document.activeElement;
    target.replaceChildren(...part.childNodes);
    if (held) [...target.querySelectorAll("button, input")].find((other) => other.name === held.name && other.value === held.value)?.focus();
  }
}

// put writes a point into the form.
function put(form, lat, lon) {
  for (const [name, degrees] of [["lat", lat], ["lon", lon]]) {
    const field = form.elements.namedItem(name);
    field.value = degrees;
    for (const event of ["input", "change"]) field.dispatchEvent(new Event(event, { bubbles: true }));
  }
}

function here(line, form) {
  if (!line || !("geolocation" in navigator) || !isSecureContext) return;
  const button = line.querySelector("button"), status = line.querySelector("[role=status]");
  line.hidden = false;
  button.addEventListener("click", () => {
    status.textContent = status.dataset.asking;
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      put(form, coords.latitude.toFixed(6), coords.longitude.toFixed(6));
      status.textContent = status.dataset.found;
    }, () => { status.textContent = status.dataset.failed; }, { enableHighAccuracy: true, timeout: 20_000, maximumAge: 60_000 });
  });
}
