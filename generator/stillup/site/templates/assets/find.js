/* Finds letters anywhere, for languages whose words Material's engine cannot tell apart. Its dialog speaks to this worker
   as to its own: {type: 0, data: {docs}} is answered by {type: 1}, {type: 2, data: words} by {type: 3, data: {items}}. */
(() => {
  const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", "#34": '"' }, BEFORE = 40, SHOWN = 200;
  const plain = (html) => (html ?? "").replace(/<[^>]*>|\u200b/g, "").replace(/&([a-z]+|#\d+);/g, (all, name) => ENTITIES[name] ?? all);
  const safe = (text) => text.replace(/[&<>]/g, (each) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[each]);
  // Width, case, accents and vowel signs do not matter; the marks that make one kana of another do.
  const fold = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f\u0640\u064b-\u065f]/g, "").toLowerCase();
  const pattern = (word) => new RegExp(word.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&") + "(?![\\u3099\\u309a])", "gu");

  const marked = (text, words) => {
    const from = [], to = [];
    let folded = "", at = 0;
    for (const letter of text) {
      for (const each of fold(letter)) for (const _ of each.split("")) { from.push(at); to.push(at + letter.length); }
      folded += fold(letter); at += letter.length;
    }
    const on = new Set();
    for (const word of words) for (const { index, 0: hit } of folded.matchAll(word)) {
      for (let i = from[index]; i < to[index + hit.length - 1]; i++) on.add(i);
    }
    const first = on.size ? Math.min(...on) : 0, start = text.length > SHOWN && first > BEFORE ? first - BEFORE : 0;
    let html = start ? "…" : "", last = false;
    for (let i = start; i < Math.min(text.length, start + SHOWN); i++) {
      if (on.has(i) !== last) html += last ? "</mark>" : "<mark>";
      last = on.has(i); html += safe(text[i]);
    }
    return html + (last ? "</mark>" : "") + (text.length > start + SHOWN ? "…" : "");
  };

  let pages = [];
  const begin = (docs) => {
    const by = new Map();
    for (const each of docs) {
      const title = plain(each.title), text = plain(each.text).replace(/\s+/g, " ").trim(), page = each.location.split("#")[0];
      if (!by.has(page)) by.set(page, []);
      by.get(page).push({ ...each, title, text, heads: fold(title), body: fold(text) });
    }
    pages = [...by.values()].filter(([first]) => !first.location.includes("#"));
  };
  const find = (typed) => {
    const words = [...fold(typed).matchAll(/"([^"]+)"|[^\s"]+/g)].map(([all, phrase]) => pattern(phrase ?? all)), items = [];
    if (!words.length) return items;
    for (const page of pages) {
      const met = new Set(), found = page.map((each, at) => {
        let score = 0;
        for (const word of words) {
          const head = each.heads.search(word) >= 0, body = each.body.search(word) >= 0;
          if (head || body) met.add(word);
          score += (head ? 4 : 0) + (body ? 1 : 0);
        }
        return { each, at, score };
      });
      if (met.size < words.length) continue;
      const best = Math.max(...found.map(({ score }) => score));
      items.push(found.filter(({ at, score }) => !at || score).map(({ each: { location, title, text }, at, score }) => (
        { location, title: marked(title, words), text: marked(text, words), terms: {}, score: at ? score : best })));
    }
    return items.sort((one, other) => other[0].score - one[0].score);
  };

  addEventListener("message", ({ data: { type, data } }) => {
    if (type === 0) { begin(data.docs); postMessage({ type: 1 }); }
    if (type === 2) postMessage({ type: 3, data: { items: find(data) } });
  });
})();
