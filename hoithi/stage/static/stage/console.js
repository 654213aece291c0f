// The console: a press goes without leaving the page, and what others do appears by itself. A part in
// which something is being typed stays as it is until it is sent.
import { follow, minutes, words } from "../web/feed.js";
import { elapsed } from "./shown.js";

const root = document.getElementById("console");
let asked = null;

const typing = (part) => part.contains(document.activeElement) && document.activeElement.matches("input:not([type=hidden]), select")
  || [...part.querySelectorAll("input:not([type=hidden])")].some((field) => field.value !== field.defaultValue)
  || [...part.querySelectorAll("select")].some((field) => field.selectedIndex > 0);

async function refresh() {
  const answer = await fetch(root.dataset.part, { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of fresh.querySelectorAll("section[id]")) {
    const old = document.getElementById(part.id);
    if (part.id === "told" && old.dataset.said && !part.children.length) continue;
    if (old && !typing(old) && old.innerHTML !== part.innerHTML) {
      const opened = [...old.querySelectorAll("details[open] > summary")].map((each) => each.textContent);
      old.replaceWith(part);
      for (const summary of part.querySelectorAll("summary")) if (opened.includes(summary.textContent)) summary.parentElement.open = true;
    }
  }
  tick();
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
  const fields = new FormData(form), buttons = form.querySelectorAll("button");
  // Shut until the page shows what came of it: a double click is one press.
  for (const button of buttons) button.disabled = true;
  pressing = pressing.then(() => press(form, fields)).finally(() => { for (const button of buttons) button.disabled = false; });
});

async function press(form, fields) {
  let before = fields.get("seen");
  while (own.has(before)) before = own.get(before);
  fields.set("seen", before);
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(fields), headers: { Accept: "application/json" } }).catch(() => null);
  if (answer?.ok) {
    const { seen } = await answer.json();
    if (String(seen) !== before) own.set(before, String(seen));
    delete document.getElementById("told").dataset.said; form.reset(); form.closest("details")?.removeAttribute("open"); document.activeElement?.blur();
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

follow(root.dataset.feed, () => {
  clearTimeout(asked);
  asked = setTimeout(refresh, 80);
});
setInterval(tick, 250);
setInterval(refresh, 2000);
tick();
