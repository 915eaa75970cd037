// The list of reports that wait on this device: send one, throw one away, take everything away.
import { all, drop, forget } from "./keep.js";

// tell shows a line that leads here, where something waits.
export async function tell(line) {
  line.hidden = (await all()).length === 0;
}

export async function show(section) {
  const status = section.querySelector("[role=status]"), list = section.querySelector("ul"), clear = section.querySelector("[data-forget]");
  let kept;
  try {
    kept = await all();
  } catch {
    status.textContent = status.dataset.failed;
    return;
  }
  clear.hidden = false;
  clear.onclick = async () => {
    await forget();
    for (const key of await caches.keys()) await caches.delete(key);
    for (const worker of await navigator.serviceWorker.getRegistrations()) await worker.unregister();
    list.replaceChildren();
    status.textContent = clear.dataset.forget;
  };
  status.textContent = kept.length ? status.dataset.some.replace("{n}", kept.length) : status.dataset.none;
  list.replaceChildren(...kept.sort((a, b) => a.at - b.at).map((report) => line(section, report)));
}

function line(section, report) {
  const item = document.createElement("li");
  const words = document.createElement("p");
  const files = report.fields.filter(([, value]) => value instanceof Blob);
  const when = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" }).format(report.at);
  words.textContent = section.dataset.item.replace("{when}", when).replace("{photos}", files.length);
  const quote = document.createElement("blockquote");
  quote.textContent = report.fields.find(([name]) => name === "text")?.[1] || "";
  const actions = document.createElement("p");
  actions.append(button(section.dataset.send, "button second", () => send(report)), " ", button(section.dataset.drop, "link", async () => {
    if (!confirm(section.dataset.sure)) return;
    await drop(report.once);
    show(section);
  }));
  item.append(words, quote, actions);
  return item;
}

function button(title, look, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = look;
  made.textContent = title;
  made.addEventListener("click", act);
  return made;
}

// send sends it as the form would have been: what comes back is the receipt, or the form with what is wrong. It stays kept until the worker sees it taken.
function send(report) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = "/report";
  form.enctype = "multipart/form-data";
  form.hidden = true;
  const files = new DataTransfer();
  for (const [name, value] of report.fields) {
    if (value instanceof Blob) {
      files.items.add(new File([value], "photo", { type: value.type }));
      continue;
    }
    const field = document.createElement("textarea"); // line breaks stay
    field.name = name;
    field.value = value;
    form.append(field);
  }
  if (files.files.length) {
    const photos = document.createElement("input");
    photos.type = "file";
    photos.name = "photos";
    photos.multiple = true;
    photos.files = files.files;
    form.append(photos);
  }
  document.body.append(form);
  form.submit();
}
