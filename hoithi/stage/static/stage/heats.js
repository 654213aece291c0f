// The big screen of the draw that puts teams into heats: the lots step by step, then the dealing of the
// teams over the rounds. It goes by the time at which the draw was held, so that a reload goes on where
// it was; the space bar shows it from the beginning.
import { ask, fit, make, now, words } from "../web/feed.js";
import { drawing, proof } from "./drawing.js";

const stage = document.getElementById("stage"), bar = document.getElementById("line");
const DEALT_MS = 800;
let current = null, began = 0, tick = () => {};

const title = (text, kind = "title") => make("h1", { class: kind }, text);
const line = (text, kind = "line") => make("p", { class: kind }, text);

function put(scene, ...parts) {
  stage.className = `scene scene-${scene}`;
  stage.replaceChildren(...parts.filter(Boolean));
  fit(stage);
}

// As `rules.qualifying.deal` has it: the teams as they line up, over the rounds in turn.
function lined(s) {
  const count = s.titles.length;
  return Array.from({ length: s.dealt.flat().length }, (_, at) => s.dealt[at % count][Math.floor(at / count)]);
}

function dealing(s, passed) {
  const lists = s.titles.map(() => make("ol", {})), teams = lined(s);
  let done = 0;
  tick = () => {
    const due = Math.min(teams.length, Math.floor(passed() / DEALT_MS));
    for (; done < due; done += 1) {
      document.querySelector(".heats .moved")?.classList.remove("moved");
      lists[done % lists.length].append(make("li", { class: done + 1 < teams.length ? "moved" : "" }, make("b", {}, teams[done].team), make("small", {}, teams[done].unit)));
    }
  };
  // Measured with every team in its place: letters do not change their size while teams come in.
  const shown = s.titles.map((name, at) => make("section", {}, make("h2", {}, name), lists[at]));
  s.dealt.forEach((dealt, at) => lists[at].append(...dealt.map((each) => make("li", {}, make("b", {}, each.team), make("small", {}, each.unit)))));
  put("heats", title(words.heats_dealt), make("div", { class: "heats" }, ...shown), proof(s.apart === "nobody" ? words.check_lots : words[`apart_${s.apart}`]));
  shown.forEach((section) => { section.style.minBlockSize = `${section.offsetHeight}px`; });
  lists.forEach((list) => list.replaceChildren());
  tick();
}

function show(s) {
  current = s;
  tick = () => {};
  if (!s.lots) { put("emblem", make("div", { class: "drum" }), title(s.contest, "title huge"), line(s.titles.join(" · "))); return; }
  const passed = () => now() - began;
  const drawn = drawing(s.lots, (index, name) => [make("span", { class: "place" }, String(index + 1)), name], passed);
  const deals = () => dealing(s, () => passed() - drawn.lasts);
  if (s.since && passed() >= drawn.lasts) { deals(); return; }
  put("lots", title(words.lots_heats), drawn.element);
  tick = () => { drawn.tick(); if (s.since && passed() >= drawn.lasts) deals(); };
}

addEventListener("resize", () => fit(stage));
addEventListener("keydown", (event) => {
  if (event.key === " " && current?.since) { event.preventDefault(); began = now(); show(current); }
});
setInterval(() => tick(), 100);
ask(document.body.dataset.feed, (s) => { began = s.since; show(s); }, (online) => { bar.hidden = online; });
