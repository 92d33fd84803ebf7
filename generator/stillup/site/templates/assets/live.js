/* Optional, by the setting `live`: a page that stays open follows heartbeat.json, says when it is out of touch, and
   shows the reader's own times beside its own. Published without these comments. */
(() => {
  const root = document.documentElement, live = document.getElementById("live"), beat = new URL("../heartbeat.json", document.currentScript.src);
  if (!live || !/^http/.test(beat)) return;
  const main = document.getElementById("main"), words = live.dataset, [notice, age] = live.children, zone = { timeZone: words.zone };
  /* What is read stays where it is, whatever `work` puts above it. */
  const still = (work) => {
    const top = (each) => each?.getBoundingClientRect().top;
    const mark = [...main.querySelectorAll("p, li, h2, summary")].find((each) => top(each) > innerHeight / 4), was = top(mark);
    work();
    if (scrollY && mark?.isConnected) scrollBy(0, top(mark) - was);
  };
  const put = (where, text) => { if (where.textContent !== text) still(() => { where.textContent = text; }); };
  const clock = (at, more) => new Date(at).toLocaleTimeString(root.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...more });
  const timed = (key, at) => words[key].replace("{time}", clock(at, { ...zone, timeZoneName: "short" }));
  const ago = (span) => {
    const [unit, length] = Object.entries({ day: 864e5, hour: 36e5, minute: 6e4 }).find((each) => span > 1.5 * each[1]);
    return new Intl.RelativeTimeFormat(root.lang).format(-Math.round(span / length), unit);
  };

  /* The reader's own time beside the page's, where the two differ, with the day where that differs too. The first time
     a browser words takes it longer than all the rest of a page: no word for readers whose digits stand there already,
     which within 10 hours of UTC are those of the same day. */
  const local = (doc) => {
    for (const each of doc.querySelectorAll("main :is(.next, .f-since, .ups .when) time")) {
      const at = new Date(each.dateTime);
      if (at.getTimezoneOffset() ** 2 < 36e4 && each.textContent.includes(at.toTimeString().slice(0, 5))) continue;
      const [[own, here], [time, there]] = [{}, zone].map((where) => [clock(at, where), clock(at, { ...where, weekday: "short" })]);
      if (here === there) continue;
      const span = doc.createElement("span");
      span.className = "own";
      span.textContent = " " + words.own.replace("{time}", there.replace(time, own) === here ? own : here);
      each.after(span);
    }
  };

  /* Makes `old` like `fresh` in place: what did not change keeps focus, selection and place, and details stay as
     their reader left them. */
  const key = (node) => node.nodeName + (node.id || node.matches?.("li, details, .case") && node.querySelector("a")?.href);
  const morph = (old, fresh) => {
    if (old.kept) fresh.open = old.open;
    if (old === live || old.isEqualNode(fresh)) return;
    if (!old.attributes) { old.nodeValue = fresh.nodeValue; return; }
    for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
    for (const { name, value } of fresh.attributes) old.setAttribute(name, value);
    const left = [...old.childNodes];
    for (const child of [...fresh.childNodes]) {
      const at = left.findIndex((each) => key(each) === key(child)), match = left[at];
      if (at) old.insertBefore(match || child, left[0]);
      if (match) { morph(match, child); left.splice(at, 1); }
    }
    for (const each of left) each.remove();
  };
  document.addEventListener("click", (event) => { (event.target.closest("summary")?.parentNode || {}).kept = true; });

  const get = (url) => fetch(url, { cache: "no-cache", signal: AbortSignal.timeout?.(15e3) });
  const refresh = async () => {
    const reply = await get(location.href), doc = new DOMParser().parseFromString(await reply.text(), "text/html"), fresh = doc.getElementById("main");
    if (reply.status > 499) throw reply;
    if (!reply.ok || !fresh) return;
    dispatchEvent(new CustomEvent("stillup-fresh", { detail: doc })); local(doc);
    const focus = document.activeElement, news = main.textContent !== fresh.textContent;
    still(() => morph(document.body, doc.body));
    document.title = doc.title;
    morph(...[document, doc].map((each) => each.querySelector("link[rel=icon]")));
    (focus.isConnected ? focus : [...document.links].find((link) => link.href === focus.href))?.focus({ preventScroll: true });
    if (news) put(notice, [timed("news", Date.now()), main.querySelector("article .last b")?.textContent].join(" ").trim());
  };

  let known = Date.now(), wait = 30, fails = 0, again = 0, away = false, seen, busy, timer;
  const touch = (lost) => {
    if (lost) { put(notice, timed(navigator.onLine ? "lost" : "offline", known)); put(age, ""); }
    else if (away) put(notice, "");
    if (away !== lost) document.title = lost ? words.then + document.title : document.title.replace(words.then, "");
    away = root.classList.toggle("unsure", lost);
  };
  const ask = async () => {
    if (busy) return;
    busy = true;
    try {
      const reply = await get(beat), text = await reply.text(), said = JSON.parse(text);
      if (!reply.ok) throw reply;
      touch(false);
      if (said.live === false) return; /* busy for ever: a page of a stated instant follows nothing */
      const now = Date.parse(reply.headers.get("date")) || Date.now(), built = document.querySelector(".foot time"), old = now - Date.parse(said.built_at);
      if (text === seen) wait = Math.min(wait * 1.2, 120);
      /* A page out of a cache, or made while it was on its way, may be older than the first beat. */
      else again = seen || old < 12e4 || !performance.getEntriesByType("navigation")[0]?.transferSize ? 2 : 0, wait = 30, seen = text;
      if (built ? built.dateTime !== said.at : again-- > 0) await refresh();
      known = Date.now(); fails = 0;
      put(age, now - Date.parse(said.next_due) > 6e5 ? words.built.replace("{ago}", ago(old)) : "");
    } catch {
      wait = Math.min(5 * 2 ** ++fails, 300);
      if (fails > 1 || !navigator.onLine || Date.now() - known > 3e5) touch(true);
    }
    busy = false; plan();
  };
  /* Everybody asks at another moment, and nobody who does not look. */
  const plan = (within) => {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(ask, 1e3 * (within * Math.random() || wait * (0.75 + Math.random() / 2)));
  };
  document.addEventListener("visibilitychange", () => plan(Date.now() - known > 15e3));
  addEventListener("pageshow", (event) => { if (event.persisted) plan(1); });
  addEventListener("online", () => plan(5));
  addEventListener("offline", () => { if (!busy) touch(true); });
  local(document); plan(3);
})();
