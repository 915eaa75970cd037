// A series that goes on: drawn anew with each event in place of the picture that the page came with, and its table with it. Nothing
// moves by itself, and who reads can stop it (WCAG 2.2, 2.2.2).
import uPlot from "uplot";

export function follow(section) {
  const picture = section.querySelector(".chart"), said = section.querySelector("[data-said]"), stop = section.querySelector("[data-stop]");
  const rows = section.querySelector("details tbody"), [from, ...names] = [...section.querySelectorAll("thead th")].map((head) => head.textContent);
  const place = document.createElement("div");
  place.className = "live";
  place.setAttribute("role", "img");
  place.setAttribute("aria-label", section.querySelector("img").alt);
  let plot, last, source, stopped = false;

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const width = () => place.clientWidth - 16;

  function draw() {
    plot?.destroy();
    const ink = colour("--quiet"), line = colour("--line"), font = `12px ${getComputedStyle(document.body).fontFamily}`;
    const series = (label, name, dash) => ({ label, stroke: colour(name), width: 2, dash, points: { show: false } });
    const axis = { stroke: ink, font, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
    plot = new uPlot({
      width: width(), height: 260, scales: { x: { time: false }, y: { range: (_, __, high) => [0, Math.max(4, Math.ceil(high * 1.1))] } },
      axes: [
        { ...axis, values: (_, at) => at.map((i) => last.ticks[i] ?? ""), incrs: [2, 4, 8, 12, 24] },
        { ...axis, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000], size: 56 },
      ],
      series: [{ label: from, value: (_, i) => (i == null ? "–" : last.when[i]) }, series(names[0], "--accent"), series(names[1], "--warn", [6, 4])],
      cursor: { drag: { x: false, y: false } },
    }, data(), place);
  }

  const data = () => [last.ticks.map((_, i) => i), last.told, last.answered];

  function take({ data: text }) {
    last = JSON.parse(text);
    said.textContent = last.said;
    rows.replaceChildren(...last.when.map((when, i) => {
      const row = document.createElement("tr"), head = document.createElement("th");
      head.scope = "row";
      head.textContent = when;
      row.append(head, ...[last.told[i], last.answered[i]].map((n) => Object.assign(document.createElement("td"), { className: "n", textContent: n })));
      return row;
    }).reverse());
    if (plot) return plot.setData(data());
    picture.after(place);
    picture.hidden = true;
    stop.hidden = false;
    draw();
    new ResizeObserver(() => plot.width !== width() && plot.setSize({ width: width(), height: 260 })).observe(place);
    for (const query of ["(prefers-color-scheme: dark)", "(prefers-contrast: more)", "print"]) matchMedia(query).addEventListener("change", draw);
  }

  function begin() {
    source = new EventSource(section.dataset.live);
    source.onmessage = take;
  }

  stop.addEventListener("click", () => {
    stopped = !stopped;
    if (stopped) source.close();
    else begin();
    [stop.textContent, stop.dataset.other] = [stop.dataset.other, stop.textContent];
  });
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", ({ persisted }) => persisted && !stopped && begin());
  begin();
}
