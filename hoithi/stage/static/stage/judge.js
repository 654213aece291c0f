// A judge's sheets. Every mark is kept here first, sent at once, and says "Đã lưu" only when it is on
// disk. Without network one can mark team after team; everything goes when the network is back.
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
const isConfirmed = (sheet) => draft(sheet) ? draft(sheet).confirmed : sheet.confirmed;

function change(sheet, marks, confirmed) {
  told = "";
  const all = drafts(), before = all[key(sheet)];
  all[key(sheet)] = { part: sheet.part, team: sheet.team, turn: sheet.turn, seq: Math.max(before?.seq ?? 0, sheet.seq) + 1, marks, confirmed };
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
      if (sheet && sheet.seq < message.seq) Object.assign(sheet, { marks: message.marks, confirmed: message.confirmed, seq: message.seq });
    } else if (code === "other_device" || answer.status === 401) { sending = false; leave(answer.body.text); return; }
    else if (code === "message_repeated" && draft) draft.seq += 1000;
    else if (code === "turn_not_called") passed.add(name);
    else if (OVERTAKEN.includes(code)) { delete all[name]; told = answer.body.text; load(); }
    else if (answer.status >= 400 && answer.status < 500 && draft) Object.assign(draft, { refused: answer.body.text ?? words.failed, confirmed: false });
    else away = true;
    keep("sheets", all);
    fill();
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
    change(sheetNow(sheet), next, false);
    fill();
  };
  const note = make("p", { class: "small", role: "alert" });
  const field = make("input", { type: "text", inputmode: "decimal", autocomplete: "off", "aria-label": each.label });
  field.onchange = () => {
    const text = field.value.trim(), value = isDecimal(text) ? units(text) : NaN;
    if (text === "") { set(null); return; }
    if (Number.isNaN(value) || value > most || value % step) {
      field.setAttribute("aria-invalid", "true");
      note.textContent = say("mark_wrong", { maximum: each.maximum_text, step: each.step_text });
      return;
    }
    set(value);
  };
  const by = (sign) => {
    const button = make("button", { type: "button", "aria-label": say(sign > 0 ? "more" : "less", { label: each.label }) }, sign > 0 ? "+" : "−");
    button.onclick = () => {
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
    if (document.activeElement !== field || locked) field.value = each.key in marks ? shown(units(marks[each.key])) : "";
    if (isDecimal(field.value) || field.value === "") { field.removeAttribute("aria-invalid"); note.textContent = ""; }
    for (const input of [...buttons, field]) input.disabled = locked;
  };
  return { row, fillIn };
}

const sheetNow = (sheet) => sheets.find((each) => key(each) === key(sheet)) ?? sheet;

function sheetView(sheet) {
  const rows = sheet.criteria.map((each) => criterion(sheet, each));
  const band = make("p", { class: "band", role: "status" }), lacking = make("p", { class: "muted small" });
  const confirm = make("button", { type: "button", class: "main" }, words.confirm), how = make("p", { class: "muted small" }, words.unlock_how);
  const none = abstaining(sheet), total = make("b", {});
  confirm.onclick = () => {
    const marks = marksOf(sheetNow(sheet));
    if (window.confirm(say("confirm_asks", { team: sheet.name, total: shown(sum(sheet, marks)) }))) { change(sheetNow(sheet), { ...marks }, true); fill(); }
  };
  const fillIn = () => {
    const now = sheetNow(sheet), marks = marksOf(now), locked = isConfirmed(now) || Boolean(now.abstained);
    const missing = now.criteria.filter((each) => !(each.key in marks));
    const [tone, text] = stateOf(now);
    rows.forEach((each) => each.fillIn(marks, locked));
    band.className = `band ${tone}`;
    if (band.textContent !== text) band.textContent = text;
    lacking.textContent = missing.length && !locked ? say("lacking", { labels: missing.map((each) => each.label).join(", ") }) : "";
    confirm.hidden = locked;
    confirm.disabled = missing.length > 0;
    how.hidden = !locked;
    none.hidden = locked;
    total.textContent = `${shown(sum(now, marks))} / ${now.highest_text}`;
  };
  return { name: key(sheet), fillIn, parts: [make("p", { class: "part" }, sheet.label), make("h1", {}, sheet.name), make("p", { class: "muted" }, sheet.unit),
    ...rows.map((each) => each.row), band, lacking, how, confirm, none, make("p", { class: "total" }, make("span", {}, words.total), total)] };
}

const sum = (sheet, marks) => sheet.criteria.reduce((all, each) => all + (each.key in marks ? units(marks[each.key]) * Number(each.weight) : 0), 0);

function abstaining(sheet) {
  const reason = make("input", { type: "text", maxlength: 300, "aria-label": words.abstain_reason });
  const button = make("button", { type: "button", class: "plain" }, words.abstain);
  const told = make("p", { class: "small", role: "alert" });
  button.onclick = async () => {
    const answer = await ask("ghe/khong-cham/", { part: sheet.part, team: sheet.team, reason: reason.value });
    if (answer.ok) { await load(); return; }
    told.textContent = answer.status ? answer.body.text ?? words.failed : words.offline;
  };
  return make("details", {}, make("summary", {}, words.abstain), make("label", {}, words.abstain_reason, reason), button, told);
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
  // Without network nobody tells who is called: every team can be marked.
  const away = !online || !navigator.onLine || Object.values(drafts()).some((each) => !each.refused);
  const offered = sheets.filter((each) => each.called || draft(each) || each.next || away);
  const now = JSON.stringify([open, offered.map((each) => [key(each), isConfirmed(each) || Boolean(each.abstained)])]);
  if (now === listed) return;
  listed = now;
  list.replaceChildren(...offered.map((sheet) => {
    const button = make("button", { type: "button", "aria-current": key(sheet) === open ? "true" : null }, `${isConfirmed(sheet) || sheet.abstained ? "✓ " : ""}${sheet.name}`, make("small", {}, sheet.label));
    button.onclick = () => { open = key(sheet); fill(); scrollTo(0, 0); };
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
      return own && own.turn === fresh.turn && own.seq > fresh.seq ? { ...fresh, marks: own.marks, confirmed: own.confirmed, seq: own.seq } : fresh;
    });
    keep("last", sheets);
  } else if (!sheets.length) sheets = kept("last", []);
  const on = sheets.find((each) => each.on), current = sheets.find((each) => key(each) === open);
  // What is being marked stays open; the next team comes by itself when the sheet before is in.
  if (on && (!current || isConfirmed(current) || current.abstained)) open = key(on);
  fill();
}

for (const event of ["storage", "offline", "online"]) addEventListener(event, fill);
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
