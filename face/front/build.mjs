// Bundles src/ into dist/: names carry a hash of the content, each file also stands there compressed,
// and manifest.json says which name has which file. `make build` runs it; Go embeds what it leaves.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const source = (name) => join(here, "src", name);
const library = (name) => join(here, "..", "..", "node_modules", name);
const dist = join(here, "dist");
const prefix = "/assets/"; // front.Prefix in Go

await mkdir(dist, { recursive: true });
for (const old of await readdir(dist)) if (old !== ".keep") await rm(join(dist, old));

const manifest = {};
const common = {
  bundle: true, minify: true, format: "esm", outdir: dist, metafile: true, legalComments: "eof", logLevel: "warning",
  entryNames: "[name]-[hash]", chunkNames: "[name]-[hash]", target: ["chrome91", "firefox90", "safari15"],
};

async function bundle(options) {
  const { metafile } = await build({ ...common, ...options });
  for (const [path, output] of Object.entries(metafile.outputs)) {
    const file = basename(path);
    manifest[output.entryPoint ? basename(output.entryPoint) : file] = file;
  }
}

// keep puts a file that is not bundled beside the bundles, under a name that carries its hash.
async function keep(name, content) {
  manifest[name] = name.replace(".", `-${createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase()}.`);
  await writeFile(join(dist, manifest[name]), content);
}

// "@icon clock;" in app.css stands for the declarations that draw an icon of Lucide's (ISC) in the colour of the text; shell.css keeps the
// room for it, so that nothing moves when it comes. Only the icons that are used are brought along, in one file beside each other: policy forbids data: addresses, and an address with
// a # in a mask means another thing in every browser. What is drawn so is for the eye alone: no reader speaks it.
const icon = /@icon ([a-z-]+);/g, side = 24;
const icons = [...new Set([...(await readFile(source("app.css"), "utf8")).matchAll(icon)].map(([, name]) => name))].sort();
const drawn = await Promise.all(icons.map(async (name, n) => {
  const shapes = (await readFile(library(`lucide-static/icons/${name}.svg`), "utf8")).replace(/^[^]*?<svg[^>]*>|<\/svg>\s*$/g, "").replaceAll(/\s*\n\s*/g, "").replaceAll(" />", "/>");
  return `<g transform="translate(${n * side})">${shapes}</g>`;
}));
const sprite = `<!-- Lucide, ISC License, Copyright (c) 2026 Lucide Icons and Contributors; parts of Feather, MIT License, Copyright (c) 2013-present Cole Bemis -->` +
  `<svg xmlns="http://www.w3.org/2000/svg" width="${icons.length * side}" height="${side}" fill="none" stroke="#000" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${drawn.join("")}</svg>\n`;
await keep("icons.svg", sprite);
const drawing = (name) => `background:currentColor;mask:url("${prefix}${manifest["icons.svg"]}") calc(var(--icon)*-${icons.indexOf(name)}) 0/auto 100% no-repeat;`;

// "@theme dark;" in a sheet stands for the declarations of src/theme.dark.css, so that a theme is written once
// and serves both who chose it and whose device asks for it.
const themes = {
  name: "themes",
  setup(b) {
    b.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const parts = text.split(/@theme (\w+);/);
      for (let i = 1; i < parts.length; i += 2) parts[i] = await readFile(source(`theme.${parts[i]}.css`), "utf8");
      return { contents: parts.join("").replaceAll(icon, (_, name) => drawing(name)), loader: "css" };
    });
  },
};

// MapLibre comes as two finished bundles, of which each holds what both need. Bundled from its sources in one go, that is one file which both
// load: 106 kB less over the line. It is bundled twice, since the map says where its worker and the shared part lie, and only the first time tells.
// Tiles in MapLibre's own format, which no server of ours sends, are left out. What reads a basemap is a file of its own, which the map loads where there is one.
const at = (file) => JSON.stringify(prefix + basename(file));
const [, light] = (await readFile(source("shell.css"), "utf8")).match(/^:root {([^}]*)}/m);
const LIGHT = JSON.stringify(Object.fromEntries([...light.matchAll(/--([a-z-]+): (#\w+);/g)].map(([, name, value]) => [name, value])));
await bundle({ entryPoints: [source("basemap.js")], define: { LIGHT } });
const BASEMAP = at(manifest["basemap.js"]);
const map = {
  external: [prefix + "*"],
  entryPoints: { map: source("map.js"), "map-worker": library("maplibre-gl/src/source/worker.ts") }, splitting: true, chunkNames: "map-shared-[hash]",
  alias: { "maplibre-gl": library("maplibre-gl/src/index.ts"), "@maplibre/mlt": source("no-mlt.js") },
  tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } }, // as MapLibre's own bundles are made
};
const { metafile } = await build({ ...common, ...map, define: { BASEMAP, MAP_WORKER: '""', PADDING: "12" }, write: false });
const [workerPath, worker] = Object.entries(metafile.outputs).find(([, output]) => output.entryPoint?.endsWith("/worker.ts"));
if (worker.imports.length !== 1) throw new Error(`the map's worker loads ${worker.imports.length} files besides itself, and the pages know of one`);
await bundle({ ...map, define: { BASEMAP, MAP_WORKER: at(workerPath), PADDING: "12" } });
if (manifest["worker.ts"] !== basename(workerPath)) throw new Error("the map's worker has another name than the map was told");
manifest["map-worker.js"] = manifest["worker.ts"];
delete manifest["worker.ts"];

await bundle({
  entryPoints: [source("app.js"), source("shell.css"), source("app.css")], splitting: true, plugins: [themes], external: [prefix + "*"],
  define: { MAP: at(manifest["map.js"]), MAP_WORKER: at(workerPath), MAP_SHARED: at(worker.imports[0].path), PADDING: "12" },
});

await keep("mark.svg", await readFile(source("mark.svg")));

// The worker keeps what a report needs where there is no line; not the map, which needs one.
const needed = [];
for (const [name, file] of Object.entries(manifest)) {
  if (!/map|receipts|passkey|shell|live/.test(name) && (await stat(join(dist, file))).size < 120_000) needed.push(prefix + file);
}
await bundle({ entryPoints: [source("sw.js")], define: { KEPT: JSON.stringify(needed.sort()) } });

let whole = 0, packed = 0;
for (const file of Object.values(manifest)) {
  const bytes = await readFile(join(dist, file));
  const small = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
  await writeFile(join(dist, file + ".br"), small);
  await writeFile(join(dist, file + ".gz"), gzipSync(bytes, { level: 9 }));
  whole += bytes.length;
  packed += small.length;
}
await writeFile(join(dist, "manifest.json"), JSON.stringify(Object.fromEntries(Object.entries(manifest).sort()), null, 1) + "\n");
console.log(`front-end: ${Object.keys(manifest).length} files, ${(whole / 1024).toFixed(0)} kB, ${(packed / 1024).toFixed(0)} kB compressed`);
