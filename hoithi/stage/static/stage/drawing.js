// A draw of lots on a big screen, as the algorithm goes: fingerprint, number, secret, then the exchanges
// from the last place up, each with a place before it or itself.
import { make, words } from "../web/feed.js";
import { qrCode } from "./shown.js";

const EXCHANGE_MS = 900, MOST_IN_A_COLUMN = 8;

/** Where a phone draws the lots again; `text` stands above the address. */
export function proof(text = words.check_lots) {
  const code = qrCode("proof");
  return make("p", { class: "proof" }, code, make("span", {}, text, make("small", { class: "address" }, code.alt)));
}

/** The draw as it stands `passed()` milliseconds after it was held: `element`, `tick` to go on, and how
 * long it lasts. `line(index, lot)` makes what stands in a place. */
export function drawing(lots, line, passed) {
  const step = (done, title, text) => make("li", { class: done ? "done" : "" }, make("b", {}, title), make("code", {}, text));
  const steps = make("ol", { class: "steps" }, ...(lots.hand ? [step(true, words.by_hand, lots.hand)] : [
    step(true, words.lots_hash, lots.commitment), step(lots.number, words.lots_number, lots.number || "…"),
    step(lots.secret, words.lots_secret, lots.secret || "…")]));
  const places = make("ol", { class: "drawn" }), rows = Math.ceil(lots.among.length / 2);
  // So many that they would be small in one column stand in two, from top to bottom.
  if (lots.among.length > MOST_IN_A_COLUMN) places.style.cssText = `grid-auto-flow: column; grid-template-rows: repeat(${rows}, auto); grid-auto-columns: 1fr`;
  const fill = (names, marked = []) => places.replaceChildren(...names.map((name, index) =>
    make("li", { class: marked.includes(index) ? "moved" : "" }, ...line(index, name))));
  const element = make("div", { class: "draw" }, make("div", {}, steps, proof()), places);
  const still = lots.hand || matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (!lots.order.length || still) { fill(lots.order.length ? lots.order : lots.among); return { element, tick: () => {}, lasts: 0 }; }
  const names = [...lots.among];
  let done = 0;
  fill(names);
  const tick = () => {
    const due = Math.min(lots.swaps.length, Math.floor(passed() / EXCHANGE_MS)), before = done;
    for (; done < due; done += 1) {
      const [last, other] = lots.swaps[done];
      [names[last], names[other]] = [names[other], names[last]];
    }
    if (done > before) fill(names, done === lots.swaps.length ? [] : lots.swaps[done - 1]);
  };
  tick();
  return { element, tick, lasts: (lots.swaps.length + 1) * EXCHANGE_MS };
}
