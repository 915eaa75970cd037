// What staff's pages add where there is script: a draft of each form is kept on this machine until it is sent, while its session
// lasts; the desk looks for what a caller may mean as she speaks. Without script the same buttons do it by loading a page.

const prefix = "draft ";

// <form data-draft="SESSION NAME">: drafts of another session are let go; app.js lets go of old ones.
function clean(session) {
  for (const key of Object.keys(localStorage)) if (key.startsWith(prefix) && key.split(" ")[1] !== session) localStorage.removeItem(key);
}

const fields = (form) => [...form.elements].filter((e) => e.name && e.type !== "hidden" && e.type !== "file" && e.tagName !== "BUTTON");
const value = (e) => (e.type === "checkbox" || e.type === "radio" ? e.checked : e.value);
const begun = (e) => {
  if (e.type === "checkbox" || e.type === "radio") return e.defaultChecked;
  if (e.tagName === "SELECT") return [...e.options].find((o) => o.defaultSelected)?.value ?? e.options[0]?.value;
  return e.defaultValue;
};
const called = (e) => (e.type === "radio" || e.name === "number" ? `${e.name}=${e.value}` : e.name);

function draft(form) {
  const key = prefix + form.dataset.draft;
  clean(form.dataset.draft.split(" ")[0]);
  const wrong = document.querySelector(".errors") !== null; // then the page holds what was sent, and it is not done
  const save = () => {
    const all = fields(form);
    const said = Object.fromEntries(all.filter(value).map((e) => [called(e), value(e)]));
    if (wrong || all.some((e) => value(e) !== begun(e))) localStorage.setItem(key, JSON.stringify({ at: Date.now(), said }));
    else localStorage.removeItem(key);
  };
  const stored = localStorage.getItem(key);
  if (stored && !wrong) {
    const { said } = JSON.parse(stored);
    for (const e of fields(form)) {
      if (!(called(e) in said) || value(e) !== begun(e)) continue;
      if (typeof said[called(e)] === "boolean") e.checked = said[called(e)];
      else e.value = said[called(e)];
      for (let d = e.closest("details"); d; d = d.parentElement.closest("details")) d.open = true;
      e.dispatchEvent(new Event("input"));
    }
  }
  form.addEventListener("input", save);
  form.addEventListener("change", save);
  const line = () => { for (const e of form.querySelectorAll("[data-offline]")) e.hidden = navigator.onLine; };
  addEventListener("online", line);
  addEventListener("offline", line);
  form.addEventListener("submit", (event) => {
    if (navigator.onLine) return;
    event.preventDefault();
    delete form.dataset.sent;
    line();
  });
}

// <form data-look="#found">: what the server finds for what is written so far, without a page.
function look(form) {
  const found = document.querySelector(form.dataset.look);
  const names = ["text", "category", "address", "spot", "place", "lat", "lon"];
  let waits = 0;
  let asked = "";
  const said = () => JSON.stringify([...new FormData(form)].filter(([name]) => names.includes(name)));
  const ask = async () => {
    const body = new FormData(form);
    body.set("do", "look");
    for (const [name, part] of [...body]) if (typeof part !== "string") body.delete(name);
    for (const name of ["note", "contact.name", "contact.phone", "contact.email", "number"]) body.delete(name);
    const now = said();
    if (now === asked || !body.get("text").trim()) return;
    asked = now;
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!answer.ok) return;
      if (now !== said()) { // she has said or chosen more meanwhile, and it is asked again
        if (now === asked) asked = "";
        return;
      }
      const held = found.contains(document.activeElement) && document.activeElement;
      found.replaceChildren(...page.querySelector(form.dataset.look).childNodes);
      found.querySelectorAll("[data-set]").forEach(set);
      if (held) [...found.querySelectorAll("input, button, a")].find((e) => e.name === held.name && e.value === held.value && e.href === held.href)?.focus();
    } catch { asked = ""; /* the line is down: it is asked again with the next letter */ }
  };
  form.addEventListener("input", (event) => {
    if (!names.includes(event.target.name)) return;
    clearTimeout(waits);
    waits = setTimeout(ask, 450);
  });
  const elsewhere = document.activeElement !== document.body; // who has begun already is not called back
  if (!elsewhere && !document.querySelector(".errors, .receipt")) form.elements.text.focus();
}

// <button data-set="category" data-value="…" hidden> chooses what it names.
function set(button) {
  button.hidden = false;
  button.parentElement.querySelector("[data-unset]")?.remove();
  button.addEventListener("click", () => {
    const field = button.form?.elements[button.dataset.set] ?? document.getElementById(button.dataset.set);
    field.value = button.dataset.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
}

// <a data-template="text" data-into="ID"> puts a template's text into a field instead of loading the page anew.
function template(link) {
  link.addEventListener("click", (event) => {
    const field = document.getElementById(link.dataset.into);
    if (!field) return;
    event.preventDefault();
    field.value = link.dataset.template;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
}

export function enhance(element) {
  const { done } = element.dataset;
  if (done) for (const key of Object.keys(localStorage)) if (key.startsWith(prefix) && key.split(" ").slice(2).join(" ") === done) localStorage.removeItem(key);
  if (element.dataset.draft) draft(element);
  if (element.dataset.look) look(element);
  if (element.dataset.set) set(element);
  if (element.dataset.template) template(element);
}
