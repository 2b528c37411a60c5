// Verifies a receipt in the browser, with WebCrypto and nothing else: no request leaves the page, which also works from disk.
// The rules are those of hub/audit/receipt.py, and the sentences come with the page.

const WORDS = JSON.parse(document.getElementById("words").textContent);
const MAX_BYTES = 8388608;
const PARTS = ["checkpoint", "entry", "format", "hash", "index", "keys", "proof"];
const ED25519 = 1;
const utf8 = new TextEncoder();

class Fault extends Error {}

// JSON as RFC 8785 writes it: names in the order of their UTF-16 units; numbers and texts as JavaScript has them.
function canonical(value) {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}

function joined(...parts) {
  const made = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  parts.reduce((at, part) => (made.set(part, at), at + part.length), 0);
  return made;
}

const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const same = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);

function unhex(text) {
  if (typeof text !== "string" || !/^([0-9a-f]{2})*$/.test(text)) return null;
  return Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));
}

// Bytes of base 64 that is written in the one way there is, else null.
function bytesOf(text) {
  try {
    const binary = atob(text);
    return btoa(binary) === text ? Uint8Array.from(binary, (char) => char.charCodeAt(0)) : null;
  } catch {
    return null;
  }
}

function parsed(text, fault) {
  try {
    if (text.length > MAX_BYTES) throw new Fault(fault);
    return JSON.parse(text);
  } catch {
    throw new Fault(fault);
  }
}

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const areTexts = (value, most) =>
  Array.isArray(value) && value.length <= most && value.every((one) => typeof one === "string");

function readReceipt(text) {
  const found = parsed(text, "NOT_A_RECEIPT");
  const whole =
    isObject(found) &&
    Object.keys(found).sort().join() === PARTS.join() &&
    found.format === WORDS.format &&
    Number.isSafeInteger(found.index) &&
    found.index >= 0 &&
    isObject(found.entry) &&
    typeof found.hash === "string" &&
    typeof found.checkpoint === "string" &&
    areTexts(found.proof, 64) &&
    areTexts(found.keys, 16);
  if (!whole) throw new Fault("NOT_A_RECEIPT");
  const proof = found.proof.map(bytesOf);
  if (proof.some((one) => one === null || one.length !== 32)) throw new Fault("PROOF_UNREADABLE");
  return { ...found, proof };
}

// A signed note (C2SP signed-note) that is a checkpoint (C2SP tlog-checkpoint).
function readCheckpoint(written, fault = "CHECKPOINT_UNREADABLE") {
  const gap = written.lastIndexOf("\n\n");
  if (gap < 0 || !written.endsWith("\n") || utf8.encode(written).length > 65536) throw new Fault(fault);
  const text = written.slice(0, gap + 1);
  const lines = text.split("\n").slice(0, -1);
  const below = written.slice(gap + 2, -1).split("\n");
  // eslint-disable-next-line no-control-regex
  if (/[\x00-\x09\x0b-\x1f\x7f]/.test(text) || lines.length < 3 || lines.includes("") || below.length > 32) {
    throw new Fault(fault);
  }
  const [origin, size, root] = lines;
  const bytes = bytesOf(root);
  if (!/^(0|[1-9][0-9]{0,18})$/.test(size) || bytes === null || bytes.length !== 32) throw new Fault(fault);
  const signatures = below.map((line) => {
    const [, name, encoded] = /^— ([^\s+]+) (\S+)$/.exec(line) || [];
    const value = encoded === undefined ? null : bytesOf(encoded);
    if (value === null || value.length <= 4) throw new Fault(fault);
    return { name, id: hex(value.slice(0, 4)), value: value.slice(4) };
  });
  const named = signatures.map((one) => `${one.name} ${one.id}`);
  if (new Set(named).size !== named.length) throw new Fault(fault);
  return { text, origin, size: BigInt(size), root: bytes, signatures };
}

async function readKey(line) {
  const [name, id, ...rest] = line.split("+");
  const bytes = bytesOf(rest.join("+"));
  if (!name || bytes === null || bytes.length < 2) throw new Fault("KEY_UNREADABLE");
  const made = hex((await sha256(utf8.encode(`${name}\n`), bytes)).slice(0, 4));
  if (made !== id) throw new Fault("KEY_UNREADABLE");
  // One of another kind – SM2, which browsers lack – says nothing here, and stands beside those that do.
  return bytes[0] === ED25519 && bytes.length === 33 ? { name, id, public: bytes.slice(1) } : null;
}

// True, false, or null where this browser cannot check Ed25519.
async function isSigned(key, message, signature) {
  try {
    const known = await crypto.subtle.importKey("raw", key.public, { name: "Ed25519" }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "Ed25519" }, known, signature, message);
  } catch (fault) {
    if (fault.name === "NotSupportedError") return null;
    return false;
  }
}

// Whether a key that counts signed the checkpoint; null where this browser cannot say.
async function checkSigned(checkpoint, keys, unknown = "KEY_UNKNOWN", forged = "CHECKPOINT_FORGED") {
  const message = utf8.encode(checkpoint.text);
  let found = 0;
  let unsure = false;
  for (const key of keys.filter((one) => one.name === checkpoint.origin)) {
    for (const one of checkpoint.signatures) {
      if (one.name !== key.name || one.id !== key.id) continue;
      const signed = await isSigned(key, message, one.value);
      if (signed === false) throw new Fault(forged);
      unsure = unsure || signed === null;
      found += 1;
    }
  }
  if (found === 0) throw new Fault(unknown);
  return unsure ? null : true;
}

// RFC 9162, 2.1.3.2.
async function checkIncluded(leaf, index, checkpoint, proof) {
  let place = BigInt(index);
  let last = checkpoint.size - 1n;
  let found = leaf;
  for (const beside of proof) {
    if (last === 0n) throw new Fault("PROOF_TRUNCATED");
    if (place % 2n === 1n || place === last) {
      found = await sha256(Uint8Array.of(1), beside, found);
      while (place % 2n === 0n && place !== 0n) [place, last] = [place / 2n, last / 2n];
    } else {
      found = await sha256(Uint8Array.of(1), found, beside);
    }
    [place, last] = [place / 2n, last / 2n];
  }
  if (last !== 0n) throw new Fault("PROOF_TRUNCATED");
  if (!same(found, checkpoint.root)) throw new Fault("PROOF_CHANGED");
}

// What stands in the log: the entry, or what names it where it is too long for a bundle.
async function loggedBytes(entry) {
  const body = utf8.encode(canonical(entry));
  if (body.length <= 65535) return body;
  return utf8.encode(canonical({ bytes: body.length, kind: "long", sha256: hex(await sha256(body)), v: 1 }));
}

async function compare(entry, body, name, fault) {
  const salt = unhex(entry.salt);
  const made = salt === null ? "" : hex(await sha256(salt, utf8.encode(body)));
  if (made === "" || made !== entry[name]) throw new Fault(fault);
}

async function checkAnswer(receipt, text) {
  let found = parsed(text, "ANSWER_UNREADABLE");
  const isResponse =
    isObject(found) && "data" in found && Object.keys(found).every((one) => ["data", "errors", "extensions"].includes(one));
  if (isResponse) {
    const told = isObject(found.extensions) ? found.extensions.receipt : null;
    if (isObject(told) && told.hash !== undefined && told.hash !== receipt.hash) throw new Fault("ANSWER_OF_ANOTHER");
    found = found.data;
  }
  if (!receipt.entry.answer) throw new Fault("NO_ANSWER");
  const body = receipt.entry.v === 1 ? JSON.stringify(found) : canonical(found);
  await compare(receipt.entry, body, "answer", "ANSWER_CHANGED");
}

async function checkQuestion(receipt, text) {
  const found = parsed(text, "QUESTION_UNREADABLE");
  if (!isObject(found) || typeof found.query !== "string") throw new Fault("QUESTION_UNREADABLE");
  if (!receipt.entry.question) throw new Fault("NO_QUESTION");
  const asked = { operationName: found.operationName ?? null, query: found.query, variables: found.variables || {} };
  await compare(receipt.entry, canonical(asked), "question", "QUESTION_CHANGED");
}

async function checkOther(text, checkpoint, keys) {
  const other = readCheckpoint(text, "OTHER_CHECKPOINT");
  await checkSigned(other, keys, "OTHER_CHECKPOINT", "OTHER_CHECKPOINT");
  if (other.origin !== checkpoint.origin) throw new Fault("OTHER_LOG");
  if (other.size !== checkpoint.size) return "OTHER_SIZE";
  if (!same(other.root, checkpoint.root)) throw new Fault("FORKED");
  return "COMPARED";
}

// Everything that is found of a receipt and of what is compared with it; Fault where something does not hold.
export async function verify({ receipt: written, answer, question, checkpoint: kept, keys: given, paper }) {
  const receipt = readReceipt(written);
  const checkpoint = readCheckpoint(receipt.checkpoint);
  const lines = given.split("\n").map((line) => line.trim()).filter(Boolean);
  const read = await Promise.all((lines.length ? lines : receipt.keys).map(readKey));
  const keys = read.filter(Boolean);
  const signed = await checkSigned(checkpoint, keys);
  const leaf = await sha256(Uint8Array.of(0), await loggedBytes(receipt.entry));
  if (hex(leaf) !== receipt.hash) throw new Fault("ENTRY_CHANGED");
  if (BigInt(receipt.index) >= checkpoint.size) throw new Fault("INDEX_OUTSIDE");
  await checkIncluded(leaf, receipt.index, checkpoint, receipt.proof);
  const held = signed === null ? ["INCLUDED"] : ["SIGNED", "INCLUDED"];
  const notes = [];
  if (signed === null) notes.push("NO_ED25519");
  if (!lines.length) notes.push("KEY_NOT_COMPARED");
  if (answer !== null) held.push((await checkAnswer(receipt, answer), "ANSWERED"));
  if (question !== null) held.push((await checkQuestion(receipt, question), "ASKED"));
  if (kept !== null) {
    const said = await checkOther(kept, checkpoint, keys);
    (said === "COMPARED" ? held : notes).push(said);
  }
  if (paper && paper !== `${receipt.index}.${receipt.hash}`) throw new Fault("OTHER_PAPER");
  return { receipt, checkpoint, held, notes };
}

// ------------------------------------------------------------------------------------------------ the page

const byId = (id) => document.getElementById(id);

function element(name, content, more = {}) {
  const made = Object.assign(document.createElement(name), more);
  made.append(...[content].flat());
  return made;
}

const english = (text) => element("span", text, { lang: "en", className: "en" });
const sentence = (words) => [`${words[0]} `, english(words[1])];

function show(state, title, ...parts) {
  const result = byId("result");
  result.dataset.state = state;
  result.className = state === "danger" ? "danger" : state === "time" ? "alert" : "shown held";
  result.replaceChildren(element("div", [element("p", sentence(title), { className: "strong verdict" }), ...parts]));
  result.hidden = false;
  result.focus();
}

const list = (names, mark) =>
  element("ul", names.map((name) => element("li", [`${mark} `, ...sentence(WORDS.said[name])])), { className: "said" });

function facts({ receipt, checkpoint }) {
  const { entry } = receipt;
  const asked = entry.kind === "act" ? entry.told : entry;
  const ages = new Map((entry.asOf || []).map(([source, record, , newest]) => [`${source} ${record}`, newest]));
  const sources = [...new Set((entry.sources || []).map(([source, record]) => `${source} ${record}`))];
  const rows = {
    index: `${receipt.index} / ${checkpoint.size}`,
    log: checkpoint.origin,
    at: entry.at,
    outcome: entry.act || WORDS.outcomes[entry.outcome] || entry.outcome,
    who: [asked.department, asked.role, entry.client].filter(Boolean).join(" · "),
    purpose: asked.purpose,
    fields: (entry.fields || []).join(", "),
    sources: sources.map((name) => `${name} ${ages.get(name) || ""}`.trim()).join("; "),
    hash: receipt.hash,
  };
  const shown = Object.entries(rows).filter(([, value]) => value);
  return element(
    "dl",
    shown.map(([name, value]) => {
      const term = element("dt", sentence(WORDS.facts[name]));
      return element("div", [term, element("dd", String(value))]);
    }),
    { className: "summary" },
  );
}

async function textOf(id) {
  const [file] = byId(id).files;
  if (!file) return null;
  if (file.size > MAX_BYTES) throw new Fault(id === "receipt" ? "NOT_A_RECEIPT" : "ANSWER_UNREADABLE");
  return file.text();
}

async function run() {
  if (!globalThis.crypto?.subtle) {
    show("time", WORDS.said.NO_WEBCRYPTO);
    return;
  }
  try {
    const [receipt, answer, question, checkpoint] = await Promise.all(
      ["receipt", "answer", "question", "checkpoint"].map(textOf),
    );
    if (receipt === null) {
      show("time", WORDS.said.NO_FILE);
      return;
    }
    const paper = location.hash.slice(1);
    const found = await verify({ receipt, answer, question, checkpoint, keys: byId("keys").value, paper });
    const whole = !found.notes.length;
    const title = WORDS.said[whole ? "HOLDS" : "HOLDS_PARTLY"];
    const notes = whole ? [] : [list(found.notes, "!")];
    show(whole ? "good" : "time", title, list(found.held, "✓"), ...notes, facts(found));
  } catch (fault) {
    const known = fault instanceof Fault && WORDS.faults[fault.message];
    show("danger", known || WORDS.faults.NOT_A_RECEIPT);
  }
}

byId("form").addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
const zone = byId("zone");
for (const name of ["dragenter", "dragover"]) {
  zone.addEventListener(name, (event) => {
    event.preventDefault();
    zone.dataset.over = "yes";
  });
}
zone.addEventListener("dragleave", () => delete zone.dataset.over);
zone.addEventListener("drop", (event) => {
  event.preventDefault();
  delete zone.dataset.over;
  if (event.dataTransfer.files.length) {
    byId("receipt").files = event.dataTransfer.files;
    run();
  }
});
byId("receipt").addEventListener("change", run);
if (/^#[0-9]+\.[0-9a-f]{64}$/.test(location.hash)) {
  const [index, hash] = location.hash.slice(1).split(".");
  byId("paper").append(...sentence(WORDS.said.PAPER), element("span", ` ${index} · ${hash.slice(0, 16)}…`, { className: "code" }));
  byId("paper").hidden = false;
}
byId("save").hidden = location.protocol === "file:";
