// The console: a press goes without leaving the page, and what others do appears by itself. A part in
// which something is being typed stays as it is until it is sent.
const root = document.getElementById("console");
let last = -1, asked = null;

const typing = (part) => part.contains(document.activeElement) && document.activeElement.matches("input:not([type=hidden]), select")
  || [...part.querySelectorAll("input:not([type=hidden])")].some((field) => field.value !== field.defaultValue)
  || [...part.querySelectorAll("select")].some((field) => field.selectedIndex > 0);

async function refresh() {
  const answer = await fetch(root.dataset.part, { headers: { "X-Requested-With": "fetch" } });
  if (!answer.ok) return;
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
  } else say(answer ? (await answer.json().catch(() => ({}))).text ?? answer.statusText : root.dataset.offline ?? "…");
  await refresh().catch(() => {});
}

function tick() {
  for (const clock of document.querySelectorAll(".stage-clock")) {
    const { elapsed, since, most } = clock.dataset;
    const passed = Number(elapsed) + (Number(since) ? Math.max(0, Date.now() + offset - Number(since)) : 0);
    const written = (ms) => `${Math.floor(ms / 60000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, "0")}`;
    clock.textContent = Number(most) ? `${written(passed)} / ${written(Number(most) * 1000)}` : written(passed);
    clock.classList.toggle("late", Number(most) > 0 && passed > Number(most) * 1000);
  }
}

let offset = 0;
const source = new EventSource(root.dataset.feed);
source.onmessage = (message) => {
  const told = JSON.parse(message.data);
  offset = told.now - Date.now();
  if (told.n === last) return;
  last = told.n;
  clearTimeout(asked);
  asked = setTimeout(refresh, 80);
};
setInterval(tick, 250);
setInterval(refresh, 2000);
tick();
