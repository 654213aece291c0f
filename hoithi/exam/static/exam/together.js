// The big screen of a round in which all answer together: one thing at a time. What it shows is only what
// the last snapshot says, so it survives everything.
import { ask, fit, make, now, say, words } from "../web/feed.js";

const stage = document.getElementById("stage");
const bar = document.getElementById("line");
const ANSWER_MS = 7000; // so long the answer stands before everybody's numbers do
let ticking = [], later = null;

const letter = (index) => String.fromCharCode(65 + index);
const title = (text, kind = "title") => make("h1", { class: kind }, text);
const line = (text, kind = "line") => make("p", { class: kind }, text);

function countdown(until, whole) {
  const face = make("div", { class: "clock" },
    make("svg", { viewBox: "0 0 100 100", class: "ring calm", "aria-hidden": "true" },
      make("circle", { cx: 50, cy: 50, r: 45, class: "ring-back" }),
      make("circle", { cx: 50, cy: 50, r: 45, class: "ring-left", pathLength: 100 })),
    make("span", { class: "digits", role: "timer" }, ""));
  const tick = () => {
    const left = Math.max(0, until - now());
    face.querySelector(".digits").textContent = String(Math.ceil(left / 1000));
    face.querySelector(".ring").setAttribute("class", `ring ${left <= 5000 ? "soon" : "calm"}`);
    face.querySelector(".ring-left").style.strokeDasharray = `${Math.min(1, left / whole) * 100} 100`;
  };
  tick();
  ticking.push(tick);
  return face;
}

const left = (s) => s.left === null ? null
  : make("p", { class: "left" }, make("b", {}, String(s.left)), make("span", {}, `${words.left} ${say("of", { of: s.of })}`));

const grid = (s) => make("ol", { class: "grid" }, ...s.people.map((each) => make("li", { class: each.state }, each.number)));

function question(s) {
  const asked = s.question;
  if (!asked.stem && asked.cancelled) return [title(words.cancelled), left(s)];
  if (!asked.stem) return [line(say("opens", { number: asked.number }), "line part-name"), countdown(asked.opens, 4000), left(s)];
  const right = asked.right ?? [];
  return [make("div", { class: "asking" },
    make("div", {}, line(say("question", { number: asked.number, of: s.items }), "line part-name"),
      make("p", { class: `stem${asked.stem.length > 180 ? " long" : ""}` }, asked.stem)),
    asked.right || asked.cancelled ? null : countdown(asked.closes, asked.closes - asked.opens)),
  make("ol", { class: asked.options.every((option) => option.length < 36) ? "options two" : "options" }, ...asked.options.map((option, index) => make("li",
    { class: asked.right ? (right.includes(index) ? "right" : "wrong") : "" },
    make("b", {}, letter(index)), make("span", {}, option), right.includes(index) ? make("i", {}, `✓ ${words.right}`) : null))),
  asked.cancelled ? line(words.cancelled, "line replies")
    : asked.right ? line(say("out", { out: asked.out }), "line replies") : line("", "line replies")];
}

const scenes = {
  emblem: (s) => [make("div", { class: "drum" }), title(s.contest, "title huge"), line(s.round), line(words.welcome)],
  question,
  answer: question,
  numbers: (s) => [left(s), grid(s)],
  rescue: (s) => [title(say("rescue", { people: s.back })), left(s), grid(s)],
  winner: (s) => {
    const winners = s.people.filter((each) => each.state === "winner");
    if (!winners.length) return [title(words.nobody, "title huge")];
    const named = line(winners.length > 1 ? words.winners : words.winner, "line part-name");
    if (winners.length > 4) return [named, grid({ people: winners.map((each) => ({ ...each, state: "back" })) })];
    return [named, ...winners.flatMap((each) => [make("p", { class: "winner" }, each.number), line(each.unit)])];
  },
};

addEventListener("resize", () => fit(stage));

function draw(snapshot, scene) {
  ticking = [];
  const isOpening = scene === "question" && !snapshot.question.stem;
  stage.className = `scene scene-${isOpening ? "opening" : scene === "answer" ? "question" : scene}`;
  stage.replaceChildren(...scenes[scene](snapshot).filter(Boolean));
  fit(stage);
}

function show(snapshot) {
  clearTimeout(later);
  draw(snapshot, snapshot.scene);
  if (snapshot.scene === "answer") later = setTimeout(() => draw(snapshot, "numbers"), ANSWER_MS);
}

setInterval(() => ticking.forEach((tick) => tick()), 100);
ask(document.body.dataset.feed, show, (online) => { bar.hidden = online; });
