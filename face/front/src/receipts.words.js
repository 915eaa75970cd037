// Puts what a receipt proves into words; face/receipts.go says the same where there is no script. What it is
// told (data): the language, the time zone, the texts of the messages, and the titles of acts and powers.
import { Fault, readKeys, verify, withKey } from "./receipts.verify.js";

const MOST = 200;

// tame makes a stranger's text fit to be shown within a sentence.
function tame(text) {
  const letters = [...String(text).replace(/[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu, "")];
  return letters.length > MOST ? letters.slice(0, MOST).join("") + "…" : letters.join("");
}

export class Words {
  constructor(data) {
    this.data = data;
    this.form = new Intl.DateTimeFormat("en-GB", {
      timeZone: data.zone, calendar: "gregory", numberingSystem: "latn", hourCycle: "h23",
      year: "numeric", month: data.lang === "zh-Hans" ? "numeric" : "long", day: "numeric", hour: "2-digit", minute: "2-digit",
    });
  }

  say(key, args = {}) {
    return this.data.texts[key].replace(/\{(\w+)\}/g, (all, name) => (name in args ? String(args[name]) : all));
  }

  // moment writes a time, in seconds since 1970, to the minute.
  moment(at) {
    const date = new Date(Number(at) * 1000);
    if (Number.isNaN(date.getTime())) return String(at);
    const { year, month, day, hour, minute } = Object.fromEntries(this.form.formatToParts(date).map(({ type, value }) => [type, value]));
    return this.data.lang === "zh-Hans" ? `${year}年${Number(month)}月${Number(day)}日 ${hour}:${minute}` : `${Number(day)} ${month} ${year}, ${hour}:${minute}`;
  }

  who(actor) {
    const [first] = actor.split(" ");
    const at = first.indexOf(":"), kind = at < 0 ? first : first.slice(0, at);
    if (kind === "post") return this.say("face.receipt_by_post", { post: at < 0 ? "" : first.slice(at + 1) });
    return ["resident", "clock", "operator"].includes(kind) ? this.say("face.receipt_by_" + kind) : kind;
  }

  // read proves a file with the community's keys, else with those that its reader added, and says what it proves.
  read(file, added = []) {
    const own = readKeys(this.data), all = { log: [...own.log], witnesses: [...own.witnesses] };
    for (const key of added) if (!withKey(all, key)) return { wrong: this.say("face.receipt_key_unreadable", { key: tame(key) }) };
    const more = all.log.length + all.witnesses.length > own.log.length + own.witnesses.length;
    try {
      try {
        return this.proved(verify(file, own), true);
      } catch (fault) {
        if (!(fault instanceof Fault) || !more) throw fault;
        return this.proved(verify(file, all), false);
      }
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      const args = Object.fromEntries(Object.entries(fault.args).map(([name, value]) => [name, tame(value)]));
      return { stage: "", heading: this.say("face.receipt_proves_nothing"), says: [this.say(fault.key, args)], facts: [] };
    }
  }

  proved(p, ours) {
    const { acts, powers } = this.data, facts = [];
    const add = (name, value) => facts.push([this.say("face.receipt_" + name), tame(value)]);
    const of = (titles, code) => (Object.prototype.hasOwnProperty.call(titles, code) ? titles[code] : code);
    add("act", p.act ? of(acts, p.act.type) : this.say("face.receipt_act_hidden"));
    if (p.recorded !== null) add("recorded", this.moment(p.recorded / 1000000n));
    if (p.act) {
      add("by", this.who(p.act.actor));
      add("power", of(powers, p.act.power) || "–");
      if (p.act.flags.includes("i")) add("nature", this.say("face.receipt_imported"));
      if (p.act.flags.includes("n")) add("nature", this.say("face.receipt_inferred"));
    }
    add("log", p.origin);
    if (p.stage === "recorded") {
      add("promise", this.moment(p.sealedBy / 1000000n));
    } else {
      add("place", this.say("face.receipt_place_of", { leaf: p.leaf, size: p.size }));
      add("checkpoint", this.moment(p.at));
      for (const { name, at } of p.witnesses) add("witness", this.say("face.receipt_witness_at", { name, time: this.moment(at) }));
    }
    add("commitment", p.commitment);
    const says = [this.say("face.receipt_means_" + p.stage)];
    if (!ours) says.push(this.say("face.receipt_added_key"));
    return { stage: p.stage, heading: this.say("face.receipt_stage_" + p.stage), says, facts };
  }
}
