// Counts the ticked boxes of a name for every line that tells how many there are, and says when they
// are too many. Without it the page shows the server's figure, and the server refuses.
for (const line of document.querySelectorAll("[data-tally]")) {
  const boxes = [...document.querySelectorAll(`input[type="checkbox"][name="${line.dataset.tally}"]`)];
  const count = line.querySelector("[data-count]");
  const over = line.querySelector("[data-over]");
  const tell = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    count.textContent = String(ticked);
    if (over) over.hidden = ticked <= Number(line.dataset.most);
  };
  for (const box of boxes) box.addEventListener("change", tell);
  if (boxes.length) tell();
}
