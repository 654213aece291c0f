// Draws every lot again on the reader's own phone. Written out by hand: on plain http a browser has no
// crypto.subtle. docs/verification.md tells the rule; this is one more telling of it.
import { words } from "../web/feed.js";

const K = [], H = [];
for (let n = 2; K.length < 64; n += 1) {
  let prime = true;
  for (let d = 2; d * d <= n; d += 1) if (n % d === 0) { prime = false; break; }
  if (!prime) continue;
  if (H.length < 8) H.push(Math.floor((Math.sqrt(n) % 1) * 2 ** 32) >>> 0);
  K.push(Math.floor((Math.cbrt(n) % 1) * 2 ** 32) >>> 0);
}
const rotate = (x, n) => (x >>> n) | (x << (32 - n));

/** SHA-256 of bytes (FIPS 180-4). */
function sha256(bytes) {
  const length = Math.ceil((bytes.length + 9) / 64) * 64, padded = new Uint8Array(length), view = new DataView(padded.buffer);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  view.setUint32(length - 4, bytes.length * 8);
  const state = [...H], w = new Int32Array(64);
  for (let block = 0; block < length; block += 64) {
    for (let i = 0; i < 64; i += 1) {
      if (i < 16) { w[i] = view.getInt32(block + i * 4); continue; }
      const s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ (w[i - 15] >>> 3), s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ (w[i - 2] >>> 10);
      w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i += 1) {
      const t1 = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
      const t2 = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((value, index) => { state[index] = (state[index] + value) | 0; });
  }
  const result = new Uint8Array(32);
  state.forEach((value, index) => new DataView(result.buffer).setInt32(index * 4, value));
  return result;
}

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const bytesOf = (...parts) => Uint8Array.from(parts.flatMap((part) => [...(typeof part === "string" ? new TextEncoder().encode(part) : part)]));

/** The order of the draw: Fisher–Yates with words of SHA-256 in counter mode, rejection sampling. */
function drawn(ids, secret, number) {
  const seed = sha256(bytesOf(unhex(secret), [0], number)), key = sha256(bytesOf("hoithi/lots/1", [0], seed));
  let block = 0, left = [];
  const word = () => {
    if (!left.length) {
      const counter = new Uint8Array(8);
      new DataView(counter.buffer).setUint32(4, block);
      block += 1;
      const view = new DataView(sha256(bytesOf(key, counter)).buffer);
      left = Array.from({ length: 8 }, (_, index) => view.getUint32(index * 4));
    }
    return left.shift();
  };
  const order = [...ids].sort();
  for (let last = order.length - 1; last > 0; last -= 1) {
    const bound = last + 1, limit = 2 ** 32 - (2 ** 32 % bound);
    let found = word();
    while (found >= limit) found = word();
    const other = found % bound;
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}

for (const card of document.querySelectorAll("[data-draw]")) {
  const { ids, commitment, number, secret, order } = card.dataset, told = card.querySelector("[data-told]");
  if (!secret) continue;
  const fits = hex(sha256(bytesOf("hoithi/lots/1", [0], unhex(secret)))) === commitment;
  const same = drawn(ids.split(" "), secret, number).join(" ") === order;
  told.hidden = false;
  told.textContent = fits && same ? words.draw_fits : words.draw_differs;
  if (!(fits && same)) told.className = "band bad";
}
