/* Optional. Without it the look chosen holds for the page, and an overdue promise is told at the next build. */
(() => {
  for (const next of document.querySelectorAll(".next[data-live]:not(.late)")) {
    const [due, over] = next.children, at = Date.parse(next.querySelector("time").dateTime);
    const look = () => { due.hidden = next.classList.toggle("late", Date.now() > at); over.hidden = !due.hidden; };
    look(); setInterval(look, 30000);
  }
  const key = "stillup-look", all = document.querySelectorAll("input[name=ap]");
  let kept; try { kept = localStorage.getItem(key); } catch { return; }
  const on = kept && document.getElementById(kept); if (on) on.checked = true;
  for (const one of all) one.addEventListener("change", () => localStorage.setItem(key, one.id));
})();
