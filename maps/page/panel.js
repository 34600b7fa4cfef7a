"use strict";
/* The ranked tables, and what a reader has to know of the data. */
(function () {
  const { data, tables, element, number, unknown, state, t } = powersite;

  const SITE_COLUMNS = [
    ["#", "", (site) => number(site.rank)],
    [t("table.grade"), "mark", (site) => element("span", { class: `chip grade-${site.grade}` }, site.grade)],
    [t("table.site"), "text", (site) => [element("span", { class: "name" }, site.name || site.site_id), element("span", { class: "muted small" }, site.region || "")]],
    [t("table.firm"), "MW", (site) => value(site.firm_mw)],
    [t("table.months"), "P50", (site) => value(site.months_p50)],
    [t("table.tie"), "km", (site) => value(site.tie_km, 1)],
    [t("table.score"), "", (site) => value(site.score, 1)],
  ];
  const REGION_COLUMNS = [
    ["#", "", (region) => number(region.rank)],
    [t("table.grade"), "mark", (region) => (region.grade ? element("span", { class: `chip grade-${region.grade}` }, region.grade) : "–")],
    [t("table.region"), "text", (region) => element("span", { class: "name" }, region.region)],
    ["A", t("table.sites_of_grade"), (region) => value(region.sites_a)],
    ["B", t("table.sites_of_grade"), (region) => value(region.sites_b)],
    ["C", t("table.sites_of_grade"), (region) => value(region.sites_c)],
    [t("table.firm"), "MW", (region) => value(region.firm_mw)],
    [t("table.months"), "P50", (region) => value(region.months_p50)],
  ];
  const value = (one, decimals) => (unknown(one) ? "–" : number(one, decimals));

  const WORDS = { text: "text", mark: "mark" };
  function table(caption, columns, rows, id, open) {
    const head = columns.map(([name, unit]) => element("th", { scope: "col", class: WORDS[unit] }, unit === "mark" ? element("span", { class: "unseen" }, name) : name,
      unit && !WORDS[unit] ? element("span", { class: "unit" }, unit) : null));
    const body = element("tbody", {}, ...rows.map((row) => line(columns, row, id, open)));
    body.addEventListener("keydown", step);
    return element("table", { class: "ranking" }, element("caption", {}, caption), element("thead", {}, element("tr", {}, ...head)), body);
  }
  function line(columns, row, id, open) {
    const cells = columns.map(([, unit, cell]) => element("td", { class: WORDS[unit] }, cell(row)));
    const node = element("tr", { tabindex: "0", "data-id": row[id] }, ...cells);
    node.addEventListener("click", () => open(row, false));
    return node;
  }
  /** Enter and space open a row, the arrows go from row to row. */
  function step(event) {
    const row = event.target.closest("tr");
    const next = { ArrowDown: row.nextElementSibling, ArrowUp: row.previousElementSibling }[event.key];
    if (next) next.focus();
    else if (event.key === "Enter" || event.key === " ") row.click();
    else return;
    event.preventDefault();
  }

  function sitesSheet() {
    const shown = tables.sites.slice(0, data.table_rows);
    const of = shown.length < tables.sites.length ? t("table.best_of", { shown: shown.length, all: tables.sites.length }) : t("table.sites", { count: shown.length });
    return [table(of, SITE_COLUMNS, shown, "site_id", (site) => powersite.select(site.site_id))];
  }
  function regionsSheet() {
    return [table(t("table.regions"), REGION_COLUMNS, tables.regions, "region", powersite.showRegion)];
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
    return cards;
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

  const SHEETS = [["sites", t("tab.sites"), sitesSheet], ["regions", t("tab.regions"), regionsSheet], ["notes", t("tab.notes"), notesSheet], ["sources", t("tab.sources"), sourcesSheet]];

  powersite.buildPanel = function () {
    const tabs = document.getElementById("tabs"), sheets = document.getElementById("sheets");
    for (const [name, title, build] of SHEETS) {
      const tab = element("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `sheet-${name}` }, title);
      tab.addEventListener("click", () => turnTo(name));
      tabs.append(tab);
      sheets.append(element("div", { role: "tabpanel", id: `sheet-${name}`, class: "sheet", "aria-labelledby": `tab-${name}`, "data-title": title }, ...build()));
    }
    tabs.addEventListener("keydown", turn);
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

  powersite.markRow = function (siteId) {
    for (const row of document.querySelectorAll("#sheet-sites tbody tr")) {
      if (row.dataset.id === siteId) {
        row.setAttribute("aria-current", "true");
        if (!powersite.narrow()) row.scrollIntoView({ block: "nearest" });
      } else row.removeAttribute("aria-current");
    }
  };
})();
