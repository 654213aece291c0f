// A device of a judge or a team: one code opens it, everything that was typed waits in the browser's
// own storage until the server has said that it is on disk.
import { say, words } from "../web/feed.js";
import { store } from "./shown.js";

const { base } = document.body.dataset;
const KEY = `seat:${base}`;

export const seat = () => store.read(KEY, null);

/** What is kept beside the seat, such as sheets that wait. */
export const kept = (name, otherwise) => store.read(`${KEY}:${name}:${seat()?.id ?? ""}`, otherwise);
export const keep = (name, value) => store.write(`${KEY}:${name}:${seat()?.id ?? ""}`, value);

/** A request: `{ok, status, body}`; status 0 when the network is away. */
export async function ask(path, content) {
  const options = { headers: {}, cache: "no-store" };
  const token = seat()?.token;
  if (token) options.headers["X-Seat"] = token;
  if (content !== undefined) {
    Object.assign(options, { method: "POST", body: JSON.stringify(content) });
    options.headers["Content-Type"] = "application/json";
  }
  const stop = new AbortController(), timer = setTimeout(() => stop.abort(), 15000);
  try {
    const answer = await fetch(base + path, { ...options, signal: stop.signal });
    return { ok: answer.ok, status: answer.status, body: await answer.json().catch(() => ({})) };
  } catch {
    return { ok: false, status: 0, body: {} };
  } finally { clearTimeout(timer); }
}

const plainCode = (text) => text.toUpperCase().replace(/[^0-9A-Z]/g, "");

/** The form that opens the seat; `opened` is called when this device has it. A device that has another
 * seat keeps it until somebody opens the new one. */
export function enter(form, opened) {
  const kind = location.pathname.endsWith("/giam-khao/") ? "judge" : "team";
  const field = form.elements.code, told = form.querySelector("[role=alert]"), over = form.querySelector(".over-take");
  const send = async (takeOver) => {
    const answer = await ask("ghe/vao/", { code: field.value, kind, take_over: takeOver });
    if (answer.ok) { store.write(KEY, { ...answer.body, code: plainCode(field.value) }); form.hidden = true; opened(); return; }
    told.textContent = answer.status ? answer.body.text ?? words.failed : words.offline;
    over.hidden = answer.body.code !== "device_in_use";
  };
  form.onsubmit = (event) => { event.preventDefault(); send(false); };
  over.querySelector("button").onclick = () => send(true);
  const code = decodeURIComponent(location.hash.slice(1));
  if (code) { field.value = code; history.replaceState(null, "", location.pathname); }
  const own = seat();
  if (own && own.kind === kind && (!code || !own.code || own.code === plainCode(code))) { form.hidden = true; opened(); return; }
  if (own) told.textContent = say("seat_changes", { name: own.name });
  form.hidden = false;
}

/** The seat is another device's now, or its code was renewed: this page writes nothing any more. */
export function leave(text) {
  store.drop(KEY);
  const band = document.getElementById("gone");
  band.hidden = false;
  band.querySelector("span").textContent = text;
  document.getElementById("seat").inert = true;
}
