// What screens, phones and tablets show alike: clocks, the letters of options, the names of parts.
import { minutes, now, say } from "../web/feed.js";

export const letter = (index) => String.fromCharCode(65 + index);
export const partName = (s, key) => s.parts.find((part) => part.key === key)?.label ?? "";

/** What the clock of a turn has counted, milliseconds. */
export const elapsed = (turn) => turn.elapsed + (turn.since ? Math.max(0, now() - turn.since) : 0);

/** The clock of a turn as `{left, whole, text, tone}`: what is left of its time, then what is over; where
 * it has no limit, what has passed. */
export const turnClock = (turn) => () => {
  const passed = elapsed(turn), whole = turn.most * 1000, left = whole - passed;
  if (!whole) return { left: 0, whole: 0, text: minutes(passed), tone: "calm" };
  if (left < 0) return { left: 0, whole, text: `+${minutes(-left)}`, tone: "over" };
  return { left, whole, text: minutes(left + 999), tone: left <= turn.warn * 1000 ? "soon" : "calm" };
};

/** The countdown of a question, the same way; it stands until somebody starts it. */
export const questionClock = (question) => () => {
  const whole = question.seconds * 1000;
  const left = question.since ? Math.max(0, question.since + whole - now()) : whole;
  return { left, whole, text: String(Math.ceil(left / 1000)), tone: question.since && left <= 5000 ? "soon" : "calm" };
};

/** Whether other teams may take a question over at this moment. */
export const mayPress = (question) => Boolean(question.offered && !question.floor && !question.right && !question.spoilt);

/** What a team has by the questions up to now. */
export const soFar = (turn) => say("so_far", { points: turn.so_far });

const lasting = (seconds) => seconds % 60 ? minutes(seconds * 1000) : say("in_minutes", { count: seconds / 60 });

/** The time limits of a part as people say them. */
export const limits = ({ least, most }) => least && most ? say("between", { least: lasting(least), most: lasting(most) })
  : most ? say("no_longer", { most: lasting(most) }) : least ? say("no_shorter", { least: lasting(least) }) : "";

const memory = new Map();

/** What this browser keeps; where it keeps nothing, as long as the page is open. */
export const store = {
  read(key, otherwise) { try { return JSON.parse(localStorage.getItem(key)) ?? memory.get(key) ?? otherwise; } catch { return memory.get(key) ?? otherwise; } },
  write(key, value) { memory.set(key, value); try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* kept in memory */ } },
  drop(key) { memory.delete(key); try { localStorage.removeItem(key); } catch { /* nothing was kept */ } },
};

/** A QR code that waits in the page, as it is shown. */
export function qrCode(name) {
  const code = document.getElementById(name).cloneNode();
  code.removeAttribute("id");
  code.hidden = false;
  return code;
}

/** A clock in plain digits with what lets it go on. */
export function digits(read) {
  const face = document.createElement("p");
  face.setAttribute("role", "timer");
  const tick = () => { const { text, tone } = read(); face.textContent = text; face.className = `clock ${tone}`; };
  tick();
  return [face, tick];
}
