"use strict";
/* What the reader has chosen, kept in the address so that a link or a bookmark brings it back.
   The address may come from anybody: what it says is taken only as far as it is of the form expected. */
(function () {
  const LANGUAGES = ["en", "ja", "nb"];
  const amount = (text) => (/^\d+(\.\d+)?$/.test(text) && Number(text) > 0 && Number(text) <= 1e6 ? Number(text) : null);
  const one = (...choices) => (text) => (choices.includes(text) ? text : null);
  const list = (most) => (text) => [...new Set(text.split(",").filter(Boolean))].slice(0, most);
  const some = (letters) => (text) => [...letters].filter((letter) => text.includes(letter)).join("") || null;

  function view(text) {
    const found = text.split(",").map(Number);
    const within = found.length === 3 && Math.abs(found[0]) <= 90 && Math.abs(found[1]) <= 540 && found[2] >= 0 && found[2] <= 24;
    return within ? found : null;
  }
  /** Weights by criterion, as name:number; names that mean nothing are left out by who uses them. */
  function weights(text) {
    const pairs = text.split(",").map((pair) => pair.split(":"));
    const found = pairs.filter(([name, value]) => /^[a-z_]+$/.test(name) && /^\d+(\.\d+)?$/.test(value || "") && Number(value) <= 1000);
    return Object.fromEntries(found.map(([name, value]) => [name, Number(value)]));
  }
  const pairs = (values) => Object.entries(values).map((pair) => pair.join(":")).join(",");

  /** Each thing to remember: how it is read from the address, and how written where not as it is. */
  const FIELDS = {
    lang: [one(...LANGUAGES)], theme: [one("light", "dark")], tab: [String], view: [view, (at) => at.join(",")], site: [String],
    load: [amount], w: [weights, pairs], grades: [some("ABCD")], firm: [amount], months: [amount], region: [String], kind: [one("greenfield", "campus")],
    starred: [one("1")], stars: [list(200), (ids) => ids.join(",")], compare: [list(4), (ids) => ids.join(",")],
  };

  const values = {};
  function read() {
    const given = new URLSearchParams(location.hash.slice(1));
    for (const [name, [take]] of Object.entries(FIELDS)) {
      const text = given.get(name);
      values[name] = text === null || text.length > 4000 ? null : take(text);
    }
  }
  const empty = (value) => value === null || value === undefined || value === "" || (typeof value === "object" && !Object.keys(value).length);
  function address() {
    const parts = Object.entries(FIELDS).filter(([name]) => !empty(values[name]));
    return parts.map(([name, [, write]]) => `${name}=${encodeURIComponent((write || String)(values[name])).replace(/%2C/g, ",").replace(/%3A/g, ":")}`).join("&");
  }

  let late = null;
  const listeners = [];
  /** Browsers refuse to be told of a new address too often. */
  function write() {
    late = null;
    history.replaceState(null, "", `#${address()}`);
  }

  powersite.LANGUAGES = LANGUAGES;
  powersite.state = {
    get: (name) => values[name],
    /** Change some values; listeners hear the names, the address follows. */
    set(changes) {
      Object.assign(values, changes);
      late = late || setTimeout(write, 200);
      for (const listener of listeners) listener(new Set(Object.keys(changes)));
    },
    listen: (listener) => listeners.push(listener),
    /** Write what is still to be written. */
    settle() {
      clearTimeout(late);
      write();
    },
  };
  read();
  window.addEventListener("hashchange", () => location.reload());
})();
