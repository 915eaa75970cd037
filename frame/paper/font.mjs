// Puts the font of PDFs into dist/, packed, from the package that package-lock.json names; `make build` runs it and Go embeds what it leaves.
// Noto Sans SC holds Latin and Simplified Chinese as TrueType outlines; its licence (SIL OFL 1.1) goes with it. The same font is there three times: whole,
// with the common characters alone, which is a quarter of the work, and with alphabets alone, which is a tenth.
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import subset from "subset-font";

const here = dirname(fileURLToPath(import.meta.url));
const from = join(here, "..", "..", "node_modules", "@expo-google-fonts", "noto-sans-sc");
const dist = join(here, "dist");

await mkdir(dist, { recursive: true });
for (const old of await readdir(dist)) if (old.endsWith(".gz")) await rm(join(dist, old)); // all that lies there goes into the program
await writeFile(join(dist, "LICENSE"), await readFile(join(from, "LICENSE_FONT")));
const whole = await readFile(join(from, "400Regular", "NotoSansSC_400Regular.ttf"));
const part = (text) => subset(whole, text, { targetFormat: "sfnt" });
for (const [name, font] of [["whole", whole], ["common", await part(common())], ["alphabets", await part(alphabets())]]) {
  const packed = gzipSync(font, { level: 9 });
  await writeFile(join(dist, `${name}.ttf.gz`), packed);
  console.log(`font of PDFs, ${name}: ${(font.length / 1e6).toFixed(2)} MB, ${(packed.length / 1e6).toFixed(2)} MB packed`);
}

// common is every character of GB/T 2312, with its 6,763 Chinese ones, the alphabets, kana and full-width forms.
function common() {
  const gb = new TextDecoder("gb18030");
  let text = alphabets() + range(0x3000, 0x30ff) + range(0xff00, 0xffef);
  for (let row = 0xa1; row <= 0xf7; row++) for (let cell = 0xa1; cell <= 0xfe; cell++) text += gb.decode(Uint8Array.of(row, cell));
  return text.replaceAll("\ufffd", "");
}

// alphabets is all that stands before the CJK blocks: letters, punctuation, signs.
function alphabets() {
  return range(0x20, 0x2e7f);
}

function range(first, last) {
  let text = "";
  for (let c = first; c <= last; c++) text += String.fromCharCode(c);
  return text;
}
