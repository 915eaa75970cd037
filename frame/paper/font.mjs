// Puts the font of PDFs into dist/, packed, from the package that package-lock.json names; `make build` runs it and Go embeds what it leaves.
// Noto Sans SC holds Latin and Simplified Chinese as TrueType outlines; its licence (SIL OFL 1.1) goes with it.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const from = join(here, "..", "..", "node_modules", "@expo-google-fonts", "noto-sans-sc");
const dist = join(here, "dist");

await mkdir(dist, { recursive: true });
await writeFile(join(dist, "LICENSE"), await readFile(join(from, "LICENSE_FONT")));
const font = await readFile(join(from, "400Regular", "NotoSansSC_400Regular.ttf"));
const packed = gzipSync(font, { level: 9 });
await writeFile(join(dist, "font.ttf.gz"), packed);
console.log(`font of PDFs: ${(font.length / 1e6).toFixed(1)} MB, ${(packed.length / 1e6).toFixed(1)} MB packed`);
