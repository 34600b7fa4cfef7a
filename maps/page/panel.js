"use strict";
/* The ranked tables, and what a reader has to know of the data. */
(function () {
  const { data, element, number, state, t } = powersite;

  function sitesSheet() {
    return [powersite.buildControls(), actions(), element("div", { id: "site-table" })];
  }
  /** What can be done with the table of now. */
  function actions() {
    const button = (id, words, act) => {
      const node = element("button", { type: "button", class: "quiet", id }, words);
      node.addEventListener("click", act);
      return node;
    };
    const files = [["csv", "CSV"], ["geojson", "GeoJSON"]].map(([kind, name]) => {
      const node = button(`save-${kind}`, name, () => powersite.download(kind));
      node.title = t("action.save", { kind: name });
      node.setAttribute("aria-label", node.title);
      return node;
    });
    return element("div", { class: "actions", role: "toolbar", "aria-label": t("action.all") },
      button("only-starred", element("span", { class: "star-count" }), () => state.set({ starred: state.get("starred") ? null : "1" })),
      button("open-compare", t("action.compare"), powersite.openCompare), element("span", { class: "gap" }), ...files);
  }
  function showActions() {
    const stars = powersite.stars().length, only = document.getElementById("only-starred"), compare = document.getElementById("open-compare");
    only.firstChild.textContent = t("action.starred", { count: stars });
    only.setAttribute("aria-pressed", String(Boolean(state.get("starred"))));
    only.disabled = !stars && !state.get("starred");
    compare.disabled = stars < 2;
    compare.title = stars < 2 ? t("action.compare_how") : "";
  }

  const WEIGHTY = ["w", "load"];
  const touches = (changed, names) => names.some((name) => changed.has(name));
  /** Work out what follows from a change of state, and show it. */
  powersite.refresh = function (changed) {
    const order = touches(changed, WEIGHTY), stars = changed.has("stars");
    const shown = order || touches(changed, powersite.filterNames) || (stars && state.get("starred"));
    if (order) powersite.rerank();
    if (shown) {
      powersite.filter();
      powersite.showTable();
      powersite.showOnMap(order);
    }
    if (order) {
      document.getElementById("sheet-regions").replaceChildren(powersite.regionTable());
      powersite.showHeading();
    }
    if (stars) powersite.showStars();
    if (shown || stars) showActions();
    if (shown) powersite.showControls();
  };
  let waiting = null;
  /** Changes of one frame are one change. */
  function soon(changed) {
    if (waiting) return void changed.forEach((name) => waiting.add(name));
    waiting = new Set(changed);
    requestAnimationFrame(() => {
      const all = waiting;
      waiting = null;
      powersite.refresh(all);
    });
  }

  function link(url) {
    const safe = /^https?:\/\//i.test(url);
    return safe ? element("a", { href: url, rel: "noopener noreferrer", target: "_blank" }, url) : url;
  }
  function sourcesSheet() {
    const cards = data.sources.map((source) => element("article", { class: "source" },
      element("h3", {}, source.title || source.layer),
      powersite.facts([
        [t("source.layer"), source.layer.replaceAll("_", " ")], [t("source.licence"), source.licence], [t("source.attribution"), source.attribution || null],
        [t("source.vintage"), source.vintage], [t("source.address"), source.url ? link(source.url) : null], [t("source.note"), source.note || null],
        [t("source.file"), source.file || null], ["SHA-256", source.sha256 ? element("code", {}, source.sha256) : null],
      ])));
    return [...powersite.knownSection(), ...cards];
  }
  function notesSheet() {
    const dropped = data.dropped.map((row) => [row.reason, number(row.count)]);
    const notes = [...new Set([...data.notes, data.place.note].filter(Boolean))];
    return [
      element("h3", {}, t("notes.title")), element("ul", { class: "notes" }, ...notes.map((note) => element("li", {}, note))),
      element("h3", {}, t("notes.dropped")), dropped.length ? powersite.facts(dropped) : element("p", {}, t("notes.none_dropped")),
      element("h3", {}, t("notes.asked")), powersite.facts(data.question),
      element("p", { class: "muted small" }, t("notes.made", { by: data.made.by, on: data.made.on })),
    ];
  }

  const SHEETS = [["sites", t("tab.sites"), sitesSheet], ["regions", t("tab.regions"), () => [powersite.regionTable()]], ["notes", t("tab.notes"), notesSheet], ["sources", t("tab.sources"), sourcesSheet]];

  powersite.buildPanel = function () {
    const tabs = document.getElementById("tabs"), sheets = document.getElementById("sheets");
    for (const [name, title, build] of SHEETS) {
      const tab = element("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `sheet-${name}` }, title);
      tab.addEventListener("click", () => turnTo(name));
      tabs.append(tab);
      sheets.append(element("div", { role: "tabpanel", id: `sheet-${name}`, class: "sheet", "aria-labelledby": `tab-${name}`, "data-title": title }, ...build()));
    }
    tabs.addEventListener("keydown", turn);
    powersite.buildCompare();
    powersite.showTable();
    powersite.showControls();
    showActions();
    state.listen(soon);
    show(SHEETS.some(([name]) => name === state.get("tab")) ? state.get("tab") : "sites");
  };
  function show(name) {
    for (const [other] of SHEETS) {
      const here = other === name, tab = document.getElementById(`tab-${other}`);
      tab.setAttribute("aria-selected", String(here));
      tab.tabIndex = here ? 0 : -1;
      document.getElementById(`sheet-${other}`).classList.toggle("current", here);
    }
  }
  function turnTo(name) {
    show(name);
    state.set({ tab: name === "sites" ? null : name });
  }
  function turn(event) {
    const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!move) return;
    const at = SHEETS.findIndex(([name]) => event.target.id === `tab-${name}`);
    const next = SHEETS[(at + move + SHEETS.length) % SHEETS.length][0];
    turnTo(next);
    document.getElementById(`tab-${next}`).focus();
  }
})();
