// The page with the camera: pictures are read here and go nowhere. With a network the page of the code is opened;
// without one its signature is checked by the keys and the list that were kept.

import { dayOf, isTrue, readList, readPlate, stateOf } from "./plates.js";

const EVERY = 120;
const WIDE = 960;
const KEPT = ["/codes/keys", "/codes/revoked"];
const page = document.getElementById("scan");
const video = document.getElementById("video");
const [open, again, lens] = ["open", "again", "lens"].map((id) => document.getElementById(id));
const canvas = document.createElement("canvas");

function say(name) {
  for (const line of page.querySelectorAll("[data-say]")) line.hidden = line.dataset.say !== name;
}

function judge(name) {
  for (const one of page.querySelectorAll("[data-verdict]")) one.hidden = one.dataset.verdict !== name;
}

async function look() {
  clear();
  if (!navigator.mediaDevices?.getUserMedia) return say("insecure");
  let stream;
  try {
    const wanted = { facingMode: "environment", width: { ideal: 1280 } };
    stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
  } catch {
    return say("no-camera");
  }
  const { default: decode } = await import(page.dataset.decoder);
  video.srcObject = stream;
  await video.play();
  [open.hidden, again.hidden, lens.hidden] = [true, true, false];
  say("looking");
  const text = await reading(decode);
  for (const track of stream.getTracks()) track.stop();
  lens.hidden = true;
  await take(text);
}

// The text of the first symbol that is seen.
async function reading(decode) {
  for (;;) {
    const text = seen(decode);
    if (text) return text;
    await new Promise((resolve) => setTimeout(resolve, EVERY));
  }
}

function seen(decode) {
  const scale = Math.min(1, WIDE / (video.videoWidth || WIDE));
  const [width, height] = [Math.round(video.videoWidth * scale), Math.round(video.videoHeight * scale)];
  if (!width || !height) return null;
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(video, 0, 0, width, height);
  try {
    return decode(context.getImageData(0, 0, width, height));
  } catch {
    return null;
  }
}

async function take(text) {
  const plate = readPlate(text, page.dataset.origin);
  if (await isReachable()) {
    say("going");
    location.assign(plate ? plate.path : `/c?code=${encodeURIComponent(text)}`);
    return;
  }
  again.hidden = false;
  await checkAlone(plate);
  document.getElementById("verdict").focus();
}

async function isReachable() {
  if (!navigator.onLine) return false;
  try {
    return (await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(4000) })).ok;
  } catch {
    return false;
  }
}

async function checkAlone(plate) {
  if (!plate) return say("not-ours");
  if (plate.broken) return judge("forged");
  if (!plate.proof) return say("unsigned");
  let keys, signed, verify;
  try {
    [keys, signed] = await Promise.all(KEPT.map(async (at) => (await fetch(at)).json()));
    ({ verifyAsync: verify } = await import(page.dataset.verifier));
  } catch {
    return say("no-keys");
  }
  const now = new Date();
  const isSigned = await isTrue(plate, keys, verify);
  if (isSigned === null) return say(keys.algorithms[plate.proof.kid] === "SM2" ? "national" : "unknown-key");
  if (!isSigned) return judge("forged");
  const list = await readList(signed, keys, verify);
  const isFresh = list !== null && new Date(list.until) >= now;
  // Who signs says no day that has not been: it is the phone's that is wrong.
  say(plate.proof.issued > dayOf(now) ? "clock" : isFresh ? "offline" : "stale");
  tell(plate.proof, list, now);
  const letter = list && (await stateOf(list, plate.token));
  judge(letter ? "stopped" : "true");
  for (const line of page.querySelectorAll("[data-state]")) line.hidden = line.dataset.state !== letter;
}

function tell(proof, list, now) {
  const facts = { entity: grouped(proof.entity), issued: spoken(proof.issued), today: spoken(dayOf(now)) };
  facts.listed = list ? `${spoken(list.made.slice(0, 10).replaceAll("-", ""))} ${list.made.slice(11, 16)}` : "–";
  for (const place of page.querySelectorAll("[data-fact]")) place.textContent = facts[place.dataset.fact];
  document.getElementById("facts").hidden = false;
}

function grouped(code) {
  return code.replace(/(.{4})(?=.)/g, "$1 ");
}

function spoken(day) {
  return `${Number(day.slice(0, 4))}年${Number(day.slice(4, 6))}月${Number(day.slice(6))}日`;
}

function clear() {
  say("");
  judge("");
  document.getElementById("facts").hidden = true;
}

open.hidden = false;
open.addEventListener("click", look);
again.addEventListener("click", look);
for (const kept of KEPT) fetch(kept).catch(() => {});
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/scan/offline.js", { scope: "/scan" }).catch(() => {});
