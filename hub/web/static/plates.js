// What a symbol says, and whether a phone without a network may believe it: the same text, key and list as the hub's.
// Pure but for the verifier that is passed in. See hub/code/signed.py and hub/code/revoked.py.

const CODE_TAG = "honesty-code-proof-1";
const LIST_TAG = "honesty-code-revoked-1";
const PROOF = /^(\d{8})([0-9A-F]{8})([0-9A-Z]{18})([A-Z2-7]{103})$/;
const TOKEN = /^[0-9A-Z][0-9A-Z-]{2,22}[0-9A-Z]$/;
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const MOST = 512;

// What a symbol of this hub says: its path, token and proof; null if it is another's.
export function readPlate(text, origin) {
  if (text.length > MOST) return null;
  let address;
  try {
    address = new URL(text);
  } catch {
    return null;
  }
  const parts = address.pathname.toUpperCase().split("/");
  if (address.origin !== new URL(origin).origin || parts[1] !== "C" || !TOKEN.test(parts[2] ?? "")) return null;
  const found = parts[3] === "S" ? PROOF.exec(parts[4] ?? "") : null;
  if (parts[3] === "S" && !found) return { path: address.pathname, token: parts[2], broken: true };
  const proof = found && { issued: found[1], kid: found[2], entity: found[3], signature: bytesOf(found[4]) };
  return { path: address.pathname, token: parts[2], proof };
}

// The published key of this id; undefined where it is not known, or of an algorithm that a browser lacks.
function keyOf(kid, keys) {
  return keys.algorithms[kid] === "Ed25519" ? keys.keys[kid] : undefined;
}

// True if a published key signed that the token was issued for this entity on this day; null where that can't be told: the
// key is not among those that are known, which may be older than the plate, or it is of SM2.
export async function isTrue(plate, keys, verify) {
  const key = keyOf(plate.proof.kid, keys);
  if (!key) return null;
  const message = [CODE_TAG, plate.token, plate.proof.entity, plate.proof.issued].join("\n");
  return verify(plate.proof.signature, new TextEncoder().encode(message), fromHex(key));
}

// The signed list of codes that do not hold; null if no published key signed it that a browser can check.
export async function readList(signed, keys, verify) {
  const key = keyOf(signed.kid, keys);
  const text = new TextEncoder().encode(signed.text);
  if (!key || !(await verify(fromHex(signed.signature), text, fromHex(key)))) return null;
  const [tag, made, until, count, ...lines] = signed.text.split("\n");
  if (tag !== LIST_TAG || lines.length !== Number(count)) return null;
  return { made, until, stopped: new Map(lines.map((line) => line.split(" "))) };
}

// The letter that says why a token does not hold, undefined where the list does not know it.
export async function stateOf(list, token) {
  const text = new TextEncoder().encode(`${LIST_TAG}\n${token}`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
  return list.stopped.get(toHex(digest).slice(0, 20));
}

// The business day of an instant, as it stands in a proof.
export function dayOf(instant) {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(instant).replaceAll("-", "");
}

function bytesOf(text) {
  const made = new Uint8Array(64);
  let bits = 0, held = 0, place = 0;
  for (const letter of text) {
    held = (held << 5) | BASE32.indexOf(letter);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      made[place++] = (held >> bits) & 255;
      held &= (1 << bits) - 1;
    }
  }
  return made;
}

function fromHex(text) {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
