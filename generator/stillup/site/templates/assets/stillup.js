/* Optional. Without it the look chosen holds for the page, and an overdue promise is told at the next build. */
(() => {
  for (const next of document.querySelectorAll(".next[data-late]")) {
    const due = Date.parse(next.querySelector("time").dateTime), label = next.querySelector("span");
    const look = () => { if (Date.now() > due) { next.classList.add("late"); label.textContent = next.dataset.late; } };
    look(); setInterval(look, 30000);
  }
  const key = "stillup-look", all = document.querySelectorAll("input[name=ap]");
  let kept; try { kept = localStorage.getItem(key); } catch { return; }
  const on = kept && document.getElementById(kept); if (on) on.checked = true;
  for (const one of all) one.addEventListener("change", () => localStorage.setItem(key, one.id));
})();
