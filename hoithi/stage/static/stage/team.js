// A team's tablet: the question, its options, and the button to press first.
import { follow, make, say, words } from "../web/feed.js";
import { ask, enter, leave, seat } from "./seat.js";
import { digits, letter, mayPress, questionClock, soFar } from "./shown.js";

const here = document.getElementById("seat"), line = document.getElementById("line");
let ticking = [], last = null, mine = { turn: 0, position: -1, option: null };

async function tell(path, content, note) {
  const answer = await ask(path, content);
  if (answer.status === 401 || answer.body.code === "other_device") { leave(answer.body.text); return false; }
  note.textContent = answer.ok ? "" : answer.status ? answer.body.text ?? words.failed : words.offline;
  return answer.ok;
}

function show(s) {
  last = s;
  ticking = [];
  const team = seat()?.key?.slice(0, 8), turn = s.turn, q = s.question;
  if (!q || !turn?.on) { here.replaceChildren(make("h1", {}, seat()?.name ?? ""), make("p", { class: "muted" }, turn?.on ? say("on_stage", { team: turn.team }) : words.wait_question)); return; }
  if (mine.turn !== turn.number || mine.position !== q.number) mine = { turn: turn.number, position: q.number, option: null };
  // By ids: two units may call their teams alike.
  const own = (turn.id && !q.offered ? turn.id : q.floor_id) === team;
  const presses = !q.right && !q.spoilt && !q.floor && (turn.id ? q.offered && turn.id !== team : q.since);
  const note = make("p", { class: "small", role: "alert" });
  const [timer, tick] = q.seconds && q.since && !q.right && !q.spoilt ? digits(questionClock(q)) : [];
  if (tick) ticking.push(tick);
  const options = make("div", { class: "options" }, ...q.options.map((option, index) => {
    const right = q.right?.includes(index);
    const button = make("button", { type: "button", class: right ? "right" : mine.option === index ? "chosen" : "", "aria-pressed": String(mine.option === index) },
      make("b", {}, letter(index)), make("span", {}, option), right ? make("i", {}, `✓ ${words.right}`) : mine.option === index ? make("i", {}, words.your_answer) : null);
    button.disabled = !own || Boolean(q.right) || q.spoilt;
    button.onclick = async () => { if (await tell("ghe/tra-loi/", { turn: turn.number, option: index }, note)) { mine.option = index; show(last); } };
    return button;
  }));
  const press = make("button", { type: "button", class: "buzz" }, words.press);
  press.onclick = () => tell("ghe/bam/", { turn: turn.number }, note);
  here.replaceChildren(...[make("p", { class: "part" }, `${say("question_of", { number: q.number, of: q.of })} · ${say("points", { points: q.points })}${turn.so_far ? ` · ${turn.id === team ? "" : `${turn.team}: `}${soFar(turn)}` : ""}`),
    make("p", { class: "stem" }, q.stem), timer, presses ? press : mayPress(q) ? make("p", { class: "band" }, words.may_press) : null,
    q.floor && !q.right ? make("p", { class: "band" }, say("floor", { team: q.floor })) : null,
    options, note, q.spoilt ? make("p", { class: "band" }, words.spoilt) : null].filter(Boolean));
}

setInterval(() => ticking.forEach((tick) => tick()), 200);
enter(document.getElementById("enter"), async () => {
  document.getElementById("who").textContent = seat()?.name ?? "";
  // What this team has answered before the page was loaded anew.
  const own = await ask("ghe/");
  if (own.status === 401 || own.body.code === "other_device") { leave(own.body.text); return; }
  mine = own.body.answered ?? mine;
  follow(document.body.dataset.feed, show, (online) => { line.hidden = online; });
});
