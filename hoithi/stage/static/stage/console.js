// The console: a press goes without leaving the page, and what others do appears by itself. What is being
// typed, what is unfolded and the button that has the focus stay where they are meanwhile.
import { follow, learn, minutes, words } from "../web/feed.js";
import { elapsed } from "./shown.js";

const root = document.getElementById("console");
const line = document.getElementById("line");
let asked = null, sent = 0, drawn = 0, waiting = false, isAway = false;

const UNTOLD = ["csrfmiddlewaretoken", "seen"], OURS = ["open", "disabled"];
// What a press does and to what: in a newer answer the same press is the same form. What is folded
// away goes by its form, a question by its number.
function nameOf(node) {
  if (node.nodeType === Node.TEXT_NODE) return "";
  if (node.dataset.key) return node.dataset.key;
  if (node.matches("input")) return `${node.type} ${node.name}`;
  const form = node.matches("form") ? node : node.matches("details") ? node.querySelector("form") : null;
  if (!form) return node.matches("div") ? node.className : "";
  return [form.action, ...[...form.querySelectorAll("input[type=hidden]")].filter((field) => !UNTOLD.includes(field.name))
    .map((field) => `${field.name}=${field.value}`)].join(" ");
}

/** Makes `old` what `fresh` is, and keeps every element that is in both. */
function renew(old, fresh) {
  if (old.nodeType === Node.TEXT_NODE) { if (old.data !== fresh.data) old.data = fresh.data; return; }
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && !OURS.includes(name)) old.removeAttribute(name);
  const left = [...old.childNodes];
  for (const child of [...fresh.childNodes]) {
    const name = nameOf(child);
    // What has a name is found wherever it has moved up from; what has none, only where it stood.
    const at = left.findIndex((each, index) => (name || !index) && each.nodeName === child.nodeName && nameOf(each) === name);
    if (at < 0) { old.insertBefore(child, left[0] ?? null); continue; }
    for (const gone of left.splice(0, at)) gone.remove();
    renew(left.shift(), child);
  }
  for (const gone of left) gone.remove();
}

async function refresh() {
  const mine = sent += 1;
  waiting = true;
  const answer = await fetch(root.dataset.part, { headers: { "X-Requested-With": "fetch" }, signal: AbortSignal.timeout(6000) }).catch(() => null);
  const text = answer?.ok ? await answer.text().catch(() => "") : "";
  waiting = mine !== sent;
  reached(Boolean(text));
  // An answer that a newer one has overtaken would show what was.
  if (!text || mine < drawn) return;
  drawn = mine;
  const fresh = new DOMParser().parseFromString(text, "text/html");
  for (const part of fresh.querySelectorAll("section[id]")) {
    const old = document.getElementById(part.id);
    if (part.id === "told" && old.dataset.said && !part.children.length) continue;
    if (old) renew(old, part);
  }
  // The draws change places with the teams when the order is known.
  const order = [...fresh.querySelectorAll("section[id]")].map((part) => document.getElementById(part.id)).filter(Boolean);
  if (order.some((part, at) => at && order[at - 1].compareDocumentPosition(part) & Node.DOCUMENT_POSITION_PRECEDING)) {
    document.getElementById("seen").before(...order);
  }
  tick();
}

function reached(answered) {
  if (answered === !isAway) return;
  isAway = !answered;
  line.hidden = false;
  line.className = `band ${isAway ? "band-bad" : "band-good"}`;
  line.textContent = isAway ? words.away : words.back;
  if (isAway) return;
  // What a press has said while the line was away is over with it.
  const told = document.getElementById("told");
  if (told.dataset.said) { delete told.dataset.said; told.replaceChildren(); }
  setTimeout(() => { line.hidden = !isAway; }, 8000);
}

function say(text) {
  const told = document.getElementById("told");
  told.dataset.said = "yes";
  const line = document.createElement("p");
  line.className = "band band-bad";
  line.textContent = text;
  told.replaceChildren(line);
}

// Presses go one after the other. One's own press does not outdate the page for the next one, even
// where the next one comes first or a part was drawn from an older answer: `own` leads from what the
// page had seen to what one's own press has made of it.
const own = new Map();
let pressing = Promise.resolve();

root.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches(".press")) return;
  event.preventDefault();
  const fields = new FormData(form), button = form.querySelector("button"), hadFocus = form.contains(document.activeElement);
  // Shut until the page shows what came of it: a double click is one press.
  button.disabled = true;
  pressing = pressing.then(() => press(form, fields)).finally(() => {
    button.disabled = false;
    // The focus goes with a button that is shut; with it back, Enter goes on.
    if (hadFocus && document.activeElement === document.body) (form.closest("details:not([open])")?.querySelector("summary") ?? button).focus({ preventScroll: true });
  });
});
// A key that is held down is one press.
root.addEventListener("keydown", (event) => { if (event.repeat && event.key === "Enter") event.preventDefault(); });

async function press(form, fields) {
  let before = fields.get("seen");
  while (own.has(before)) before = own.get(before);
  fields.set("seen", before);
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(fields), headers: { Accept: "application/json" }, signal: AbortSignal.timeout(15000) }).catch(() => null);
  if (answer?.ok) {
    const { seen } = await answer.json();
    if (String(seen) !== before) own.set(before, String(seen));
    delete document.getElementById("told").dataset.said; form.reset(); form.closest("details")?.removeAttribute("open");
  } else say(answer ? (await answer.json().catch(() => ({}))).text ?? words.failed : words.offline);
  await refresh();
}

function tick() {
  for (const clock of document.querySelectorAll(".stage-clock")) {
    const most = Number(clock.dataset.most) * 1000;
    const passed = elapsed({ elapsed: Number(clock.dataset.elapsed), since: Number(clock.dataset.since) });
    clock.textContent = most ? `${minutes(passed)} / ${minutes(most)}` : minutes(passed);
    clock.classList.toggle("late", most > 0 && passed > most);
  }
}

function hear() {
  clearTimeout(asked);
  asked = setTimeout(refresh, 80);
}

// The preview of the big screen follows the round, and the console hears of it there; the page of an
// earlier turn has none.
const preview = document.querySelector(".preview");
if (preview) addEventListener("message", (event) => { if (event.source === preview.contentWindow) { learn(event.data); hear(); } });
else follow(root.dataset.feed, hear);
setInterval(tick, 250);
setInterval(() => { if (!waiting) refresh(); }, 2000);
tick();
