/* Optional. Without it the look chosen holds for the page, and an overdue promise, and a window that opens or ends,
   is told at the next build. */
(() => {
  for (const next of document.querySelectorAll(".next[data-live]:not(.late)")) {
    const [due, over] = next.children, at = Date.parse(next.querySelector("time").dateTime);
    const look = () => { due.hidden = next.classList.toggle("late", Date.now() > at); over.hidden = !due.hidden; };
    look(); setInterval(look, 30000);
  }
  for (const box of document.querySelectorAll("[data-turns]")) {
    const look = () => {
      let now = box.children[0];
      for (const turn of box.children) if (turn.dataset.from && Date.now() >= Date.parse(turn.dataset.from)) now = turn;
      const was = [...box.children].find((turn) => !turn.hidden);
      for (const turn of box.children) turn.hidden = turn !== now;
      const [before, after] = [was, now].map((turn) => turn.querySelector("h1"));
      if (after && was !== now) document.title = document.title.replace(before.textContent, after.textContent);
    };
    look(); setInterval(look, 1000);
  }
  const key = "stillup-look", all = document.querySelectorAll("input[name=ap]");
  let kept; try { kept = localStorage.getItem(key); } catch { return; }
  const on = kept && document.getElementById(kept); if (on) on.checked = true;
  for (const one of all) one.addEventListener("change", () => localStorage.setItem(key, one.id));
})();
