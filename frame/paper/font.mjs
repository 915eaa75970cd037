// Puts the font of PDFs into dist/ from the package that package-lock.json names; `make build` runs it and Go embeds what it leaves.
// It is not packed: a server reads the few characters that it needs out of its own file, and holds no copy.
// Noto Sans SC holds Latin and Simplified Chinese as TrueType outlines; its licence (SIL OFL 1.1) goes with it.
import { copyFile, mkdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const from = join(here, "..", "..", "node_modules", "@expo-google-fonts", "noto-sans-sc");
const dist = join(here, "dist");

await mkdir(dist, { recursive: true });
await copyFile(join(from, "LICENSE_FONT"), join(dist, "LICENSE"));
await copyFile(join(from, "400Regular", "NotoSansSC_400Regular.ttf"), join(dist, "font.ttf"));
console.log(`font of PDFs: ${((await stat(join(dist, "font.ttf"))).size / 1e6).toFixed(1)} MB`);
