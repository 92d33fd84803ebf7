/* Optional, by the setting `live`: a page that stays open follows heartbeat.json, says when it is out of touch, and
   shows the reader's own times beside its own. */
(() => {
  const root = document.documentElement, script = document.currentScript;
  const live = document.getElementById("live");
  if (!live || !/^http/.test(location.protocol)) return;
  const main = document.getElementById("main"), words = live.dataset, [notice, age] = live.children, zone = { timeZone: words.zone };
  /* What is read stays where it is, whatever `work` puts above it. */
  const still = (work) => {
    const top = (each) => each.getBoundingClientRect().top;
    const mark = [...main.querySelectorAll("p, li, h2, summary")].find((each) => top(each) > innerHeight / 4), was = mark && top(mark);
    work();
    if (scrollY && mark?.isConnected) scrollBy(0, top(mark) - was);
  };
  const put = (where, text) => { if (where.textContent !== text) still(() => { where.textContent = text; }); };
  const clock = (at, more) => new Intl.DateTimeFormat(root.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...more }).format(at);
  const theirs = (at) => clock(at, { ...zone, timeZoneName: "short" });
  const ago = (span) => {
    const [length, unit] = span < 54e5 ? [6e4, "minute"] : span < 1296e5 ? [36e5, "hour"] : [864e5, "day"];
    return new Intl.RelativeTimeFormat(root.lang).format(-Math.round(span / length), unit);
  };

  /* The reader's own time beside the page's, where the two differ. */
  const local = (doc) => {
    for (const each of doc.querySelectorAll("main :is(.next, .f-since, .ups .when) time")) {
      const at = new Date(each.dateTime), day = { weekday: "short" };
      const [here, there] = [{}, zone].map((where) => [clock(at, where), at.toLocaleDateString("en", where)]);
      if (`${here}` === `${there}`) continue;
      const own = doc.createElement("span");
      own.className = "own";
      own.textContent = " " + words.own.replace("{time}", clock(at, here[1] === there[1] ? {} : day));
      each.after(own);
    }
  };

  /* Makes `old` like `fresh` in place: what did not change keeps focus, selection and place, and details stay as
     their reader left them. */
  let news, away;
  const key = (node) => node.nodeName + (node.id || (node.matches?.("li, details, .case") && node.querySelector("a")?.getAttribute("href")) || "");
  const morph = (old, fresh) => {
    if (old === live || old.isEqualNode(fresh)) return;
    const changed = () => { if (main.contains(old)) news = true; };
    if (old.nodeType !== 1) { old.nodeValue = fresh.nodeValue; return changed(); }
    for (const name of new Set([...old.getAttributeNames(), ...fresh.getAttributeNames()])) {
      const value = fresh.getAttribute(name);
      if (old.getAttribute(name) === value || (name === "open" && old.kept)) continue;
      changed();
      if (value === null) old.removeAttribute(name); else old.setAttribute(name, value);
    }
    let next = old.firstChild;
    for (const child of [...fresh.childNodes]) {
      let match = next;
      while (match && key(match) !== key(child)) match = match.nextSibling;
      if (match && match === next) next = next.nextSibling;
      else { old.insertBefore(match || child, next); changed(); }
      if (match) morph(match, child);
    }
    while (next) { const gone = next; next = next.nextSibling; gone.remove(); changed(); }
  };
  document.addEventListener("click", (event) => {
    const summary = event.target.closest("summary");
    if (summary) summary.parentNode.kept = true;
  });

  const get = async (url) => {
    const stop = new AbortController(), over = setTimeout(() => stop.abort(), 15e3);
    try {
      const reply = await fetch(url, { cache: "no-cache", signal: stop.signal });
      return [reply, await reply.text()];
    } finally { clearTimeout(over); }
  };
  const refresh = async () => {
    const [reply, html] = await get(location.href), doc = new DOMParser().parseFromString(html, "text/html");
    if (reply.status > 499) throw reply;
    if (!reply.ok || !doc.getElementById("main")) return;
    dispatchEvent(new CustomEvent("stillup-fresh", { detail: doc })); local(doc);
    const focus = document.activeElement;
    news = false; still(() => morph(document.body, doc.body));
    document.title = doc.title;
    const [icon, next] = [document, doc].map((each) => each.querySelector("link[rel=icon]"));
    if (!icon.isEqualNode(next)) icon.replaceWith(next);
    if (focus !== document.activeElement) {
      const to = focus.isConnected ? focus : [...document.links].find((link) => link.href === focus.href);
      to?.focus({ preventScroll: true });
    }
    if (news) put(notice, [words.news.replace("{time}", theirs(Date.now())), main.querySelector("article .last b")?.textContent].filter(Boolean).join(" "));
  };

  const lost = () => {
    if (off) return;
    put(notice, words[navigator.onLine ? "lost" : "offline"].replace("{time}", theirs(known)));
    put(age, "");
    if (away) return;
    away = true; root.classList.add("unsure");
    document.title = `${words.then} ${document.title}`;
  };
  const back = () => {
    if (!away) return;
    away = false; root.classList.remove("unsure"); put(notice, "");
    document.title = document.title.replace(`${words.then} `, "");
  };
  const beat = new URL("../heartbeat.json", script.src);
  let known = Date.now(), wait = 30, fails = 0, again = 0, last = 0, seen, busy, timer, off;
  const ask = async () => {
    if (busy || off) return;
    busy = true; last = Date.now();
    try {
      const [reply, text] = await get(beat), said = JSON.parse(text);
      if (!reply.ok) throw reply;
      if (said.live === false) { off = true; back(); return; }
      const now = Date.parse(reply.headers.get("date")) || Date.now(), built = document.querySelector(".foot time");
      if (text === seen) wait = Math.min(wait * 1.2, 120);
      else {
        /* A page out of a cache, or made while it was on its way, may be older than the first beat. */
        const old = performance.getEntriesByType("navigation")[0]?.transferSize === 0;
        again = seen || old || now - Date.parse(said.built_at) < 12e4 ? 2 : 0; wait = 30; seen = text;
      }
      back();
      if (built ? built.dateTime !== said.at : again > 0) { again--; await refresh(); }
      known = Date.now(); fails = 0;
      put(age, now - Date.parse(said.next_due) > 6e5 ? words.built.replace("{ago}", ago(now - Date.parse(said.built_at))) : "");
    } catch {
      fails++; wait = Math.min(5 * 2 ** fails, 300);
      if (fails > 1 || !navigator.onLine || Date.now() - known > 3e5) lost();
    }
    busy = false; plan();
  };
  /* Everybody asks at another moment, and nobody who does not look. */
  const plan = (within) => {
    clearTimeout(timer);
    if (!document.hidden && !off) timer = setTimeout(ask, 1000 * (within ? within * Math.random() : wait * (0.75 + Math.random() / 2)));
  };
  document.addEventListener("visibilitychange", () => plan(Date.now() - last > 15e3 ? 1 : 0));
  addEventListener("pageshow", (event) => { if (event.persisted) plan(1); });
  addEventListener("online", () => plan(5));
  addEventListener("offline", lost);
  root.style.overflowAnchor = "none"; /* browsers that keep the place by themselves would do it twice */
  root.style.setProperty("--then", JSON.stringify(`${words.then} `));
  local(document); plan(3);
})();
