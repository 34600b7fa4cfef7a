"use strict";
/* Two to four starred sites side by side. */
(function () {
  const { tables, element, number, state, t, unknown, label, show } = powersite;
  const MOST = 4;
  /* Column, and whether more or less of it is better; a column with neither is only told. */
  const ROWS = [
    ["power", [["firm_mw", 1], ["normal_mw", 1], ["flexible_mw", 1], ["redundancy"], ["limits"]]],
    ["speed", [["months_p50", -1], ["months_p10", -1], ["months_p90", -1]]],
    ["connection", [["poi_name"], ["poi_voltage_kv"], ["tie_km", -1], ["connection_usd", -1], ["capex_usd", -1], ["power_price_usd_per_mwh", -1]]],
    ["place", [["kind"], ["region"], ["carbon_g_per_kwh", -1], ["pue", -1], ["hydro_mw_in_reach", 1], ["confidence", 1]]],
    ["land", [["area_ha"], ["land_price_usd_per_ha", -1]]],
  ];

  const starred = () => powersite.stars().map((id) => tables.sites.find((site) => site.site_id === id)).sort((a, b) => a.rank - b.rank);
  function chosen() {
    const picked = (state.get("compare") || []).filter(powersite.isStarred);
    const ids = picked.length >= 2 ? picked : starred().slice(0, MOST).map((site) => site.site_id);
    return starred().filter((site) => ids.includes(site.site_id)).slice(0, MOST);
  }

  powersite.openCompare = function () {
    if (powersite.stars().length < 2) return;
    fill();
    const box = document.getElementById("compare");
    if (!box.open) box.showModal();
  };
  powersite.buildCompare = function () {
    const close = element("button", { type: "button", class: "close", "aria-label": t("compare.close") }, "×");
    const box = element("dialog", { id: "compare", class: "compare", "aria-labelledby": "compare-title" },
      element("header", {}, element("h2", { id: "compare-title" }, t("compare.title")), close), element("div", { class: "compare-body" }));
    close.addEventListener("click", () => box.close());
    box.addEventListener("click", (event) => event.target === box && box.close());
    document.body.append(box);
  };

  function fill() {
    const sites = chosen().map(powersite.withShares);
    const body = document.querySelector("#compare .compare-body");
    body.replaceChildren(...[picker(sites), element("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": t("compare.title") }, table(sites))].filter(Boolean));
  }
  /** Which of the starred sites, where there are more than fit. */
  function picker(sites) {
    if (powersite.stars().length <= 2) return null;
    const boxes = starred().map((site) => {
      const box = element("input", { type: "checkbox", "data-pick": site.site_id });
      box.checked = sites.includes(site);
      box.disabled = box.checked ? sites.length <= 2 : sites.length >= MOST;
      box.addEventListener("change", () => {
        state.set({ compare: starred().filter((one) => (one === site ? box.checked : sites.includes(one))).map((one) => one.site_id) });
        fill();
        [...document.querySelectorAll("#compare [data-pick]")].find((one) => one.dataset.pick === site.site_id).focus();
      });
      return element("label", {}, box, `${site.rank}. ${site.name || site.site_id}`);
    });
    return element("fieldset", { class: "picker" }, element("legend", {}, t("compare.pick", { most: MOST })), ...boxes);
  }

  function table(sites) {
    const head = element("tr", {}, element("td", {}), ...sites.map((site) => element("th", { scope: "col" }, title(site))));
    const groups = ROWS.map(([pillar, columns]) => element("tbody", {}, group(t(`pillar.${pillar}`), sites),
      ...columns.filter(([name]) => sites.some((site) => !unknown(site[name]))).map(([name, sense]) => row(sites, name, sense))));
    return element("table", {}, element("thead", {}, head), ...groups, element("tbody", {}, group(t("compare.shares"), sites), ...shares(sites)));
  }
  function title(site) {
    const open = element("button", { type: "button", class: "link" }, site.name || site.site_id);
    open.addEventListener("click", () => {
      document.getElementById("compare").close();
      powersite.select(site.site_id);
    });
    return [element("span", { class: "headline-row" }, element("span", { class: `chip grade-${site.grade}` }, site.grade), open),
      element("span", { class: "muted small" }, t("compare.rank", { rank: site.rank, score: number(site.score, 1) }))];
  }
  const group = (words, sites) => element("tr", { class: "group" }, element("th", { colspan: sites.length + 1, scope: "rowgroup" }, words));

  function row(sites, name, sense) {
    const values = sites.map((site) => site[name]), known = values.filter((value) => typeof value === "number");
    const best = sense && new Set(known).size > 1 ? Math[sense > 0 ? "max" : "min"](...known) : null;
    const words = name === "limits" ? t("compare.limits") : label(name)[0];
    return element("tr", {}, element("th", { scope: "row" }, words), ...values.map((value) => element("td", { class: value === best && best !== null ? "best" : null },
      text(name, value), value === best && best !== null ? element("span", { class: "unseen" }, ` (${t("compare.best")})`) : null)));
  }
  const text = (name, value) => (name === "kind" && powersite.said(`kind.${value}`) ? t(`kind.${value}`) : show(name, value));

  function shares(sites) {
    const most = Math.max(1e-9, ...sites.flatMap((site) => powersite.criteria.map(({ name }) => site[`share_${name}`] || 0)));
    return powersite.criteria.map(({ name }) => element("tr", {}, element("th", { scope: "row" }, label(`share_${name}`)[0]), ...sites.map((site) => {
      const share = site[`share_${name}`] || 0, fill = element("span", { class: "fill strong" });
      fill.style.width = `${(100 * share) / most}%`;
      return element("td", {}, element("span", { class: "share" }, element("span", { class: "track" }, fill), element("span", { class: "value" }, number(share, 1))));
    })));
  }
})();
