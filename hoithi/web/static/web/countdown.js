// Keeps every .countdown on the page ticking by the minute; without it the page shows the server's figure.
const MINUTE = 60_000;

function show(box) {
  const left = Math.max(0, Date.parse(box.dataset.until) - Date.now());
  const minutes = Math.floor(left / MINUTE);
  const parts = { days: Math.floor(minutes / 1440), hours: Math.floor(minutes / 60) % 24, minutes: minutes % 60 };
  for (const [name, value] of Object.entries(parts)) {
    const text = name === "days" ? value.toLocaleString("vi-VN") : String(value).padStart(2, "0");
    const place = box.querySelector(`[data-part="${name}"]`);
    if (place && place.textContent !== text) place.textContent = text;
  }
  if (left > 0) setTimeout(show, (left % MINUTE) + 50, box);
}

document.querySelectorAll(".countdown[data-until]").forEach(show);
