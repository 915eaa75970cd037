// The way of the focus through a page, as somebody goes it who has no mouse: by Tab, from the first control to the last.
import { check, tabs } from "./browser.mjs";

// walk goes through a page by Tab and holds (WCAG 2.2) that every control is reached once and the way leads out again (2.1.1, 2.1.2), that it
// goes as one reads (2.4.3), that what has the focus is told from what has not (2.4.7) and is not hidden behind something else (2.4.11).
//
// As one reads: where the next stop lies is compared with the last, by the parts of the page in which the two part. Of two parts one below the
// other the upper comes first; of two beside each other the one where a line begins, whole before the other; a part that lies higher may follow if it
// lies further along the line, as the next column does. Three things are free: words of one line, which have their own direction; what stands `beside` (a column of facts that is read
// first on a phone), against the column next to it; and points of a map, which have places and no order.
export async function walk(page, called) {
  const stops = await page.evaluate(prepare);
  let way = { done: false };
  for (let pressed = 0; !way.done && pressed < 8 * stops + 40;) { // a field for a date has several stops within it
    const n = Math.max(8, Math.min(40, stops - pressed + 1));
    await tabs(page, n);
    pressed += n;
    way = await page.evaluate(() => window.focusWay.so());
  }
  check(way.done, `${called}: the focus does not come round again; it stays at ${way.last}`);
  for (const what of await page.evaluate(() => window.focusWay.end())) check(false, `${called}: ${what}`);
}

// prepare runs in the page: it notes what can be reached and how each looks without the focus, and then each stop on the way.
function prepare() {
  const controls = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex], [contenteditable], audio[controls], video[controls]";
  const shown = (e) => e.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true });
  const expected = [...document.querySelectorAll(controls)].filter((e) => e.tabIndex >= 0 && !e.disabled && !e.matches("fieldset:disabled *") && shown(e) && (e.localName !== "summary" || e.parentElement.localName === "details"));
  const look = (e) => {
    const s = getComputedStyle(e);
    return [s.outlineStyle === "none" ? "" : s.outline, s.boxShadow, s.borderColor, s.backgroundColor, s.stroke].join();
  };
  const whole = (e) => (e.closest("svg") ? [e, ...e.children] : [e]).map(look).join(";");
  document.activeElement.blur(); // a page may begin in a field
  const before = new Map(expected.map((e) => [e, whole(e)]));
  const name = (e) => (e.id ? `#${e.id} ` : "") + e.outerHTML.replace(/\s+/g, " ").slice(0, 90);
  const box = (e) => (getComputedStyle(e).display === "inline" && [...e.getClientRects()].find((r) => r.width && r.height)) || e.getBoundingClientRect(); // where it begins, if it goes over lines
  const rtl = document.documentElement.dir === "rtl";
  const wrong = [], reached = [], seen = new Set();
  let done = false, pressed = false, given = false, came = false, again = false;

  for (const e of document.querySelectorAll("[tabindex]")) if (e.tabIndex > 0) wrong.push(`has a place of its own in the order: ${name(e)}`);

  // parts are where the ways to two elements part, and what holds both.
  function parts(a, b) {
    let up = a;
    while (!up.contains(b)) up = up.parentElement;
    const below = (e) => { while (e.parentElement !== up && e !== up) e = e.parentElement; return e; };
    return [below(a), below(b)];
  }
  function follows(last, next) {
    if (last.contains(next) || next.contains(last)) return;
    if (last.closest("svg") && last.closest("svg") === next.closest("svg")) return; // points of a map
    const [a, b] = parts(last, next), near = 4;
    let [x, y] = [box(a), box(b)];
    if (!x.width || !x.height || !y.width || !y.height) [x, y] = [box(last), box(next)]; // a part of which its box says nothing
    const overlap = Math.min(x.bottom, y.bottom) - Math.max(x.top, y.top);
    const along = rtl ? y.right <= x.left + near : y.left >= x.right - near; // further along the line
    const back = rtl ? y.left >= x.right - near : y.right <= x.left + near;
    const abreast = overlap > Math.min(x.height, y.height) / 2;
    if (abreast && [a, b].every((e) => getComputedStyle(e).display === "inline")) return; // words of one line, in the direction of their own letters
    if (abreast && back && (a.matches(".beside") || b.matches(".beside"))) return;
    if (abreast ? back : y.bottom <= x.top + near && !along) wrong.push(`the focus goes back, from ${name(last)} to ${name(next)}`);
  }
  function hidden(e) {
    const r = box(e);
    const left = Math.max(r.left, 0), right = Math.min(r.right, innerWidth), top = Math.max(r.top, 0), bottom = Math.min(r.bottom, innerHeight);
    if (right - left < 1 || bottom - top < 1) return true;
    const seenAt = (u, v) => {
      const hit = document.elementFromPoint(left + u * (right - left), top + v * (bottom - top));
      return hit && (e.contains(hit) || (hit.contains(e) && hit !== document.documentElement));
    };
    return ![0.5, 0.1, 0.9].some((u) => [0.5, 0.2, 0.8].some((v) => seenAt(u, v)));
  }
  function stop() {
    const e = document.activeElement;
    if (done || e === reached.at(-1) || e === document.body) return;
    if (e === reached[0]) {
      done = true;
      return;
    }
    if (came && e !== expected[0] && !seen.has(expected[0])) { // the browser gave the focus back to it and the next key took it on before the last was let go
      seen.add(expected[0]);
      reached.push(expected[0]);
    }
    if (given && seen.has(e)) return; // a way it has gone
    given = false;
    if (seen.has(e)) wrong.push(`the focus comes twice to ${name(e)}`);
    seen.add(e);
    if (reached.length && e !== expected[0]) follows(reached.at(-1), e); // a page may begin in its midst; the first follows on the last
    reached.push(e);
    if (before.has(e) ? before.get(e) === whole(e) : getComputedStyle(e).outlineStyle === "none") wrong.push(`nothing shows the focus at ${name(e)}`);
    if (hidden(e)) wrong.push(`what has the focus is not in sight: ${name(e)}`);
  }
  // Where the way leaves the page the browser gives the focus back to the first control, without a key and in its own time: somebody may have gone on meanwhile.
  function comes({ target }) {
    if (reached.length > 1 && target === reached[0]) done = true;
    came ||= target === expected[0];
    if (target === expected[0] && (!pressed || (seen.has(target) && !again))) given = true; // keys that were waiting went on from the top before it came
    again ||= given && seen.has(target); // that happens once
  }
  window.addEventListener("keydown", () => { pressed = true; }, true);
  window.addEventListener("keyup", () => { pressed = false; }, true);
  window.addEventListener("focusin", comes, true);
  window.addEventListener("keyup", stop, true);
  window.focusWay = {
    so: () => ({ done, last: document.activeElement.outerHTML.slice(0, 120) }),
    end: () => {
      window.removeEventListener("keyup", stop, true);
      window.removeEventListener("focusin", comes, true);
      const group = (e) => e.type === "radio" && expected.filter((o) => o.type === "radio" && o.name === e.name && o.form === e.form); // one stop for all, moved by arrows
      for (const e of expected) if (!seen.has(e) && !(group(e) && group(e).some((o) => seen.has(o)))) wrong.push(`Tab does not come to ${name(e)}`);
      return wrong;
    },
  };
  return expected.length;
}
