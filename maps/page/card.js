"use strict";
/* Everything about the chosen site. */
(function () {
  const { data, element, number, show, label, facts, unknown, t } = powersite;
  const load = data.scenario.load_mw;
  const KINDS = { greenfield: t("kind.greenfield"), campus: t("kind.campus") };
  const POWER = ["poi_name", "poi_voltage_kv", "tie_km", "redundancy"];
  const COST = ["connection_usd", "capex_usd", "land_price_usd_per_ha"];
  const ENERGY = ["hydro_mw_in_reach", "gas_mcm_per_year_in_reach", "power_price_usd_per_mwh", "carbon_g_per_kwh"];
  const GROUND = ["area_ha", "pue", "confidence", "position_error_km"];

  powersite.fillCard = function (site) {
    const card = document.getElementById("card");
    const close = element("button", { type: "button", class: "close", "aria-label": "Close the site card" }, "×");
    close.addEventListener("click", powersite.closeCard);
    card.replaceChildren(
      element("header", {},
        element("span", { class: `badge grade-${site.grade}` }, String(site.rank)),
        element("div", {}, element("h2", { tabindex: "-1" }, site.name || site.site_id), element("p", { class: "muted" }, place(site))),
        close),
      headline(site),
      section("Power", powerBar(site), facts(known(POWER, site)), supply(site), reasons(site), outlook(site)),
      section("Months to power", months(site)),
      section("Cost", facts(known(COST, site))),
      section("Energy", facts(known(ENERGY, site))),
      section("Ground", facts(known(GROUND, site)), caution(site)),
      section("Shares of the score", shares(site)),
      element("p", { class: "muted small" }, `${site.site_id} · ${data.made.by} · a screen from open data, not an offer of a grid operator`),
    );
    card.hidden = false;
  };

  const section = (title, ...content) => element("section", {}, element("h3", {}, title), ...content);
  const known = (columns, site) => columns.filter((name) => name in site).filter((name) => name !== "position_error_km" || site[name] > 0).map((name) => [label(name)[0], show(name, site[name])]);

  function place(site) {
    const position = `${number(site.lat, 4)}°, ${number(site.lon, 4)}°`;
    return [KINDS[site.kind] || site.kind, site.region || "region unknown", position].join(" · ");
  }

  function headline(site) {
    const items = [
      ["Grade", site.grade, ""],
      ["Firm", unknown(site.firm_mw) ? "unknown" : number(site.firm_mw), unknown(site.firm_mw) ? "" : "MW"],
      ["Power in", unknown(site.months_p50) ? "unknown" : number(site.months_p50), unknown(site.months_p50) ? "" : "months"],
      ["Score", number(site.score, 1), ""],
    ];
    return element("ul", { class: "headline" }, ...items.map(([name, value, unit]) =>
      element("li", {}, element("span", { class: "muted small" }, name), element("strong", {}, value), element("span", { class: "muted small" }, unit))));
  }

  /** The paths to strong sources, with the strokes that they are drawn in. */
  function supply(site) {
    const paths = powersite.pathsOf(site.site_id);
    if (!paths.length) return null;
    return element("ul", { class: "supply" }, ...paths.map((one) => element("li", {}, powersite.stroke(one.path_number),
      element("span", {}, element("b", {}, `Path ${one.path_number}. `), one.told))));
  }

  function reasons(site) {
    return element("div", { class: "reasons" },
      element("p", {}, element("b", {}, `Why ${site.grade}. `), site.why_grade),
      element("p", {}, element("b", {}, "What limits. "), site.limits),
      site.links_abroad ? element("p", {}, element("b", {}, "Links abroad. "), site.links_abroad) : null,
      site.why_not_higher ? element("p", {}, element("b", {}, "Why not higher. "), site.why_not_higher) : null,
      site.sure ? element("p", {}, element("b", {}, "How sure. "), site.sure) : null);
  }

  /** What limits in turn and what upgrades would free, behind a fold. */
  function outlook(site) {
    const told = Object.hasOwn(data.outlook, site.poi_id) ? data.outlook[site.poi_id] : null;
    if (!told) return null;
    const list = (title, lines) => (lines.length ? [element("b", {}, title), element("ul", {}, ...lines.map((line) => element("li", {}, line)))] : []);
    return element("details", { class: "outlook" }, element("summary", {}, "What would give more"),
      ...list("Limits in turn", told.limits), ...list("Upgrades", told.upgrades));
  }

  function powerBar(site) {
    const top = 1.05 * Math.max(load, site.normal_mw || 0, site.firm_mw || 0);
    const row = (name, value, kind) => {
      const fill = element("span", { class: `fill ${kind}` });
      fill.style.width = `${(100 * (value || 0)) / top}%`;
      const mark = element("span", { class: "mark" });
      mark.style.left = `${(100 * load) / top}%`;
      return element("div", { class: "bar-row" }, element("span", {}, name), element("span", { class: "track" }, fill, mark),
        element("span", { class: "value" }, unknown(value) ? "unknown" : `${number(value)} MW`));
    };
    return element("div", { class: "bars" }, row("Firm (N-1)", site.firm_mw, "strong"), spread(site), row("Flexible", site.flexible_mw, "soft"), row("Normal (N-0)", site.normal_mw, "soft"),
      element("p", { class: "muted small" }, `The mark is the load, ${number(load, load % 1 ? 1 : 0)} MW. Flexible: cut after an outage.`));
  }

  function spread(site) {
    if (unknown(site.firm_mw_p50)) return null;
    const [low, middle, high] = [site.firm_mw_p10, site.firm_mw_p50, site.firm_mw_p90].map((mw) => number(mw));
    return element("p", { class: "muted small" }, `Firm P10 – P50 – P90: ${low} – ${middle} – ${high} MW over ${data.scenario.situations} situations.`);
  }

  function months(site) {
    const [low, middle, high] = [site.months_p10, site.months_p50, site.months_p90];
    const wanted = data.scenario.months;
    if (unknown(middle)) return element("p", {}, "unknown");
    const end = Math.max(wanted, high || middle) * 1.12;
    const at = (value) => `${(100 * value) / end}%`;
    const range = element("span", { class: "range" });
    range.style.left = at(low || middle);
    range.style.width = at((high || middle) - (low || middle));
    const point = element("span", { class: "point" });
    point.style.left = at(middle);
    const mark = element("span", { class: "mark" });
    mark.style.left = at(wanted);
    return element("div", { class: "months" },
      element("div", { class: "track tall", role: "img", "aria-label": `${number(middle)} months, from ${number(low)} to ${number(high)}` }, range, point, mark),
      facts([["P10 – P50 – P90", `${number(low)} – ${number(middle)} – ${number(high)} months`], ["Wanted within", `${number(wanted)} months (the mark)`]]));
  }

  function shares(site) {
    const names = Object.keys(site).filter((name) => name.startsWith("share_"));
    const most = Math.max(1e-9, ...names.map((name) => site[name] || 0));
    const rows = names.map((name) => {
      const fill = element("span", { class: "fill strong" });
      fill.style.width = `${(100 * Math.max(0, site[name] || 0)) / most}%`;
      return element("div", { class: "bar-row" }, element("span", {}, label(name)[0]), element("span", { class: "track" }, fill),
        element("span", { class: "value" }, number(site[name], 1)));
    });
    return element("div", { class: "bars" }, ...rows, element("div", { class: "bar-row total" }, element("span", {}, "Score"), element("span", {}),
      element("span", { class: "value" }, number(site.score, 1))));
  }

  function caution(site) {
    const words = [];
    if (site.position_error_km > 0) words.push(`Position approximate: may be off by ${number(site.position_error_km, 1)} km.`);
    if (unknown(site.confidence)) words.push("Confidence unknown.");
    else if (site.confidence < 1) words.push(`Confidence ${number(site.confidence, 2)} of 1: some inputs are inferred or estimated.`);
    return words.length ? element("p", { class: "flag" }, words.join(" ")) : null;
  }
})();
