// Signed notes (C2SP signed-note) and timestamped signatures (tlog-cosignature/v1), written from their
// specifications: this shares nothing with the program that signs.
import { Point } from "@noble/ed25519";
import { sha256, sha512 } from "@noble/hashes/sha2.js";

// Files are held byte by byte: a "raw" text has a character from 0 to 255 for each byte.
const raw = (bytes) => {
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return text;
};
const bytesOf = (text) => Uint8Array.from(text, (c) => c.charCodeAt(0));
const utf8 = (text) => new TextEncoder().encode(text);

// words reads raw text as UTF-8, for showing it.
const words = (text) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytesOf(text));

const base64Form = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const encode = (bytes) => btoa(raw(bytes));

// decode reads base64 (RFC 4648, 4); strictly, it must be the one way to write these bytes. null for what is none.
function decode(text, strict = true) {
  if (!base64Form.test(text)) return null;
  const bytes = bytesOf(atob(text));
  return strict && encode(bytes) !== text ? null : bytes;
}

const same = (a, b) => a.length === b.length && a.every((x, i) => x === b[i]);
const join = (...parts) => {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
};
const number = (bytes) => bytes.reduce((n, b) => (n << 8n) | BigInt(b), 0n);
const hex = (bytes) => [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");

// What Unicode calls white space (White_Space=yes); \s of a regular expression is not quite that.
const space = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
const nameIsGood = (name) => name !== "" && !name.includes("+") && !space.test(name);

const PLAIN = 1, TIMED = 4; // kinds of signature
const keyID = (name, kind, key) => hex(sha256(join(utf8(name + "\n"), [kind], key)).subarray(0, 4));

// parseKey reads a verifier key ("vkey") of Ed25519; null for what is none.
export function parseKey(vkey) {
  const [name, id, ...rest] = vkey.split("+");
  const key = decode(rest.join("+"));
  if (!nameIsGood(name) || !/^[0-9a-f]{8}$/.test(id) || key?.length !== 33 || (key[0] !== PLAIN && key[0] !== TIMED)) return null;
  const kind = key[0], point = key.subarray(1);
  return keyID(name, kind, point) === id ? { name, kind, key: point, id } : null;
}

// signers makes of a key what checks its signatures: a log signs plainly and with a time, a witness with a time.
export function signers({ name, key }, witness) {
  const timed = { name, witness, timed: true, key, id: keyID(name, TIMED, key) };
  return witness ? [timed] : [{ name, witness, timed: false, key, id: keyID(name, PLAIN, key) }, timed];
}

const ORDER = Point.CURVE().n;
const reversed = (bytes) => number([...bytes].reverse());

// signed holds a signature of Ed25519 (RFC 8032, 5.1.7) by the equation without cofactor, as most programs do and
// as the library's own check does not: a key's holder could else make signatures that hold here alone.
function signed(sig, message, key) {
  const r = sig.subarray(0, 32), s = reversed(sig.subarray(32));
  if (s >= ORDER) return false;
  try {
    const k = reversed(sha512(join(r, key, message))) % ORDER;
    return same(Point.BASE.multiply(s, false).subtract(Point.fromBytes(key, true).multiply(k, false)).toBytes(), r);
  } catch {
    return false; // the key is no point of the curve
  }
}

// held are signatures that were found to hold: a file that is read again, with more keys, is not waited for twice.
const held = new Set();

function holds(signer, text, signature) {
  let message = utf8(text), sig = signature;
  if (signer.timed) {
    if (signature.length !== 72 || text.split("\n").length < 3) return false;
    message = utf8(`cosignature/v1\ntime ${number(signature.subarray(0, 8))}\n${text}`);
    sig = signature.subarray(8);
  }
  if (sig.length !== 64) return false;
  const what = [signer.key, sig, message].map(encode).join(" ");
  if (held.has(what)) return true;
  if (!signed(sig, message, signer.key)) return false;
  if (held.size === 100) held.clear();
  held.add(what);
  return true;
}

// NEVER is the second in which the year 1 begins: it stands for no time at all, in a signature and in an act.
export const NEVER = -62135596800n;

// open reads a note and holds its signatures. "malformed" for what is none or a signature that does not hold,
// "unsigned" where no key that is known signed.
export function open(note, known) {
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytesOf(note));
  } catch {
    return "malformed";
  }
  const split = text.lastIndexOf("\n\n");
  if (/[\0-\x09\x0b-\x1f]/.test(text) || split < 0 || !text.endsWith("\n")) return "malformed";
  const body = text.slice(0, split + 1), lines = text.slice(split + 2).split("\n");
  lines.pop();
  if (lines.length === 0 || lines.length > 100) return "malformed";
  const out = { text: body, sigs: [], unknown: 0, exact: false };
  const seen = new Set();
  for (const line of lines) {
    const [, name = "", base64 = ""] = /^— ([^ ]*) ([^]*)$/.exec(line) ?? [];
    const bytes = decode(base64, false);
    if (!nameIsGood(name) || bytes === null || bytes.length < 5) return "malformed";
    const id = hex(bytes.subarray(0, 4));
    const by = known.filter((s) => s.name === name && s.id === id);
    if (by.length > 1) return "malformed";
    if (by.length === 0) {
      out.unknown++;
      continue;
    }
    if (seen.has(by[0])) continue;
    seen.add(by[0]);
    if (!holds(by[0], body, bytes.subarray(4))) return "malformed";
    const at = by[0].timed ? BigInt.asIntN(64, number(bytes.subarray(4, 12))) : NEVER;
    out.sigs.push({ name, by: by[0], at: at === NEVER ? null : at, line: `— ${name} ${encode(bytes)}\n` });
  }
  if (out.sigs.length === 0) return "unsigned";
  out.exact = body + "\n" + out.sigs.map((s) => s.line).join("") === text;
  return out;
}

// signedBy names who signed a note, by the names its lines give.
export function signedBy(note) {
  const names = [];
  const text = words(note), cut = text.indexOf("\n\n");
  for (const line of cut < 0 ? [] : text.slice(cut + 2).split("\n")) {
    if (!line.startsWith("— ")) continue;
    const name = line.slice(2).split(" ")[0];
    if (names[names.length - 1] !== name) names.push(name);
  }
  return names.join(", ");
}

export { bytesOf, decode, encode, join, raw, same, utf8, words };
