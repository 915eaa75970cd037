// The page of receipts: <form data-receipts='{…}'> with a file, a text and keys; what is read stands in #reading.
// Everything is here once the page is loaded; the file does not leave the browser.
import { Words } from "./receipts.words.js";

const MOST = 1 << 20;

// pasted is a text that was copied, as the file had it.
function pasted(text) {
  const whole = text.replace(/\r\n/g, "\n").replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
  return whole === "" ? null : new TextEncoder().encode(whole + "\n");
}

function element(name, text, className = "") {
  const e = document.createElement(name);
  e.textContent = text;
  if (className) e.className = className;
  return e;
}

function draw(into, { stage, heading, says, facts }) {
  const notice = element("div", "", `notice ${stage ? "good" : "danger"}`);
  notice.append(element("h2", heading), ...says.map((s) => element("p", s)));
  into.replaceChildren(notice);
  if (facts.length === 0) return;
  const list = element("dl", "", "facts wide");
  for (const [name, value] of facts) {
    const row = document.createElement("div"), said = element("dd", value, "long");
    said.dir = "auto";
    row.append(element("dt", name), said);
    list.append(row);
  }
  into.append(list);
}

export function begin(form) {
  const words = new Words(JSON.parse(form.dataset.receipts));
  const { file: chosen, text, keys } = form.elements, reading = document.getElementById("reading"), drop = form.querySelector(".drop");
  const wrong = (what) => draw(reading, { stage: "", heading: what, says: [], facts: [] });

  async function read(file) {
    try {
      const bytes = file ? new Uint8Array(await file.slice(0, MOST + 1).arrayBuffer()) : pasted(text.value);
      if (!bytes || bytes.length === 0) return wrong(words.say("face.receipt_none"));
      const read = words.read(bytes, keys.value.split(/\s+/).filter((k) => k !== ""));
      if (read.wrong) wrong(read.wrong);
      else draw(reading, read);
    } catch {
      wrong(words.say("face.receipt_unopened"));
    } finally {
      reading.focus({ preventScroll: true });
      reading.scrollIntoView();
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    read(chosen.files[0]);
  });
  chosen.addEventListener("change", () => { if (chosen.files[0]) read(chosen.files[0]); });
  for (const over of ["dragenter", "dragover"]) {
    drop.addEventListener(over, (event) => {
      event.preventDefault();
      drop.dataset.over = "";
    });
  }
  drop.addEventListener("dragleave", (event) => { if (!drop.contains(event.relatedTarget)) delete drop.dataset.over; });
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    delete drop.dataset.over;
    const [file] = event.dataTransfer.files;
    if (!file) return;
    chosen.files = event.dataTransfer.files;
    read(file);
  });
  const local = form.querySelector("[data-local]");
  local.textContent = local.dataset.local;
  form.dataset.ready = "";
}
