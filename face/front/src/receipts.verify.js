// Reads a receipt and says what it proves, or why it proves nothing. A second pair of eyes: written from the
// format (frame/seal/receipt.go says it) and from tlog-proof, tlog-checkpoint and RFC 9162; the faults bear the same names.
import { sha256 } from "@noble/hashes/sha2.js";
import { NEVER, bytesOf, decode, encode, join, open, parseKey, raw, same, signedBy, signers, utf8, words } from "./receipts.note.js";

const HEADER = "skein receipt 1\n", ACT = "skein act 1\n", PROMISE = "skein promise 1\n", PROOF = "c2sp.org/tlog-proof@v1\n";
const MOST = 1 << 20; // bytes
const LONGEST_LINE = (1 << 16) - 1; // of a proof

export class Fault extends Error {
  constructor(key, args = {}) {
    super(key);
    this.key = key;
    this.args = args;
  }
}

const damaged = (part) => new Fault("seal.receipt_damaged", { part: words(part.trimEnd()) });

function cut(text, at) {
  const i = text.indexOf(at);
  return i < 0 ? null : [text.slice(0, i), text.slice(i + at.length)];
}

const whole = (text, most) => (/^(?:0|-?[1-9][0-9]*)$/.test(text) && text.length <= 20 && BigInt(text) <= most && BigInt(text) >= -most - 1n ? BigInt(text) : null);
const INT64 = (1n << 63n) - 1n;

// read takes a file apart and proves nothing yet.
function read(file) {
  if (file.length > MOST) throw new Fault("seal.receipt_too_long", { bytes: MOST });
  const text = raw(file);
  if (!text.startsWith(HEADER)) throw new Fault("seal.receipt_not_one");
  const parts = cut(text.slice(HEADER.length), "\n\n");
  if (!parts) throw new Fault("seal.receipt_cut_off");
  const [first, act] = cut(parts[0] + "\n", "\n"), rest = parts[1];
  const [name, value] = cut(first, " ") ?? [first, ""];
  const bytes = decode(value);
  if (bytes?.length !== 32) throw damaged(first);
  const out = { rest };
  if (name === "salt" && act.startsWith(ACT)) {
    const parts = cut(act, "\nshown ");
    out.act = parts ? parts[0] + "\n" : act;
    if (parts) {
      const [salt, data] = cut(parts[1], "\n");
      out.shown = { salt: decode(salt), data: data.replace(/\n$/, "") };
      if (out.shown.salt?.length !== 32) throw damaged("shown");
    }
    out.commitment = sha256(join(bytes, bytesOf(out.act)));
  } else if (name === "commitment" && act === "") {
    out.commitment = bytes;
  } else {
    throw damaged(first);
  }
  if (rest.startsWith(PROOF)) out.proof = readProof(rest);
  else if (!rest.startsWith(PROMISE)) throw new Fault("seal.receipt_cut_off");
  return out;
}

// readProof reads a tlog-proof: leaf, hashes, checkpoint.
function readProof(text) {
  const lines = text.slice(PROOF.length).split("\n");
  const leaf = lines[0].startsWith("index ") ? whole(lines[0].slice(6), (1n << 62n) - 1n) : null;
  const end = lines.indexOf("", 1);
  if (leaf === null || leaf < 0n || end < 0 || lines.some((l) => l.length > LONGEST_LINE)) throw damaged(PROOF);
  const hashes = lines.slice(1, end).map((l) => decode(l));
  if (hashes.some((h) => h?.length !== 32)) throw damaged(PROOF);
  return { leaf, hashes, checkpoint: lines.slice(end + 1).join("\n") };
}

const FIELDS = ["realm", "dossier", "seq", "type", "version", "actor", "power", "policies", "happened", "recorded", "flags", "place", "data"];
const NUMBERS = new Set(["seq", "version", "happened", "recorded"]);
const FLAGS = new Set(["-", "i", "n", "p", "in", "ip", "np", "inp"]);

// readAct reads the canonical text of an act; null for what is none.
function readAct(text) {
  const lines = text.split("\n");
  if (lines.length !== FIELDS.length + 2 || lines[0] + "\n" !== ACT || lines[lines.length - 1] !== "") return null;
  const act = {};
  for (const [i, name] of FIELDS.entries()) {
    if (!lines[i + 1].startsWith(name + " ")) return null;
    const value = lines[i + 1].slice(name.length + 1);
    act[name] = NUMBERS.has(name) ? whole(value, INT64) : words(value);
    if (act[name] === null) return null;
  }
  return FLAGS.has(act.flags) ? act : null;
}

function isJSON(text) {
  let depth = 0, quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c === "\\") i++;
      else if (c === '"') quoted = false;
    } else if (c === '"') {
      quoted = true;
    } else if (c === "{" || c === "[") {
      if (++depth > 10000) return false;
    } else if (c === "}" || c === "]") {
      depth--;
    }
  }
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

// inTree holds that a leaf is in the tree (RFC 9162, 2.1.3.2).
function inTree(hash, leaf, size, path, root) {
  const node = (left, right) => sha256(join([1], left, right));
  let at = leaf, last = size - 1n, r = hash;
  for (const p of path) {
    if (last === 0n) return false;
    if (at & 1n || at === last) {
      r = node(p, r);
      while (!(at & 1n) && at !== 0n) {
        at >>= 1n;
        last >>= 1n;
      }
    } else {
      r = node(r, p);
    }
    at >>= 1n;
    last >>= 1n;
  }
  return last === 0n && same(r, root);
}

// realmOf is the realm in an origin such as city.example/log/harbour or city.example/log/harbour/2.
export function realmOf(origin) {
  const parts = origin.split("/"), n = parts.length;
  const again = /^[+-]?[0-9]+$/.test(parts[n - 1]) ? BigInt(parts[n - 1].replace("+", "")) : 0n;
  if (n > 3 && again > 1n && again <= INT64 && parts[n - 3] === "log") return parts[n - 2];
  return n > 2 && parts[n - 2] === "log" ? parts[n - 1] : null;
}

// withKey adds a key to those that are trusted: a log's, if its name is one, else a witness's. False for what is none.
export function withKey(keys, vkey) {
  const key = parseKey(vkey);
  if (!key) return false;
  const list = key.kind === 1 && realmOf(key.name) !== null ? keys.log : keys.witnesses;
  if (![...keys.log, ...keys.witnesses].some((k) => k.name === key.name && same(k.key, key.key))) list.push(key);
  return true;
}

// readKeys reads lists of keys.
export function readKeys({ log = [], witnesses = [] }) {
  const read = (list) => list.map((k) => {
    const key = parseKey(k);
    if (!key) throw new Error(`no verifier key: ${k}`);
    return key;
  });
  return { log: read(log), witnesses: read(witnesses) };
}

const seconds = (micros) => (micros < 0n && micros % 1000000n !== 0n ? micros / 1000000n - 1n : micros / 1000000n);

// rfc3339 writes a moment, in seconds since 1970.
function rfc3339(at) {
  const date = new Date(Number(at) * 1000);
  return Number.isNaN(date.getTime()) ? String(at) : date.toISOString().replace(".000Z", "Z");
}

// verify proves a receipt with keys that were read; a Fault says what does not hold.
export function verify(file, keys) {
  const receipt = read(file);
  const out = { commitment: encode(receipt.commitment), act: null, recorded: null };
  if (receipt.act !== undefined) {
    out.act = readAct(receipt.act);
    if (!out.act) throw damaged(ACT);
    const { shown } = receipt;
    if (shown && (hex(sha256(join(shown.salt, bytesOf(shown.data)))) !== out.act.data || !isJSON(shown.data))) throw damaged("shown");
    out.recorded = out.act.recorded === 0n ? NEVER * 1000000n : out.act.recorded;
  }
  return receipt.proof ? verifyProof(out, receipt, keys) : verifyPromise(out, receipt, keys);
}

const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");

// readHead reads the text of a checkpoint: origin, size, root.
function readHead(text) {
  const [origin, count, hash, ...rest] = text.split("\n");
  const size = whole(count ?? "", INT64), root = decode(hash ?? "");
  return origin === "" || size === null || size < 0n || size > 1n << 62n || root?.length !== 32 || rest.length !== 1 || rest[0] !== "" ? null : { origin, size, root };
}

function verifyProof(out, { commitment, proof }, keys) {
  const note = open(proof.checkpoint, [...keys.log.flatMap((k) => signers(k, false)), ...keys.witnesses.flatMap((k) => signers(k, true))]);
  const otherKey = () => new Fault("seal.receipt_other_key", { signed: signedBy(proof.checkpoint) });
  if (note === "unsigned") throw otherKey();
  const head = note === "malformed" ? null : readHead(note.text);
  if (!head) throw damaged("checkpoint");
  const own = note.sigs.filter((s) => !s.by.witness && s.name === head.origin);
  if (!own.some((s) => s.at === null)) throw otherKey();
  if (note.unknown > 0) throw new Fault("seal.receipt_unknown_signer", { signed: signedBy(proof.checkpoint) });
  if (!note.exact) throw damaged("checkpoint");
  const at = own.filter((s) => s.at !== null).map((s) => s.at).pop();
  if (at === undefined) throw new Fault("seal.checkpoint_no_time");
  const leaf = sha256(join([0], utf8("act " + encode(commitment))));
  if (proof.leaf >= head.size || !inTree(leaf, proof.leaf, head.size, proof.hashes, head.root)) throw new Fault("seal.receipt_not_in_log", { origin: head.origin });
  const witnesses = note.sigs.filter((s) => s.by.witness && s.at !== null).map(({ name, at: when }) => ({ name, at: when }));
  Object.assign(out, { stage: witnesses.length > 0 ? "witnessed" : "sealed", origin: head.origin, at, size: head.size, leaf: proof.leaf, witnesses });
  ofRealm(out);
  if (out.act && seconds(out.recorded) > at) throw new Fault("seal.checkpoint_backdated", { checkpoint: rfc3339(at), recorded: rfc3339(seconds(out.recorded)) });
  return out;
}

// moment reads a time of a promise, in microseconds; null for what is none.
function moment(text, form) {
  const [, whole, fraction = "0"] = form.exec(text) ?? [];
  const ms = Date.parse(whole + "Z");
  return whole === undefined || Number.isNaN(ms) || new Date(ms).toISOString() !== whole + ".000Z" ? null : BigInt(ms) * 1000n + BigInt(fraction);
}

const MICROS = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{6})Z$/, SECONDS = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)Z$/;

function readPromise(text) {
  const lines = text.split("\n");
  const after = (line, name) => (line.startsWith(name) ? line.slice(name.length) : "?");
  if (lines.length !== 6 || lines[5] !== "") return null;
  const promise = {
    origin: lines[1], commitment: decode(after(lines[2], "commitment ")),
    recorded: moment(after(lines[3], "recorded "), MICROS), sealedBy: moment(after(lines[4], "sealed by "), SECONDS),
  };
  return promise.commitment === null || promise.recorded === null || promise.sealedBy === null ? null : promise;
}

function verifyPromise(out, { commitment, rest }, keys) {
  const note = open(rest, keys.log.map((k) => signers(k, false)[0]));
  if (note === "unsigned") throw new Fault("seal.receipt_other_key", { signed: signedBy(rest) });
  if (note === "malformed") throw damaged(PROMISE);
  if (note.unknown > 0) throw new Fault("seal.receipt_unknown_signer", { signed: signedBy(rest) });
  const said = readPromise(note.text);
  if (!said || !note.exact || note.sigs[0].name !== said.origin) throw damaged(PROMISE);
  if (!same(said.commitment, commitment)) throw new Fault("seal.receipt_other_act");
  if (out.act && said.recorded !== out.recorded) {
    throw new Fault("seal.receipt_other_time", { promised: rfc3339(seconds(said.recorded)), recorded: rfc3339(seconds(out.recorded)) });
  }
  Object.assign(out, { stage: "recorded", origin: said.origin, recorded: said.recorded, sealedBy: said.sealedBy });
  ofRealm(out);
  return out;
}

// ofRealm holds that the act is of the realm whose log it is.
function ofRealm(out) {
  const realm = realmOf(out.origin);
  if (realm === null) throw new Fault("seal.origin_strange", { origin: out.origin });
  if (out.act && out.act.realm !== realm) throw new Fault("seal.receipt_other_realm", { realm: out.act.realm, origin: out.origin });
  out.realm = realm;
}
