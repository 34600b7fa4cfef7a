"use strict";
/* The ranked tables, and what a reader has to know of the data. */
(function () {
  const { data, tables, element, number, unknown } = powersite;

  const SITE_COLUMNS = [
    ["#", "", (site) => number(site.rank)],
    ["Grade", "mark", (site) => element("span", { class: `chip grade-${site.grade}` }, site.grade)],
    ["Site", "text", (site) => [element("span", { class: "name" }, site.name || site.site_id), element("span", { class: "muted small" }, site.region || "")]],
    ["Firm", "MW", (site) => value(site.firm_mw)],
    ["Months", "P50", (site) => value(site.months_p50)],
    ["Tie", "km", (site) => value(site.tie_km, 1)],
    ["Score", "", (site) => value(site.score, 1)],
  ];
  const REGION_COLUMNS = [
    ["#", "", (region) => number(region.rank)],
    ["Grade", "mark", (region) => (region.grade ? element("span", { class: `chip grade-${region.grade}` }, region.grade) : "–")],
    ["Region", "text", (region) => element("span", { class: "name" }, region.region)],
    ["A", "sites", (region) => value(region.sites_a)],
    ["B", "sites", (region) => value(region.sites_b)],
    ["C", "sites", (region) => value(region.sites_c)],
    ["Firm", "MW", (region) => value(region.firm_mw)],
    ["Months", "P50", (region) => value(region.months_p50)],
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
    const of = shown.length < tables.sites.length ? `The best ${number(shown.length)} of ${number(tables.sites.length)} sites; all are on the map.` : `${number(shown.length)} sites`;
    return [table(of, SITE_COLUMNS, shown, "site_id", (site) => powersite.select(site.site_id))];
  }
  function regionsSheet() {
    return [table("Regions by their best site", REGION_COLUMNS, tables.regions, "region", powersite.showRegion)];
  }

  function link(url) {
    const safe = /^https?:\/\//i.test(url);
    return safe ? element("a", { href: url, rel: "noopener noreferrer", target: "_blank" }, url) : url;
  }
  function sourcesSheet() {
    const cards = data.sources.map((source) => element("article", { class: "source" },
      element("h3", {}, source.title || source.layer),
      powersite.facts([
        ["Layer", source.layer.replaceAll("_", " ")], ["Licence", source.licence], ["Attribution", source.attribution || null],
        ["Vintage", source.vintage], ["Address", source.url ? link(source.url) : null], ["To know", source.note || null],
        ["File", source.file || null], ["SHA-256", source.sha256 ? element("code", {}, source.sha256) : null],
      ])));
    return cards;
  }
  function notesSheet() {
    const dropped = data.dropped.map((row) => [row.reason, number(row.count)]);
    const notes = [...new Set([...data.notes, data.place.note].filter(Boolean))];
    return [
      element("h3", {}, "What to know"), element("ul", { class: "notes" }, ...notes.map((note) => element("li", {}, note))),
      element("h3", {}, "Places that did not pass"), dropped.length ? powersite.facts(dropped) : element("p", {}, "None was dropped."),
      element("h3", {}, "Question"), powersite.facts(data.question),
      element("p", { class: "muted small" }, `Made by ${data.made.by} on ${data.made.on}.`),
    ];
  }

  const SHEETS = [["sites", "Sites", sitesSheet], ["regions", "Regions", regionsSheet], ["notes", "Notes", notesSheet], ["sources", "Sources", sourcesSheet]];

  powersite.buildPanel = function () {
    const tabs = document.getElementById("tabs"), sheets = document.getElementById("sheets");
    for (const [name, title, build] of SHEETS) {
      const tab = element("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `sheet-${name}` }, title);
      tab.addEventListener("click", () => show(name));
      tabs.append(tab);
      sheets.append(element("div", { role: "tabpanel", id: `sheet-${name}`, class: "sheet", "aria-labelledby": `tab-${name}`, "data-title": title }, ...build()));
    }
    tabs.addEventListener("keydown", turn);
    show("sites");
  };
  function show(name) {
    for (const [other] of SHEETS) {
      const here = other === name, tab = document.getElementById(`tab-${other}`);
      tab.setAttribute("aria-selected", String(here));
      tab.tabIndex = here ? 0 : -1;
      document.getElementById(`sheet-${other}`).classList.toggle("current", here);
    }
  }
  function turn(event) {
    const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!move) return;
    const at = SHEETS.findIndex(([name]) => event.target.id === `tab-${name}`);
    const next = SHEETS[(at + move + SHEETS.length) % SHEETS.length][0];
    show(next);
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
