// A judge's sheets. Every mark and note is kept here first, sent at once, and says "Đã lưu" only when
// it is on disk. Without network one can mark team after team; everything goes when the network is back.
import { follow, make, say, words } from "../web/feed.js";
import { ask, enter, keep, kept, leave, seat } from "./seat.js";

const here = document.getElementById("seat"), line = document.getElementById("line");
let sheets = [], open = null, sending = false, wait = 0, online = true, told = "";

const key = (sheet) => `${sheet.part}/${sheet.team}`;
const drafts = () => kept("sheets", {});
const draft = (sheet) => drafts()[key(sheet)];
const isDecimal = (text) => /^\d{1,4}([.,]\d{1,2})?$/.test(text.trim());
const units = (text) => Math.round(Number(String(text).replace(",", ".")) * 100);
const shown = (hundredths) => (hundredths / 100).toLocaleString("vi-VN", { maximumFractionDigits: 2 });

/** The marks of a sheet as this page has them: what waits here stands before what the server has. */
const marksOf = (sheet) => draft(sheet)?.marks ?? sheet.marks;
const noteOf = (sheet) => draft(sheet)?.note ?? sheet.note ?? "";
const isConfirmed = (sheet) => draft(sheet) ? draft(sheet).confirmed : sheet.confirmed;
const isDone = (sheet) => isConfirmed(sheet) || Boolean(sheet.abstained);

// What was typed and is no mark stays as it is, also when the page is loaded anew, until it is mended.
function wrongs(sheet) {
  const own = kept("wrong", {})[key(sheet)];
  return own && (!own.turn || own.turn === sheet.turn) ? own.texts : {};
}
function setWrong(sheet, criterion, text) {
  const texts = { ...wrongs(sheet) };
  if (text === null) delete texts[criterion]; else texts[criterion] = text;
  keep("wrong", { ...kept("wrong", {}), [key(sheet)]: { turn: sheet.turn, texts } });
}
const isEmpty = (sheet) => !Object.keys(marksOf(sheet)).length && !noteOf(sheet) && !Object.keys(wrongs(sheet)).length;

function change(sheet, { marks = marksOf(sheet), note = noteOf(sheet), confirmed = false }) {
  told = "";
  const all = drafts(), before = all[key(sheet)];
  all[key(sheet)] = { part: sheet.part, team: sheet.team, turn: sheet.turn, seq: Math.max(before?.seq ?? 0, sheet.seq) + 1, marks, note, confirmed };
  keep("sheets", all);
  send();
}

// What the server will not take, whatever is sent again: its own state is shown instead.
const OVERTAKEN = ["sheet_is_in", "turn_is_void", "judge_barred", "closed_already"];

async function send() {
  if (sending) return;
  sending = true;
  const passed = new Set();
  let away = false;
  while (!away) {
    const waiting = Object.entries(drafts()).find(([name, each]) => !each.refused && !passed.has(name));
    if (!waiting) break;
    const [name, message] = waiting;
    const answer = await ask("ghe/phieu/", message);
    const all = drafts(), draft = all[name], code = answer.body.code;
    if (answer.ok) {
      wait = 0;
      // Kept while something newer was typed meanwhile.
      if (draft?.seq === message.seq) delete all[name];
      const sheet = sheets.find((each) => key(each) === name);
      if (sheet && sheet.seq < message.seq) Object.assign(sheet, { marks: message.marks, note: message.note ?? sheet.note, confirmed: message.confirmed, seq: message.seq });
      if (message.confirmed) touched = performance.now(); // time to read that it is in
    } else if (code === "other_device" || answer.status === 401) { sending = false; leave(answer.body.text); return; }
    else if (code === "message_repeated" && draft) draft.seq += 1000;
    else if (code === "turn_not_called") passed.add(name);
    else if (OVERTAKEN.includes(code)) { delete all[name]; told = answer.body.text; load(); }
    else if (answer.status >= 400 && answer.status < 500 && draft) Object.assign(draft, { refused: answer.body.text ?? words.failed, confirmed: false });
    else away = true;
    keep("sheets", all);
    fill();
    goOn();
  }
  sending = false;
  if (Object.values(drafts()).some((each) => !each.refused)) {
    wait = Math.min(30000, wait ? wait * 2 : 1000);
    setTimeout(send, wait * (0.7 + Math.random() * 0.6));
  }
  fill();
}

function stateOf(sheet) {
  const waiting = draft(sheet);
  if (waiting?.refused) return ["bad", waiting.refused];
  if (!waiting && told) return ["bad", told];
  if (waiting) return ["", waiting.confirmed ? words.waits_confirmed : words.waits];
  if (sheet.abstained) return ["good", say("abstained", { reason: sheet.abstained })];
  if (sheet.confirmed) return ["good", words.confirmed];
  return Object.keys(sheet.marks).length ? ["good", words.saved] : ["", words.empty];
}

// A sheet is drawn once and then only filled in: a button that a thumb is on is never replaced.
let view = null;

function criterion(sheet, each) {
  const step = units(each.step), most = units(each.maximum);
  const set = (value) => {
    const next = { ...marksOf(sheetNow(sheet)) };
    if (value === null) delete next[each.key]; else next[each.key] = (value / 100).toFixed(2);
    setWrong(sheetNow(sheet), each.key, null);
    change(sheetNow(sheet), { marks: next });
    fill();
  };
  const note = make("p", { class: "small over", role: "alert" });
  const field = make("input", { type: "text", inputmode: "decimal", autocomplete: "off", "aria-label": each.label });
  field.onchange = () => {
    const text = field.value.trim(), value = isDecimal(text) ? units(text) : NaN;
    if (text === "") { set(null); return; }
    if (Number.isNaN(value) || value > most || value % step) { setWrong(sheetNow(sheet), each.key, text); fill(); return; }
    set(value);
  };
  const by = (sign) => {
    const button = make("button", { type: "button", "aria-label": say(sign > 0 ? "more" : "less", { label: each.label }) }, sign > 0 ? "+" : "−");
    button.onclick = () => {
      field.blur();
      const marks = marksOf(sheetNow(sheet));
      const now = each.key in marks ? units(marks[each.key]) : (sign > 0 ? -step : most + step);
      set(Math.max(0, Math.min(most, now + sign * step)));
    };
    return button;
  };
  const buttons = [by(-1), by(1)];
  const row = make("div", { class: "criterion" },
    make("div", {}, make("b", {}, each.label), each.about ? make("p", { class: "muted small" }, each.about) : null,
      make("p", { class: "most" }, say("at_most", { maximum: each.maximum_text, step: each.step_text, weight: each.weight_text })), note),
    make("div", { class: "stepper" }, buttons[0], field, buttons[1]));
  const fillIn = (marks, locked) => {
    const wrong = locked ? undefined : wrongs(sheetNow(sheet))[each.key];
    if (document.activeElement !== field || locked) field.value = wrong ?? (each.key in marks ? shown(units(marks[each.key])) : "");
    field.toggleAttribute("aria-invalid", false);
    if (wrong !== undefined) field.setAttribute("aria-invalid", "true");
    note.textContent = wrong === undefined ? "" : say("mark_wrong", { maximum: each.maximum_text, step: each.step_text });
    for (const input of [...buttons, field]) input.disabled = locked;
  };
  return { row, fillIn };
}

/** The judge's own words on a sheet, folded away while there are none. */
function noting(sheet) {
  const field = make("textarea", { maxlength: 1000, rows: 4, "aria-label": words.note });
  let later = 0;
  const save = () => {
    clearTimeout(later);
    const now = sheetNow(sheet);
    if (field.value !== noteOf(now) && !isDone(now)) { change(now, { note: field.value }); fill(); }
  };
  field.onchange = save;
  field.oninput = () => { clearTimeout(later); later = setTimeout(save, 1500); };
  const part = make("details", { class: "note", open: Boolean(noteOf(sheet)) }, make("summary", {}, words.note), field, make("p", { class: "muted small" }, words.note_how));
  const fillIn = (text, locked) => {
    if (document.activeElement !== field || locked) field.value = text;
    field.readOnly = locked;
    part.hidden = locked && !text;
  };
  return { part, fillIn };
}

const sheetNow = (sheet) => sheets.find((each) => key(each) === key(sheet)) ?? sheet;

function sheetView(sheet) {
  const rows = sheet.criteria.map((each) => criterion(sheet, each));
  const band = make("p", { class: "band", role: "status" }), lacking = make("p", { class: "muted small" });
  const confirm = make("button", { type: "button", class: "main" }, words.confirm), how = make("p", { class: "muted small" }, words.unlock_how);
  const note = noting(sheet), none = abstaining(sheet), total = make("b", {});
  const toMend = (now) => now.criteria.filter((each) => each.key in wrongs(now));
  confirm.onclick = () => {
    // A phone's button does not always take what is being typed out of its field.
    document.activeElement?.blur();
    const marks = marksOf(sheetNow(sheet));
    if (toMend(sheetNow(sheet)).length || sheet.criteria.some((each) => !(each.key in marks))) return;
    if (window.confirm(say("confirm_asks", { team: sheet.name, total: shown(sum(sheet, marks)) }))) { due = true; change(sheetNow(sheet), { marks: { ...marks }, confirmed: true }); fill(); }
  };
  const fillIn = () => {
    const now = sheetNow(sheet), marks = marksOf(now), locked = isDone(now);
    const missing = now.criteria.filter((each) => !(each.key in marks)), mend = toMend(now);
    const labels = (those) => ({ labels: those.map((each) => each.label).join(", ") });
    const [tone, text] = mend.length && !locked ? ["bad", say("to_mend", labels(mend))] : stateOf(now);
    rows.forEach((each) => each.fillIn(marks, locked));
    note.fillIn(noteOf(now), locked);
    band.className = `band ${tone}`;
    if (band.textContent !== text) band.textContent = text;
    lacking.textContent = missing.length && !locked ? say("lacking", labels(missing)) : "";
    confirm.hidden = locked;
    confirm.disabled = missing.length + mend.length > 0;
    how.hidden = !locked;
    none.hidden = locked;
    total.textContent = `${shown(sum(now, marks))} / ${now.highest_text}`;
  };
  return { name: key(sheet), fillIn, parts: [make("p", { class: "part" }, sheet.label), make("h1", {}, sheet.name), make("p", { class: "muted" }, sheet.unit),
    ...rows.map((each) => each.row), note.part, band, lacking, how, confirm, none, make("div", { class: "foot" }, elsewhere, make("p", { class: "total" }, make("span", {}, make("small", {}, words.total), sheet.name), total))] };
}

const sum = (sheet, marks) => sheet.criteria.reduce((all, each) => all + (each.key in marks ? units(marks[each.key]) * Number(each.weight) : 0), 0);

function abstaining(sheet) {
  const reason = make("input", { type: "text", maxlength: 300, "aria-label": words.abstain_reason });
  const button = make("button", { type: "button", class: "plain" }, words.abstain);
  const told = make("p", { class: "small", role: "alert" });
  button.onclick = async () => {
    const answer = await ask("ghe/khong-cham/", { part: sheet.part, team: sheet.team, reason: reason.value });
    if (answer.ok) { due = true; await load(); return; }
    told.textContent = answer.status ? answer.body.text ?? words.failed : words.offline;
  };
  return make("details", {}, make("summary", {}, words.abstain), make("label", {}, words.abstain_reason, reason), button, told);
}

// Which sheet is open. The team that is called comes by itself, but nothing is drawn anew under a thumb:
// only when the sheet before is in or has nothing on it, and nobody has touched the page for a moment.
const REST_MS = 2000;
let due = true, onStage = "", touched = -REST_MS, later = 0;
for (const event of ["pointerdown", "keydown", "input"]) addEventListener(event, () => { touched = performance.now(); }, true);
const isTyping = () => place.contains(document.activeElement) && document.activeElement.matches("input, textarea");
const current = () => sheets.find((each) => key(each) === open);

function turnTo(sheet) {
  document.activeElement?.blur();
  [open, due] = [key(sheet), false];
  fill();
  scrollTo(0, 0);
}

function goOn() {
  clearTimeout(later);
  const on = sheets.find((each) => each.on), before = current();
  if (!due || !on || draft(before ?? on)?.confirmed) return;
  if (before && key(before) !== key(on) && !isDone(before) && !isEmpty(before)) return;
  const rest = touched + REST_MS - performance.now();
  if (before && key(before) !== key(on) && (rest > 0 || isTyping())) { later = setTimeout(goOn, Math.max(rest, 500)); return; }
  if (!before || key(before) !== key(on)) turnTo(on);
  due = false;
}

const elsewhere = make("div", { class: "band", "aria-live": "polite" }), which = make("p"), over = make("button", { type: "button", class: "plain" }, words.go_on);
elsewhere.append(which, over);
over.onclick = () => { const on = sheets.find((each) => each.on); if (on) turnTo(on); };

/** Says it where another team is on stage than the one whose sheet is open; at the foot of the page,
 * where it pushes nothing away. */
function tellElsewhere() {
  const on = sheets.find((each) => each.on), now = current();
  const called = (sheet) => on && now && on.name === now.name ? `${sheet.name} (${sheet.label})` : sheet.name;
  elsewhere.hidden = !on || !now || key(on) === key(now);
  const text = elsewhere.hidden ? "" : say("elsewhere", { on: called(on), open: called(now) });
  if (which.textContent !== text) which.textContent = text;
}

const place = make("div"), list = make("nav", { class: "sheets", "aria-label": words.sheets });
const call = make("button", { type: "button", class: "plain" }, words.call);
call.onclick = async () => { const answer = await ask("ghe/goi/", {}); call.textContent = answer.ok ? words.called : words.offline; };
let listed = "";

function fill() {
  const active = sheets.find((each) => key(each) === open) ?? null;
  if ((view?.name ?? "") !== (active ? key(active) : "") || !place.children.length) {
    view = active ? sheetView(active) : null;
    place.replaceChildren(...(view?.parts ?? [make("h1", {}, words.nothing_yet), make("p", { class: "muted" }, words.nothing_yet_why)]));
  }
  view?.fillIn();
  tellElsewhere();
  // Without network nobody tells who is called: every team can be marked.
  const away = !online || !navigator.onLine || Object.values(drafts()).some((each) => !each.refused);
  const offered = sheets.filter((each) => each.called || draft(each) || each.next || away);
  const now = JSON.stringify([open, offered.map((each) => [key(each), isDone(each)])]);
  if (now === listed) return;
  listed = now;
  list.replaceChildren(...offered.map((sheet) => {
    const button = make("button", { type: "button", "aria-current": key(sheet) === open ? "true" : null }, `${isDone(sheet) ? "✓ " : ""}${sheet.name}`, make("small", {}, sheet.label));
    button.onclick = () => turnTo(sheet);
    return button;
  }));
}

/** What the server knows; an answer that was overtaken by a newer save of this page is older than it. */
async function load() {
  const answer = await ask("ghe/");
  if (answer.status === 401 || answer.body.code === "other_device") { leave(answer.body.text); return; }
  if (answer.ok) {
    sheets = answer.body.sheets.map((fresh) => {
      const own = sheets.find((each) => key(each) === key(fresh));
      return own && own.turn === fresh.turn && own.seq > fresh.seq ? { ...fresh, marks: own.marks, note: own.note, confirmed: own.confirmed, seq: own.seq } : fresh;
    });
    keep("last", sheets);
  } else if (!sheets.length) sheets = kept("last", []);
  const on = sheets.find((each) => each.on);
  if (on && key(on) !== onStage) [onStage, due] = [key(on), true];
  fill();
  goOn();
}

for (const event of ["storage", "offline", "online"]) addEventListener(event, fill);
// Another tab of this phone has sent something: what is on disk now is asked for.
let reading = 0;
addEventListener("storage", () => { clearTimeout(reading); reading = setTimeout(load, 400); });
enter(document.getElementById("enter"), () => {
  document.getElementById("who").textContent = seat()?.name ?? "";
  here.replaceChildren(place, make("h2", {}, words.sheets), list, call);
  load().then(send);
  let heard = null;
  follow(document.body.dataset.feed, (s) => {
    // Only what the console does concerns a sheet: a call, an unlocking, a team that withdraws.
    if (s.cue !== heard) load();
    heard = s.cue;
  }, (reached) => {
    online = reached;
    line.hidden = reached;
    if (reached) { wait = 0; send(); }
    fill();
  });
});
