// The desk's page of a round in which all answer together is drawn anew only when something has happened, so that no
// press is lost under a pointer: the seconds tick here.
const since = new WeakMap();

setInterval(() => {
  for (const node of document.querySelectorAll("[data-seconds]")) {
    if (!since.has(node)) since.set(node, performance.now());
    const passed = (performance.now() - since.get(node)) / 1000;
    node.textContent = String(Math.max(0, Math.ceil(Number(node.dataset.seconds) - passed)));
  }
}, 200);
