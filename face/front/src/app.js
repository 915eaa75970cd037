// What every page loads. Pages work without it: it spares page loads, moves the focus, and fetches the map.
import "htmx.org";

const once = new WeakMap(); // element → what it was given: a form can be several things

function each(root, selector, enhance) {
  const found = [...root.querySelectorAll(selector)];
  if (root.matches?.(selector)) found.unshift(root);
  for (const element of found) {
    const given = once.get(element) || new Set();
    if (given.has(enhance)) continue;
    once.set(element, given.add(enhance));
    enhance(element);
  }
}

// A form that came back with errors is read from the summary on.
function focusErrors(summary) {
  summary.tabIndex = -1;
  summary.focus();
}

// <textarea maxlength="2000" aria-describedby="…"> with <p class="count" data-left="{n} characters left">.
function countDown(line) {
  const area = document.getElementById(line.dataset.for);
  if (!area || area.maxLength < 0) return;
  const show = () => { line.textContent = line.dataset.left.replace("{n}", area.maxLength - area.value.length); };
  area.addEventListener("input", show);
  show();
}

// A second press on "send" sends nothing twice; the server's idempotency key holds it as well.
function sendOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    if (event.defaultPrevented) return;
    form.dataset.sent = "yes";
  });
  addEventListener("pageshow", () => delete form.dataset.sent); // back from the next page
}

function printPage(button) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// The map is the heaviest thing there is: it waits until the page is read and the map is near the screen.
function loadMap(element) {
  const load = () => import("./map.js").then((map) => map.draw(element), () => { element.dataset.failed = ""; });
  const whenIdle = () => ("requestIdleCallback" in window ? requestIdleCallback(load, { timeout: 2000 }) : setTimeout(load, 200));
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    if (document.readyState === "complete") whenIdle();
    else addEventListener("load", whenIdle, { once: true });
  }, { rootMargin: "200px" });
  seen.observe(element);
}

function offerPasskey(element) {
  import("./passkey.js").then((passkey) => passkey.offer(element));
}

// A link carries an invitation behind the #, which no server sees; it goes into the form and out of the address.
function takeFragment(element) {
  const field = element.querySelector("input");
  const token = location.hash.slice(1);
  if (!/^[A-Za-z0-9_-]{43}$/.test(token)) return;
  field.value = token;
  element.hidden = true;
  history.replaceState(null, "", location.pathname);
}

// The picture on a receipt leads here with number and code behind the #; they go into the form and out of the address.
function takeCode(form) {
  const [, number, code] = /^#([0-9-]{10,14})\.([0-9A-Za-z]{10,64})$/.exec(location.hash) || [];
  if (!code) return;
  form.querySelector("[name=number]").value = number;
  form.querySelector("[name=code]").value = code;
  history.replaceState(null, "", location.pathname + location.search);
}

function helpReport(form) {
  import("./report.js").then((report) => report.help(form));
}

function showKept(section) {
  import("./kept.js").then((kept) => kept.show(section));
}

function offerPush(form) {
  import("./push.js").then((push) => push.offer(form));
}

function readReceipts(form) {
  import("./receipts.js").then((receipts) => receipts.begin(form));
}

function enhance(root) {
  each(root, ".errors", focusErrors);
  each(root, ".count[data-for]", countDown);
  each(root, "form[data-once]", sendOnce);
  each(root, "button[data-print]", printPage);
  each(root, "[data-map]", loadMap);
  each(root, "[data-passkey]", offerPasskey);
  each(root, "[data-fragment]", takeFragment);
  each(root, "[data-receipts]", readReceipts);
  each(root, "form[data-code]", takeCode);
  each(root, "form[data-report]", helpReport);
  each(root, "form[data-push]", offerPush);
  each(root, "[data-kept]", showKept);
}

enhance(document);
document.addEventListener("htmx:after:swap", () => enhance(document));
