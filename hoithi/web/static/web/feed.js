// Following a round: one snapshot a line, pushed by the server; the clock is the server's.

let offset = -Infinity;

/** The server's time in milliseconds, as well as this page knows it. */
export const now = () => Date.now() + (offset === -Infinity ? 0 : offset);

// A message is never early: of several differences the largest was the least delayed.
export const learn = (told) => { offset = Math.max(offset, told - Date.now()); };

// The server sends a beat every few seconds. A line that dies without a word, such as a cable that was
// pulled out of an access point, is told by its silence alone.
const SILENCE_MS = 20000, TRY_AGAIN_MS = 8000;

/** Calls `show(snapshot)` for where the round stands and after every change, `tell(isOnline)` when
 * the line goes or comes back. The browser connects again by itself; after a longer absence and after
 * silence we do. A page that nobody sees keeps no line: a browser has six of them for a server. */
export function follow(address, show, tell = () => {}) {
  let source = null, last = -1, heard = 0, patience = SILENCE_MS;
  const hear = () => { heard = performance.now(); patience = SILENCE_MS; tell(true); };
  const connect = () => {
    source?.close();
    if (document.hidden) return;
    source = new EventSource(address);
    heard = performance.now();
    source.onopen = hear;
    source.addEventListener("beat", hear);
    source.onmessage = (message) => {
      const told = JSON.parse(message.data);
      learn(told.now);
      hear();
      if (told.n !== last) { last = told.n; show(told.s); }
    };
    source.onerror = () => {
      tell(false);
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, 1500 + Math.random() * 1500);
    };
  };
  connect();
  setInterval(() => {
    if (document.hidden || performance.now() - heard < patience) return;
    patience = TRY_AGAIN_MS;
    tell(false);
    connect();
  }, 1000);
  addEventListener("online", connect);
  document.addEventListener("visibilitychange", connect);
  addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
}

/** The same by asking: `address` answers `{now, n, s, again}`, and `again` says in how many milliseconds
 * to ask the next time. */
export function ask(address, show, tell = () => {}) {
  let last = -1;
  const once = async () => {
    const answer = await fetch(address, { cache: "no-store" }).catch(() => null);
    const told = answer?.ok ? await answer.json().catch(() => null) : null;
    tell(told !== null);
    if (told) {
      learn(told.now);
      if (told.n !== last) { last = told.n; show(told.s); }
    }
    setTimeout(once, told ? told.again : 1500);
  };
  once();
}

/** An element: `make("p", {class: "big"}, "text", child)`. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElementNS(
    ["svg", "circle", "path"].includes(name) ? "http://www.w3.org/2000/svg" : "http://www.w3.org/1999/xhtml", name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}

/** Makes letters smaller until nothing on a screen is cut off, whatever the length of a question or the number of
 * teams. What is centred overflows at its top too, which scrollHeight does not count. */
export function fit(stage) {
  const room = stage.getBoundingClientRect();
  for (let size = 100; size >= 40; size -= 5) {
    stage.style.fontSize = `${size}%`;
    if ([...stage.children].every((each) => {
      const box = each.getBoundingClientRect();
      return box.top >= room.top - 1 && box.bottom <= room.bottom + 1;
    })) return;
  }
}

/** Texts of the page, as the server wrote them in the reader's language. */
export const words = JSON.parse(document.getElementById("words").textContent);

/** A sentence with its places filled: `say("sheets", {in: 3, of: 5})`. */
export const say = (key, facts = {}) =>
  Object.entries(facts).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), words[key]);

/** Minutes and seconds: 4:05. */
export const minutes = (ms) => {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
};
