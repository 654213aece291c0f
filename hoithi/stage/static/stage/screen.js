// The big screen: one thing at a time, driven by the console alone. It survives everything: what it
// shows is only what the last snapshot says.
import { fit, follow, make, now, say, words } from "../web/feed.js";
import { drawing } from "./drawing.js";
import { letter, limits, mayPress, partName, qrCode, questionClock, soFar, turnClock } from "./shown.js";

const stage = document.getElementById("stage");
const bar = document.getElementById("line");
// A monitor in front of the stage, by this mark in its address, shows those on stage their time and nothing else,
// whatever the hall sees.
const isMonitor = location.hash === "#dong-ho";
let shown = null, ticking = [];

const title = (text, kind = "title") => make("h1", { class: kind }, text);
const line = (text, kind = "line") => make("p", { class: kind }, text);

/** Where the audience has all of this on their phones. */
function onPhones() {
  const code = qrCode("code");
  return make("p", { class: "proof" }, code, make("span", {}, words.on_phones, make("small", { class: "address" }, code.alt)));
}

function ring(left, whole, text, tone) {
  const round = make("svg", { viewBox: "0 0 100 100", class: `ring ${tone}`, "aria-hidden": "true" },
    make("circle", { cx: 50, cy: 50, r: 45, class: "ring-back" }),
    make("circle", { cx: 50, cy: 50, r: 45, class: "ring-left", pathLength: 100 }));
  const face = make("div", { class: "clock" }, round, make("span", { class: "digits", role: "timer" }, text));
  turnRing(face, left, whole);
  return face;
}

function turnRing(face, left, whole) {
  const part = whole ? Math.max(0, Math.min(1, left / whole)) : 0;
  face.querySelector(".ring-left").style.strokeDasharray = `${part * 100} 100`;
}

function countdown(read) {
  const face = ring(1, 1, "", "calm");
  const tick = () => {
    const { left, whole, text, tone } = read();
    face.querySelector(".digits").textContent = text;
    face.querySelector(".ring").setAttribute("class", `ring ${tone}`);
    turnRing(face, left, whole);
  };
  tick();
  ticking.push(tick);
  return face;
}

const scenes = {
  emblem: (s) => [make("div", { class: "drum" }), title(s.contest, "title huge"), line(s.round), s.closed ? null : onPhones()],

  programme: (s) => [title(words.programme), make("table", { class: "programme" },
    make("thead", {}, make("tr", {}, s.drawn ? make("th", {}, words.order) : null, make("th", {}, words.team),
      ...s.parts.map((part) => make("th", { class: "part" }, part.label, limits(part) ? make("small", {}, limits(part)) : null)))),
    make("tbody", {}, ...s.teams.map((team, index) => make("tr", { class: team.withdrawn ? "withdrawn" : "" },
      s.drawn ? make("td", { class: "number" }, String(index + 1)) : null,
      make("th", { scope: "row" }, team.name, make("small", {}, team.withdrawn ? words.withdrawn : team.unit)),
      ...s.parts.map((part) => make("td", { class: "part" }, team.done.includes(part.key) ? "✓" : "·")))))), s.drawn ? null : line(words.not_drawn)],

  team: (s) => s.turn ? [line(partName(s, s.turn.part), "line part-name"),
    title(s.turn.team || words.all_teams, "title huge"), line(s.turn.unit), s.turn.so_far ? line(soFar(s.turn), "line loud") : null] : scenes.emblem(s),

  clock: (s) => s.turn ? [line(partName(s, s.turn.part), "line part-name"), title(s.turn.team || words.all_teams),
    countdown(turnClock(s.turn))] : scenes.emblem(s),

  question: (s) => {
    const question = s.question;
    if (!question) return scenes.team(s);
    const right = question.right ?? [];
    return [make("div", { class: "asking" },
      make("div", {},
        line(`${s.turn.team || words.all_teams} · ${say("question_of", { number: question.number, of: question.of })} · ${say("points", { points: question.points })}${s.turn.so_far ? ` · ${soFar(s.turn)}` : ""}`, "line part-name"),
        question.star ? line(`★ ${words.star}`, "line star") : null,
        make("p", { class: `stem${question.stem.length > 180 ? " long" : ""}` }, question.stem)),
      question.seconds && !question.right && !question.spoilt ? countdown(questionClock(question)) : null),
    make("ol", { class: question.options.every((option) => option.length < 36) ? "options two" : "options" }, ...question.options.map((option, index) => make("li",
      { class: question.right ? (right.includes(index) ? "right" : "wrong") : "" },
      make("b", {}, letter(index)), make("span", {}, option),
      right.includes(index) ? make("i", {}, `✓ ${words.right}`) : null))),
    make("p", { class: `line replies${question.spoilt || mayPress(question) ? " loud" : ""}` }, question.spoilt ? words.spoilt
      : question.right ? question.replies.map((reply) =>
        `${reply.team}: ${reply.option < 0 ? words.no_answer : letter(reply.option)} ${reply.right ? "✓" : "✗"}`).join("   ")
      : question.floor ? [say("floor", { team: question.floor }), ...(question.presses.length > 1
        ? [`   ${words.presses}: ${question.presses.map((team, index) => `${index + 1}. ${team}`).join("  ")}`] : [])].join("")
      : mayPress(question) ? words.may_press
      : question.replies.length ? say("answered", { team: question.replies.map((reply) => reply.team).join(", ") }) : "")];
  },

  marks: (s) => {
    if (!s.turn) return scenes.emblem(s);
    const { judges, sheets, mark } = s.turn;
    return [line(partName(s, s.turn.part), "line part-name"), title(s.turn.team),
      mark ? make("p", { class: "mark" }, mark.mark) : make("p", { class: "lamps", "aria-label": say("sheets", { in: sheets, of: judges }) },
        ...Array.from({ length: judges }, (_, index) => make("span", { class: index < sheets ? "lamp on" : "lamp" }))),
      line(mark ? (mark.nothing ? words.nothing : mark.off ? say("taken_off", { combined: mark.combined, off: mark.off,
        why: say(mark.side, { seconds: mark.excess }) }) : "") : say("sheets", { in: sheets, of: judges }))];
  },

  board: (s) => s.board.length ? [title(words.board), make("ol", { class: "board" }, ...s.board.map((row) => {
    const item = make("li", {}, make("span", { class: "place" }, String(row.place)),
      make("span", { class: "who" }, row.team, make("small", {}, row.unit)), make("span", { class: "bar" }, make("span", {})),
      make("b", {}, row.total));
    item.querySelector(".bar span").style.inlineSize = `${row.share / 10}%`;
    return item;
  }))] : [title(words.board), line(words.board_empty)],

  lots: (s) => {
    if (!s.lots) return scenes.emblem(s);
    const began = now(), isOrder = s.lots.key === "order";
    const drawn = drawing(s.lots, (index, lot) => [
      make("span", { class: "place" }, isOrder ? String(index + 1) : s.lots.places[index] ?? "–"),
      isOrder ? lot : say("packet", { number: lot })], () => now() - began);
    ticking.push(drawn.tick);
    return [title(isOrder ? words.lots_order : words.lots_packets), drawn.element];
  },

  vote: (s) => {
    const code = qrCode("code");
    return [title(partName(s, s.vote)), make("div", { class: "ballot" },
      make("ol", {}, ...s.teams.filter((team) => !team.withdrawn).map((team) => make("li", {}, make("b", {}, team.name), make("small", {}, team.unit)))),
      make("div", {}, code, line(words.vote_how), make("p", { class: "address" }, code.alt)))];
  },

  awards: (s) => [title(words.awards), make("ol", { class: "awards" }, ...s.awards.map((award, index) => make("li",
    { class: index === s.awards.length - 1 ? "newest" : "" }, make("span", {}, award.label), make("b", {}, award.team, make("small", {}, award.unit))))),
  s.awards.length ? null : make("div", { class: "drum" })],
};

addEventListener("resize", () => fit(stage));

function show(snapshot) {
  const again = shown && shown.scene.is === snapshot.scene.is && shown.scene.since === snapshot.scene.since;
  // A finished draw is not drawn again because a judge has sent a mark meanwhile.
  if (again && !isMonitor && snapshot.scene.is === "lots" && JSON.stringify(shown.lots) === JSON.stringify(snapshot.lots)) { shown = snapshot; return; }
  shown = snapshot;
  ticking = [];
  // While the audience votes, the title is how to do so; the console may show anything else meanwhile.
  const scene = isMonitor ? (snapshot.question?.seconds && !snapshot.question.right ? "question" : "clock")
    : snapshot.vote && snapshot.scene.is === "emblem" ? "vote" : snapshot.scene.is;
  stage.className = `scene scene-${scene}${again ? " still" : ""}`;
  stage.replaceChildren(...scenes[scene](snapshot).filter(Boolean));
  fit(stage);
}

setInterval(() => ticking.forEach((tick) => tick()), 100);
// The console's preview tells the console of what has come, so that both need one line.
const heard = (snapshot) => { show(snapshot); if (parent !== window) parent.postMessage(now(), location.origin); };
follow(document.body.dataset.feed, heard, (online) => { bar.hidden = online; });
