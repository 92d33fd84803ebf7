/* Optional. Without it the look chosen holds for the page, an overdue promise, and a window that opens or ends, is told
   at the next build, and a month is searched on the search page. */
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
      doc.title = doc.title.replace(...[was, to].map((each) => each.querySelector("h1")?.textContent));
    }
  };
  turn(document); setInterval(turn, 1000, document);

  try {
    document.getElementById(localStorage["stillup-look"])?.click();
    for (const one of document.querySelectorAll("[name=ap]")) one.onchange = () => { localStorage["stillup-look"] = one.id; };
  } catch { /* no storage here: the look holds for this page */ }

  const find = document.getElementById("q");
  const fold = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  const filter = (doc) => {
    const list = doc.getElementById("entries");
    if (!find || !list) return;
    const words = fold(find.value).split(/\s+/).filter(Boolean), all = [...list.querySelectorAll(".ev")];
    for (const each of all) {
      const text = fold(each.closest("li").firstChild.textContent + " " + each.textContent);
      each.hidden = !words.every((word) => text.includes(word));
    }
    for (const day of list.querySelectorAll("li")) day.hidden = words[0] && !day.querySelector(".ev:not([hidden])");
    const found = find.dataset.found.replace("{n}", all.filter((each) => !each.hidden).length).replace("{all}", all.length);
    doc.querySelector(".find [role=status]").textContent = words[0] ? found : "";
  };
  find?.addEventListener("input", () => filter(document));

  addEventListener("stillup-fresh", (event) => { turn(event.detail); filter(event.detail); });
})();
