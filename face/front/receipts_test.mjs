// Says of each file of a list what the script that pages load says of it: a stage, or the key of a fault.
import { readFileSync } from "node:fs";
import { Fault, readKeys, verify } from "./src/receipts.verify.js";

const input = JSON.parse(readFileSync(process.argv[2], "utf8"));
const keys = readKeys(input);

function verdict(file) {
  try {
    return verify(file, keys).stage;
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    return fault.key;
  }
}

function* variants(file, every) {
  if (!every) yield file;
  for (let i = 0; every === "bit" && i < file.length * 8; i++) {
    file[i >> 3] ^= 1 << (i & 7);
    yield file;
    file[i >> 3] ^= 1 << (i & 7);
  }
  for (let i = 0; every === "end" && i < file.length; i++) yield file.subarray(0, i);
}

console.log(JSON.stringify(input.cases.map(({ file, every }) => {
  const out = [];
  for (const one of variants(new Uint8Array(Buffer.from(file ?? "", "base64")), every)) out.push(verdict(one));
  return out;
})));
