/* Optional. Without it the look chosen holds for the page, and an overdue promise, and a window that opens or ends,
   is told at the next build. */
(() => {
  const turn = (doc) => {
    const now = Date.now();
    for (const next of doc.querySelectorAll(".next[data-live]:not(.late)")) {
      const [due, over] = next.children, late = now > Date.parse(next.querySelector("time").dateTime);
      next.classList.toggle("late", late); due.hidden = late; over.hidden = !late;
    }
    for (const box of doc.querySelectorAll("[data-turns]")) {
      let to = box.children[0], was;
      for (const each of box.children) {
        if (now >= Date.parse(each.dataset.from)) to = each;
        if (!each.hidden) was ??= each;
      }
      if (was === to) continue;
      for (const each of box.children) each.hidden = each !== to;
      const [before, after] = [was, to].map((each) => each.querySelector("h1"));
      if (after) doc.title = doc.title.replace(before.textContent, after.textContent);
    }
  };
  turn(document); setInterval(() => turn(document), 1000);
  addEventListener("stillup-fresh", (event) => turn(event.detail));

  try {
    const kept = document.getElementById(localStorage.getItem("stillup-look"));
    if (kept) kept.checked = true;
    for (const one of document.querySelectorAll("input[name=ap]")) one.addEventListener("change", () => localStorage.setItem("stillup-look", one.id));
  } catch { /* no storage here: the look holds for this page */ }
})();
