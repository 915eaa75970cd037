// Maps of what is going on, and the map that picks a place in a form.
//
//   <div data-map data-tiles="/tiles/{z}/{x}/{y}.mvt" data-bounds="west,south,east,north">
//     <p class="instead">The list below shows the same.</p>
//   </div>
//
// Tiles hold two layers. "places" are polygons with a property `title`. "matters" are points: `count` is how many
// a point stands for; a point of one carries `number` and `category` (the title shown). `state` is "open", "late"
// or "closed", and missing where a point stands for several of different states. data-states has the words for them,
// data-link the address of a matter with {number} in it, data-several the words for {n} matters that no zoom takes apart. With data-pick, a click, or Enter for the middle of the map, fills the inputs that
// data-lat and data-lon name by id; the inputs stay the way to do it without the map.
// data-basemap is the address of a file of tiles to lay under all this, or data-style-light, -dark and -contrast those of styles, and data-source whom to credit for it.
import { validateStyleMin } from "@maplibre/maplibre-gl-style-spec";
import { addProtocol, AttributionControl, Map as MapLibre, Marker, NavigationControl, Popup, setWorkerUrl } from "maplibre-gl";

setWorkerUrl(MAP_WORKER); // the build puts the worker's address here

const dark = matchMedia("(prefers-color-scheme: dark)");
const contrast = matchMedia("(prefers-contrast: more)");
const still = matchMedia("(prefers-reduced-motion: reduce)");

// draw resolves once the map has drawn all it has, and is rejected where the browser cannot draw it.
export async function draw(element) {
  const { tiles } = element.dataset;
  const base = "source" in element.dataset && await import(BASEMAP);
  if (base) {
    addProtocol("pmtiles", base.read);
    addProtocol("glyphs", base.glyphs);
  }
  let { whole, credits } = await style(element, tiles, base);
  const canvas = document.createElement("div");
  canvas.className = "canvas";
  element.append(canvas);
  let map;
  try {
    map = new MapLibre({
      container: canvas,
      style: whole,
      bounds: bounds(element),
      fitBoundsOptions: { padding: PADDING },
      locale: JSON.parse(element.dataset.texts || "{}"),
      attributionControl: false,
      validateStyle: false, // looked at by style
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      maxZoom: 18,
      fadeDuration: 0,
      cooperativeGestures: false,
    });
  } catch (error) { // no WebGL: the words under the map stay
    canvas.remove();
    throw error;
  }
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.scrollZoom.disable(); // a page scrolls; a map has buttons, pinch and double click
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  const source = base && new AttributionControl({ compact: false, customAttribution: credit(element.dataset.source) });
  if (credits) map.addControl(source);
  map.getCanvas().setAttribute("aria-label", element.getAttribute("aria-label") || "");
  const ready = new Promise((done) => map.once("idle", done)).then(() => { element.dataset.ready = ""; });
  const recolour = async () => {
    const next = await style(element, tiles, base);
    map.setStyle(next.whole, { validate: false });
    if (next.credits !== credits) map[next.credits ? "addControl" : "removeControl"](source);
    ({ credits } = next);
  };
  for (const asks of [dark, contrast]) {
    asks.addEventListener("change", recolour);
    map.on("remove", () => asks.removeEventListener("change", recolour));
  }
  if ("pick" in element.dataset) pick(element, map);
  else if (tiles) open(element, map);
  return ready;
}

// bounds reads "west,south,east,north" in degrees.
function bounds(element) {
  const [west, south, east, north] = (element.dataset.bounds || "-180,-60,180,75").split(",").map(Number);
  return [[west, south], [east, north]];
}

// style is the whole map, and whether it shows something that wants credit. What cannot be had or read of the operator's is left out, and the console says why: the realm's own is the map.
async function style(element, tiles, base) {
  const sheet = getComputedStyle(element);
  const colour = (name) => sheet.getPropertyValue(`--${name}`).trim();
  const set = document.documentElement.dataset.theme || (contrast.matches ? "contrast" : dark.matches ? "dark" : "light");
  try {
    const under = base && await base.under(element, set, colour, document.documentElement.lang);
    if (under) {
      const whole = drawn(element, tiles, under.colour, under.style);
      const wrong = validateStyleMin(whole).filter(({ severity }) => severity !== "warning");
      if (wrong.length === 0) return { whole, credits: true };
      throw new Error(wrong.map(({ message }) => message).join("\n"));
    }
  } catch (error) {
    console.warn(`the map underneath is left out: ${error.message}`);
  }
  return { whole: drawn(element, tiles, colour), credits: false };
}

function drawn(element, tiles, colour, under) {
  const base = { version: 8, ...under, sources: { ...under?.sources }, layers: [{ id: "ground", type: "background", paint: { "background-color": colour("map-ground") } }, ...(under ? under.layers : [])] };
  if (!tiles) return base;
  base.sources.skein = { type: "vector", tiles: [location.origin + tiles], maxzoom: Number(element.dataset.maxzoom || 14) };
  const count = ["coalesce", ["get", "count"], 1];
  const is = (state) => ["==", ["get", "state"], state];
  const point = ["case", is("late"), colour("map-late"), is("closed"), colour("map-closed"), colour("map-point")];
  const near = "pick" in element.dataset && { minzoom: 14 }; // where a place is picked, what is there shows close up
  const layer = (id, type, from, rest) => ({ id, type, source: "skein", "source-layer": from, ...(from === "matters" && near), ...rest });
  base.layers.push(
    ...(under ? [] : [layer("place-ground", "fill", "places", { paint: { "fill-color": colour("map-place") } })]),
    layer("place-line", "line", "places", { // among roads and shores they must be found
      paint: { "line-color": colour(under ? "edge" : "map-line"), "line-width": ["interpolate", ["linear"], ["zoom"], 9, under ? 1.25 : 0.75, 15, under ? 2.75 : 2] },
    }),
    layer("point-halo", "circle", "matters", { // late ones wear a second ring: not colour alone
      filter: is("late"),
      paint: { "circle-radius": ["+", radius(count), 4], "circle-color": "transparent", "circle-stroke-color": colour("map-late"), "circle-stroke-width": 2 },
    }),
    layer("point", "circle", "matters", {
      layout: { "circle-sort-key": ["-", 0, count] },
      paint: {
        "circle-radius": radius(count),
        "circle-color": ["case", is("closed"), colour("sheet"), point],
        "circle-stroke-color": ["case", is("closed"), colour("map-closed"), colour("sheet")],
        "circle-stroke-width": 2,
        "circle-opacity": 0.92,
      },
    }),
    layer("place-name", "symbol", "places", {
      layout: { "text-field": ["get", "title"], "text-size": 13, "text-font": ["system-ui", "sans-serif"], "text-max-width": 7 },
      paint: { "text-color": colour("map-label"), "text-halo-color": colour("map-place"), "text-halo-width": 1.5 },
    }),
    layer("point-count", "symbol", "matters", {
      filter: [">", count, 1],
      layout: { "text-field": ["to-string", count], "text-size": 12, "text-font": ["system-ui", "sans-serif"], "text-allow-overlap": true },
      paint: { "text-color": ["case", is("closed"), colour("ink"), colour("on-accent")] },
    }),
  );
  return base;
}

// The area of a circle grows with the count it stands for, up to what the cells of a tile leave room for.
function radius(count) {
  return ["min", 15, ["+", 5, ["sqrt", ["-", count, 1]]]];
}

function open(element, map) {
  const hit = (point) => map.queryRenderedFeatures([[point.x - 6, point.y - 6], [point.x + 6, point.y + 6]], { layers: ["point"] });
  map.on("mousemove", (event) => { element.toggleAttribute("data-over", hit(event.point).length > 0); });
  const select = (point) => {
    const found = hit(point);
    if (found.length === 0) return;
    const at = found[0].geometry.coordinates;
    if ((found[0].properties.count || 1) > 1 && map.getZoom() < map.getMaxZoom()) {
      map[still.matches ? "jumpTo" : "easeTo"]({ center: at, zoom: map.getZoom() + 2 });
      return;
    }
    new Popup({ offset: 10, focusAfterOpen: true, maxWidth: "18rem" }).setLngLat(at).setDOMContent(describe(element, found)).addTo(map);
  };
  map.on("click", (event) => select(event.point));
}

// describe lists what lies under a click, each linked to its page. Everything is set as text: titles are the residents' words.
function describe(element, found) {
  const states = JSON.parse(element.dataset.states || "{}");
  const address = element.dataset.link || "/matters/{number}";
  const box = document.createElement("div");
  const shown = new Set();
  for (const { properties } of found) {
    if (properties.count > 1 && element.dataset.several) {
      const line = document.createElement("p");
      line.textContent = element.dataset.several.replace("{n}", properties.count);
      box.append(line);
    }
    if (!properties.number || shown.has(properties.number) || shown.size === 5) continue;
    shown.add(properties.number);
    const line = document.createElement("p");
    const link = document.createElement("a");
    link.href = address.replace("{number}", encodeURIComponent(properties.number));
    link.textContent = properties.category || properties.number;
    line.append(link);
    const state = states[properties.state];
    if (state) line.append(document.createElement("br"), state);
    box.append(line);
  }
  return box;
}

function pick(element, map) {
  const lat = document.getElementById(element.dataset.lat);
  const lon = document.getElementById(element.dataset.lon);
  const pin = document.createElement("div");
  pin.className = "pin";
  const marker = new Marker({ element: pin, draggable: true, anchor: "bottom" });

  const read = () => {
    const at = [Number(lon.value), Number(lat.value)];
    return lon.value !== "" && lat.value !== "" && Math.abs(at[0]) <= 180 && Math.abs(at[1]) <= 90 ? at : null;
  };
  const show = (follow) => {
    const at = read();
    if (!at) return void marker.remove();
    marker.setLngLat(at).addTo(map);
    if (follow && !map.getBounds().contains(at)) map.jumpTo({ center: at });
  };
  const take = (at) => {
    const { lng, lat: degrees } = at.wrap();
    lat.value = degrees.toFixed(6); // about a tenth of a metre
    lon.value = lng.toFixed(6);
    for (const input of [lat, lon]) input.dispatchEvent(new Event("change", { bubbles: true }));
    show(false);
  };
  map.on("click", (event) => take(event.lngLat));
  marker.on("dragend", () => take(marker.getLngLat()));
  map.getCanvas().addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    take(map.getCenter());
  });
  for (const input of [lat, lon]) input.addEventListener("input", () => show(true));
  show(true);
}

// credit is what MapLibre is given as markup. OpenStreetMap wants a link to where its licence stands (https://osmfoundation.org/wiki/Licence/Attribution_Guidelines).
function credit(text) {
  const span = document.createElement("span");
  span.textContent = text;
  return span.innerHTML.replace("OpenStreetMap", '<a href="https://www.openstreetmap.org/copyright" rel="noopener">OpenStreetMap</a>');
}
