"use strict";
/* Ranked tables: rows that the arrow keys walk, a page of sites at a time. */
(function () {
  const { data, element, number, state, t, unknown } = powersite;
  const value = (one, decimals) => (unknown(one) ? "–" : number(one, decimals));
  const chip = (grade) => (grade ? element("span", { class: `chip grade-${grade}` }, grade) : "–");

  /* Title, unit, class, and what a row has to say. */
  const SITES = [
    ["#", "", "", (site) => number(site.rank)],
    [t("table.grade"), "", "mark", (site) => chip(site.grade)],
    [t("table.site"), "", "text", (site) => [element("span", { class: "name" }, site.name || site.site_id), element("span", { class: "muted small" }, site.region || "")]],
    [t("table.firm"), "MW", "", (site) => value(site.firm_mw)],
    [t("table.months"), "P50", "", (site) => value(site.months_p50)],
    [t("table.tie"), "km", "spare", (site) => value(site.tie_km, 1)],
    [t("table.score"), "", "", (site) => value(site.score, 1)],
    [t("table.star"), "", "mark star-cell", star],
  ];
  const REGIONS = [
    ["#", "", "", (region) => number(region.rank)],
    [t("table.grade"), "", "mark", (region) => chip(region.grade)],
    [t("table.region"), "", "text", (region) => element("span", { class: "name" }, region.region)],
    ...["A", "B", "C"].map((grade) => [grade, t("table.sites_of_grade"), grade === "A" ? "" : "spare", (region) => value(region[`sites_${grade.toLowerCase()}`])]),
    [t("table.firm"), "MW", "", (region) => value(region.firm_mw)],
    [t("table.together"), "MW", "", (region) => value(region.joint_firm_mw)],
    [t("table.months"), "P50", "", (region) => value(region.months_p50)],
  ];
  /** Titles that a sign in the cells makes needless to read. */
  const UNSEEN = new Set(["mark", "mark star-cell"]);

  function star(site) {
    const button = element("button", { type: "button", class: "star", tabindex: "-1", "aria-label": t("star.of", { name: site.name || site.site_id }), "aria-pressed": powersite.isStarred(site.site_id) });
    button.addEventListener("click", (event) => {
      event.stopPropagation();
      powersite.star(site.site_id);
    });
    return button;
  }

  function table(caption, columns, rows, id, open) {
    const head = columns.map(([name, unit, kind]) => element("th", { scope: "col", class: kind || null },
      UNSEEN.has(kind) ? element("span", { class: "unseen" }, name) : name, unit ? element("span", { class: "unit" }, unit) : null));
    const body = element("tbody", {}, ...rows.map((row) => line(columns, row, id, open)));
    if (body.firstChild) goTo(body.firstChild, false);
    body.addEventListener("keydown", step);
    body.addEventListener("focusin", (event) => goTo(event.target.closest("tr"), false));
    return element("table", { class: "ranking" }, element("caption", {}, caption), element("thead", {}, element("tr", {}, ...head)), body);
  }
  function line(columns, row, id, open) {
    const cells = columns.map(([, , kind, cell]) => element("td", { class: kind || null }, cell(row)));
    const node = element("tr", { tabindex: "-1", "data-id": row[id] }, ...cells);
    node.addEventListener("click", () => open(row));
    return node;
  }
  /** One row of a table is in the way of the Tab key, with what can be pressed in it. */
  function goTo(row, focus) {
    for (const node of row.parentNode.querySelectorAll('[tabindex="0"]')) node.tabIndex = -1;
    for (const node of [row, ...row.querySelectorAll("button")]) node.tabIndex = 0;
    if (focus) row.focus();
  }
  /** Enter and space open a row, S gives it a star, the arrows go from row to row and page to page. */
  function step(event) {
    if (event.target.tagName !== "TR" || event.ctrlKey || event.metaKey || event.altKey) return;
    const row = event.target, body = row.parentNode;
    const next = { ArrowDown: row.nextElementSibling, ArrowUp: row.previousElementSibling, Home: body.firstChild, End: body.lastChild }[event.key];
    const button = row.querySelector(".star");
    if (next) goTo(next, true);
    else if (event.key === "Enter" || event.key === " ") row.click();
    else if (button && event.key.toLowerCase() === "s") button.click();
    else if (event.key === "PageDown" || event.key === "ArrowDown") turnPage(1, true);
    else if (event.key === "PageUp" || event.key === "ArrowUp") turnPage(-1, true);
    else return;
    event.preventDefault();
  }

  const size = data.table_rows;
  let page = 0;
  const pages = () => Math.max(1, Math.ceil(powersite.shownSites.length / size));
  function turnPage(by, focus) {
    const next = Math.min(Math.max(page + by, 0), pages() - 1);
    if (next === page) return;
    page = next;
    fillTable();
    document.getElementById("sheets").scrollTop = 0;
    const rows = document.querySelectorAll("#site-table tbody tr");
    if (focus) goTo(by > 0 ? rows[0] : rows[rows.length - 1], true);
  }
  function pager() {
    if (pages() < 2) return null;
    const button = (by, sign, word) => {
      const node = element("button", { type: "button", class: "quiet", "aria-label": word, title: word }, sign);
      node.disabled = by < 0 ? page === 0 : page === pages() - 1;
      node.addEventListener("click", () => turnPage(by, false));
      return node;
    };
    return element("nav", { class: "pager", "aria-label": t("table.pages") }, button(-1, "‹", t("table.back")),
      element("span", {}, t("table.page", { from: page * size + 1, to: Math.min((page + 1) * size, powersite.shownSites.length) })), button(1, "›", t("table.on")));
  }
  function caption() {
    const all = powersite.ranked.length, shown = powersite.shownSites.length;
    const words = shown < all ? t("table.of", { shown, all }) : t("table.sites", { count: all });
    return [element("span", { role: "status" }, words), element("span", { class: "unseen" }, t("table.keys"))];
  }
  function fillTable() {
    const rows = powersite.shownSites.slice(page * size, (page + 1) * size);
    const box = document.getElementById("site-table");
    const kept = box.contains(document.activeElement) ? document.activeElement.closest("tr") : null;
    box.replaceChildren(table(caption(), SITES, rows, "site_id", (site) => powersite.select(site.site_id)), ...[pager()].filter(Boolean));
    if (!rows.length) box.append(element("p", { class: "nothing" }, t("table.nothing")));
    const again = kept && [...box.querySelectorAll("tbody tr")].find((row) => row.dataset.id === kept.dataset.id);
    if (again) goTo(again, true);
    powersite.markRow(powersite.chosenId);
  }
  /** Show the sites of now, from the first page on. */
  powersite.showTable = function () {
    page = 0;
    fillTable();
  };
  powersite.showStars = function () {
    for (const row of document.querySelectorAll("#site-table tbody tr")) row.querySelector(".star").setAttribute("aria-pressed", String(powersite.isStarred(row.dataset.id)));
  };
  powersite.regionTable = () => table(t("table.regions"), REGIONS, powersite.regionsOfNow(), "region", powersite.showRegion);

  powersite.markRow = function (siteId) {
    for (const row of document.querySelectorAll("#site-table tbody tr")) {
      if (row.dataset.id === siteId) {
        row.setAttribute("aria-current", "true");
        if (!powersite.narrow()) row.scrollIntoView({ block: "nearest" });
      } else row.removeAttribute("aria-current");
    }
  };
})();
