// The audience's page: what the big screen shows, on a phone, and the programme under it.
import { follow, make, say, words } from "../web/feed.js";
import { digits, letter, mayPress, partName, questionClock, soFar, store, turnClock } from "./shown.js";

const here = document.getElementById("live"), line = document.getElementById("line");
const { base, vote } = document.body.dataset;
let ticking = [];

function clock(read) {
  const [face, tick] = digits(read);
  ticking.push(tick);
  return face;
}

function question(s) {
  const q = s.question, right = q.right ?? [];
  return make("section", { class: "card" },
    make("p", { class: "muted" }, `${say("question_of", { number: q.number, of: q.of })} · ${say("points", { points: q.points })}${q.star ? ` · ★ ${words.star}` : ""}${s.turn.so_far ? ` · ${soFar(s.turn)}` : ""}`),
    make("p", { class: "stem" }, q.stem),
    make("ol", { class: "plain options" }, ...q.options.map((option, index) => make("li", { class: right.includes(index) ? "right" : "" },
      make("b", {}, letter(index)), make("span", {}, option), right.includes(index) ? make("i", {}, `✓ ${words.right}`) : null))),
    q.spoilt ? make("p", { class: "band" }, words.spoilt) : null,
    q.floor && !q.right && !q.spoilt ? make("p", { class: "band" }, say("floor", { team: q.floor })) : null,
    mayPress(q) ? make("p", { class: "band" }, words.may_press) : null,
    !q.right && !q.spoilt && q.seconds && q.since ? clock(questionClock(q)) : null,
    q.right ? make("p", {}, q.replies.map((r) => `${r.team}: ${r.option < 0 ? words.no_answer : letter(r.option)} ${r.right ? "✓" : "✗"}`).join(" · ")) : null);
}

function turn(s) {
  const t = s.turn;
  const found = [make("p", { class: "part" }, partName(s, t.part)), make("h1", {}, t.team || words.all_teams), make("p", { class: "muted" }, t.unit)];
  if (s.question) found.push(question(s));
  else if (t.on && (t.since || t.elapsed)) found.push(clock(turnClock(t)));
  if (t.judges && (!t.on || t.sheets)) found.push(t.mark
    ? make("p", { class: "big" }, say("mark", { mark: t.mark.mark })) : make("p", { class: "muted" }, say("sheets", { in: t.sheets, of: t.judges })));
  if (t.mark?.off) found.push(make("p", { class: "muted" }, say("taken_off", { combined: t.mark.combined, off: t.mark.off, why: say(t.mark.side, { seconds: t.mark.excess }) })));
  return found;
}

const board = (s) => [make("h2", {}, words.board), make("table", {}, make("tbody", {}, ...s.board.map((row) => make("tr", {},
  make("td", { class: "number" }, String(row.place)), make("th", { scope: "row" }, row.team, make("small", {}, row.unit)),
  make("td", { class: "number" }, make("b", {}, row.total))))))];

const programme = (s) => [make("h2", {}, words.programme), s.drawn ? null : make("p", { class: "muted" }, words.not_drawn),
  make("p", { class: "muted small" }, say("parts_in_order", { labels: s.parts.map((part) => part.label).join(" · ") })), make("table", {}, make("tbody", {}, ...s.teams.map((team, index) => make("tr", {},
  s.drawn ? make("td", { class: "number" }, String(index + 1)) : null,
  make("th", { scope: "row", class: team.withdrawn ? "withdrawn" : "" }, team.name, make("small", {}, team.unit)),
  make("td", { class: "done" }, s.parts.map((part) => team.done.includes(part.key) ? "✓" : "·").join(" "))))))];

function voting(s) {
  const kept = `vote:${base}:${s.vote}`, chosen = store.read(kept, "");
  const choose = async (team) => {
    const device = store.read("vote-device", "") || Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
    store.write("vote-device", device);
    const answer = await fetch(vote, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ part: s.vote, team: team.id, device }) }).catch(() => null);
    if (answer?.ok) { store.write(kept, team.id); show(s); } else note.textContent = words.vote_failed;
  };
  const note = make("p", { class: "muted", role: "status" }, chosen ? words.voted : words.vote_once);
  return [make("h2", {}, partName(s, s.vote)), make("div", { class: "vote options" }, ...s.teams.filter((team) => !team.withdrawn).map((team) => {
    const button = make("button", { type: "button", class: team.id === chosen ? "chosen" : "", "aria-pressed": String(team.id === chosen) }, make("span", {}, team.name, make("small", {}, team.unit)), team.id === chosen ? make("i", {}, `✓ ${words.your_vote}`) : null);
    button.onclick = () => choose(team);
    return button;
  })), note];
}

function awards(s) {
  return [make("h1", {}, words.awards), ...[...s.awards].reverse().map((award) => make("div", { class: "card" }, make("p", { class: "part" }, award.label), make("p", { class: "big" }, award.team), make("p", { class: "muted" }, award.unit)))];
}

function show(s) {
  ticking = [];
  const found = [];
  if (s.scene.is === "awards") found.push(...awards(s));
  // While the audience votes, a turn that has ended is not what the page is about.
  else if (s.turn && !s.closed && (s.turn.on || !s.vote)) found.push(...turn(s));
  else found.push(make("h1", {}, s.round));
  if (s.vote) found.push(...voting(s));
  if (s.scene.is === "lots" && s.lots) found.push(make("p", {}, make("a", { class: "main", href: `${base}boc-tham/` }, words.check_lots)));
  if (s.board.length) found.push(...board(s));
  found.push(...programme(s));
  here.replaceChildren(...found.filter(Boolean));
}

setInterval(() => ticking.forEach((tick) => tick()), 250);
follow(document.body.dataset.feed, show, (online) => { line.hidden = online; });
