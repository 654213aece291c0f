// A judge's sheets. Every mark is kept here first, sent at once, and says "Đã lưu" only when it is on
// disk. Without network one can mark team after team; everything goes when the network is back.
import { follow, make, say, words } from "./feed.js";
import { ask, enter, keep, kept, leave, seat } from "./seat.js";

const here = document.getElementById("seat"), line = document.getElementById("line");
let sheets = [], open = null, sending = false, wait = 0, snapshot = null;

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
  const all = drafts(), before = all[key(sheet)];
  all[key(sheet)] = { part: sheet.part, team: sheet.team, turn: sheet.turn, seq: Math.max(before?.seq ?? 0, sheet.seq) + 1, marks, confirmed };
  keep("sheets", all);
  send();
}

async function send() {
  if (sending) return;
  sending = true;
  for (;;) {
    const waiting = Object.entries(drafts()).find(([, each]) => !each.refused);
    if (!waiting) break;
    const [name, message] = waiting;
    const answer = await ask("ghe/phieu/", message);
    const all = drafts(), now = all[name];
    if (answer.ok) {
      wait = 0;
      // Kept until nothing newer was typed meanwhile.
      if (now && now.seq === message.seq) delete all[name];
      const sheet = sheets.find((each) => key(each) === name);
      if (sheet) Object.assign(sheet, { marks: message.marks, confirmed: message.confirmed, seq: message.seq, saved: answer.body.at });
      keep("sheets", all);
    } else if (answer.status === 409 && answer.body.code === "other_device") { sending = false; leave(answer.body.text); return; }
    else if (answer.status === 401) { sending = false; leave(answer.body.text); return; }
    else if (answer.status === 409 && answer.body.code === "message_repeated" && now) {
      now.seq += 100;
      keep("sheets", all);
    } else if (answer.status >= 400 && answer.status < 500 && answer.body.code !== "turn_not_called") {
      if (now) { now.refused = answer.body.text ?? words.failed; now.confirmed = false; keep("sheets", all); }
    } else { break; }
    draw();
  }
  sending = false;
  if (Object.values(drafts()).some((each) => !each.refused)) {
    wait = Math.min(30000, wait ? wait * 2 : 1000);
    setTimeout(send, wait * (0.7 + Math.random() * 0.6));
  }
  draw();
}

function stateOf(sheet) {
  const waiting = draft(sheet);
  if (waiting?.refused) return ["bad", waiting.refused];
  if (waiting) return ["", waiting.confirmed ? words.waits_confirmed : words.waits];
  if (sheet.abstained) return ["good", say("abstained", { reason: sheet.abstained })];
  if (sheet.confirmed) return ["good", words.confirmed];
  return Object.keys(sheet.marks).length ? ["good", words.saved] : ["", words.empty];
}

function criterion(sheet, each, marks, locked) {
  const step = units(each.step), most = units(each.maximum);
  const set = (value) => {
    const next = { ...marksOf(sheet) };
    if (value === null) delete next[each.key]; else next[each.key] = (value / 100).toFixed(2);
    change(sheet, next, false);
    draw();
  };
  const field = make("input", { type: "text", inputmode: "decimal", autocomplete: "off", "aria-label": each.label, value: each.key in marks ? shown(units(marks[each.key])) : "" });
  field.onchange = () => {
    const text = field.value.trim();
    const value = isDecimal(text) ? units(text) : NaN;
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
      const now = each.key in marks ? units(marks[each.key]) : (sign > 0 ? -step : most + step);
      set(Math.max(0, Math.min(most, now + sign * step)));
    };
    return button;
  };
  const note = make("p", { class: "small", role: "alert" });
  const row = make("div", { class: "criterion" },
    make("div", {}, make("b", {}, each.label), each.about ? make("p", { class: "muted small" }, each.about) : null,
      make("p", { class: "most" }, say("at_most", { maximum: each.maximum_text, step: each.step_text, weight: each.weight_text })), note),
    make("div", { class: "stepper" }, by(-1), field, by(1)));
  if (locked) row.querySelectorAll("button, input").forEach((input) => { input.disabled = true; });
  return row;
}

function sheetView(sheet) {
  const marks = marksOf(sheet), locked = isConfirmed(sheet) || Boolean(sheet.abstained);
  const total = sheet.criteria.reduce((sum, each) => sum + (each.key in marks ? units(marks[each.key]) * Number(each.weight) : 0), 0);
  const lacking = sheet.criteria.filter((each) => !(each.key in marks));
  const [tone, text] = stateOf(sheet);
  const confirm = make("button", { type: "button", class: "main" }, words.confirm);
  confirm.disabled = lacking.length > 0;
  confirm.onclick = () => { if (window.confirm(say("confirm_asks", { team: sheet.name, total: shown(total) }))) { change(sheet, { ...marks }, true); draw(); } };
  return [make("p", { class: "part" }, sheet.label), make("h1", {}, sheet.name), make("p", { class: "muted" }, sheet.unit),
    ...sheet.criteria.map((each) => criterion(sheet, each, marks, locked)),
    make("p", { class: `band ${tone}`, role: "status" }, text),
    lacking.length && !locked ? make("p", { class: "muted small" }, say("lacking", { labels: lacking.map((each) => each.label).join(", ") })) : null,
    locked ? make("p", { class: "muted small" }, words.unlock_how) : confirm,
    locked ? null : abstaining(sheet),
    make("p", { class: "total" }, make("span", {}, words.total), make("b", {}, `${shown(total)} / ${sheet.highest_text}`))];
}

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

function draw() {
  const focused = document.activeElement?.getAttribute("aria-label");
  const active = sheets.find((each) => key(each) === open) ?? null;
  const list = make("nav", { class: "sheets", "aria-label": words.sheets }, ...sheets.filter((each) => each.called || draft(each) || snapshot === null || !navigator.onLine || each.next).map((sheet) => {
    const button = make("button", { type: "button", "aria-current": key(sheet) === open ? "true" : null }, `${isConfirmed(sheet) || sheet.abstained ? "✓ " : ""}${sheet.name}`, make("small", {}, sheet.label));
    button.onclick = () => { open = key(sheet); draw(); scrollTo(0, 0); };
    return button;
  }));
  const call = make("button", { type: "button", class: "plain" }, words.call);
  call.onclick = async () => { const answer = await ask("ghe/goi/", {}); call.textContent = answer.ok ? words.called : words.offline; };
  here.replaceChildren(...[...(active ? sheetView(active) : [make("h1", {}, words.nothing_yet), make("p", { class: "muted" }, words.nothing_yet_why)]),
    make("h2", {}, words.sheets), list, call].filter(Boolean));
  if (focused) here.querySelector(`[aria-label="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  document.getElementById("who").textContent = seat()?.name ?? "";
}

async function load() {
  const answer = await ask("ghe/");
  if (answer.status === 401 || answer.body.code === "other_device") { leave(answer.body.text); return; }
  if (answer.ok) keep("last", answer.body.sheets);
  sheets = answer.ok ? answer.body.sheets : sheets.length ? sheets : kept("last", []);
  const on = sheets.find((each) => each.on);
  const current = sheets.find((each) => key(each) === open);
  // What is being marked stays open; the next team comes by itself when the sheet before is in.
  if (on && (!current || isConfirmed(current) || current.abstained)) open = key(on);
  draw();
}

addEventListener("storage", draw);
enter(document.getElementById("enter"), () => {
  load().then(send);
  follow(document.body.dataset.feed, (s) => { const before = snapshot; snapshot = s; if (!before || before.turn?.number !== s.turn?.number || before.turn?.on !== s.turn?.on || before.n !== s.n) load(); },
    (online) => { line.hidden = online; if (online) { wait = 0; send(); } });
});
