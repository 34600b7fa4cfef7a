"use strict";
/* Everything about the chosen site. */
(function () {
  const { data, element, number, show, label, facts, unknown, t, why, megawatts } = powersite;
  const POWER = ["poi_name", "poi_voltage_kv", "tie_km", "redundancy"];
  const ENERGY = ["hydro_mw_in_reach", "gas_mcm_per_year_in_reach", "power_price_usd_per_mwh", "carbon_g_per_kwh"];
  const GROUND = ["area_ha", "land_price_usd_per_ha", "pue", "confidence", "position_error_km"];
  const PARTS = [["line_usd", "bays_usd", "station_usd", "transformers_usd", "second_feed_usd"], ["new_halls_usd", "fit_out_usd", "cooling_usd"], ["land_usd", "rules_usd"]];
  /** Layers that say something of one site, to name their sources on its card. */
  const ABOUT = ["substations", "lines", "plants", "gas_fields", "land_prices", "power_prices", "climate", "carbon", "campuses", "policy"];

  powersite.fillCard = function (site) {
    const card = document.getElementById("card");
    const close = element("button", { type: "button", class: "close", "aria-label": t("card.close") }, "×");
    close.addEventListener("click", powersite.closeCard);
    card.replaceChildren(...[
      element("header", {},
        element("span", { class: `badge grade-${site.grade}` }, number(site.rank)),
        element("div", {}, element("h2", { tabindex: "-1" }, site.name || site.site_id), element("p", { class: "muted" }, place(site))),
        close),
      headline(site),
      caution(site),
      section(t("card.power"), powerBars(site), limit(site), facts(known(POWER, site)), supply(site)),
      section(t("card.why_grade", { grade: site.grade }), element("p", {}, why.grade(site)), links(site), notHigher(site), outlook(site)),
      section(t("card.months"), months(site), gantt(site)),
      section(t("card.cost", { year: data.cost_year }), costs(site)),
      section(t("card.energy"), facts(known(ENERGY, site)), mix(site)),
      section(t("card.ground"), facts(known(GROUND, site))),
      section(t("card.score"), shares(site)),
      section(t("card.sure"), sureness(site)),
      section(t("card.sources"), sources()),
      element("p", { class: "muted small" }, `${site.site_id} · ${data.made.by} · ${t("card.screen")}`),
    ].filter(Boolean));
    card.hidden = false;
  };

  const section = (title, ...content) => (content.flat().some(Boolean) ? element("section", {}, element("h3", {}, title), ...content) : null);
  const known = (columns, site) => columns.filter((name) => name in site).filter((name) => name !== "position_error_km" || site[name] > 0).map((name) => [label(name)[0], show(name, site[name])]);
  const span = (kind, style) => Object.assign(element("span", { class: kind }), { style: Object.entries(style).map(([name, value]) => `${name}:${value}`).join(";") });
  const percent = (part, whole) => `${(100 * Math.max(0, Math.min(1, part / whole))).toFixed(2)}%`;
  const whole = (value) => (unknown(value) ? t("unknown") : number(value));

  function place(site) {
    return [t(`kind.${site.kind}`), site.region || t("card.no_region"), powersite.position(site.lat, site.lon)].join(" · ");
  }

  function headline(site) {
    const items = [
      [t("card.grade"), site.grade, ""], [t("card.firm"), whole(site.firm_mw), unknown(site.firm_mw) ? "" : "MW"],
      [t("card.power_in"), whole(site.months_p50), unknown(site.months_p50) ? "" : t("unit.months")], [t("card.points"), number(site.score, 1), t("card.of_100")],
    ];
    return element("ul", { class: "headline" }, ...items.map(([name, value, unit]) =>
      element("li", {}, element("span", { class: "muted small" }, name), element("strong", {}, value), element("span", { class: "muted small" }, unit))));
  }

  /** Megawatts as bars with the load as a mark. */
  function powerBars(site) {
    const load = powersite.loadMw();
    const top = 1.05 * Math.max(load, site.normal_mw || 0, site.firm_mw || 0, site.firm_mw_p90 || 0, site.normal_mw_p90 || 0);
    const row = (name, value, kind) => element("div", { class: "bar-row" }, element("span", {}, name),
      element("span", { class: "track" }, span(`fill ${kind}`, { width: percent(value || 0, top) }), span("mark", { left: percent(load, top) })),
      element("span", { class: "value" }, megawatts(value)));
    return element("div", { class: "bars" },
      row(t("card.bar_firm"), site.firm_mw, "strong"), spread(site, "firm_mw", top), row(t("card.bar_flexible"), site.flexible_mw, "soft"), row(t("card.bar_normal"), site.normal_mw, "soft"), spread(site, "normal_mw", top),
      unknown(site.firm_mw_p50) ? null : element("p", { class: "muted small" }, t("card.spread", { firm: number(site.firm_mw_p50), normal: number(site.normal_mw_p50), count: data.scenario.situations })),
      element("p", { class: "muted small" }, t("card.mark", { load: megawatts(load) })));
  }

  /** From P10 to P90 over the situations, P50 as a point. */
  function spread(site, name, top) {
    const [low, middle, high] = ["p10", "p50", "p90"].map((part) => site[`${name}_${part}`]);
    if (unknown(middle)) return null;
    return element("div", { class: "bar-row" }, element("span", {}, "P10 – P90"),
      element("span", { class: "track" }, span("range", { left: percent(low, top), width: percent(high - low, top) }),
        span("point", { left: percent(middle, top) }), span("mark", { left: percent(powersite.loadMw(), top) })),
      element("span", { class: "value" }, `${number(low)}–${number(high)}\u00a0MW`));
  }

  function limit(site) {
    const shown = powersite.limitsOf(site).length > 0;
    return element("p", { class: "told" }, element("b", {}, t("card.limits")), " ", shown ? powersite.swatch(powersite.colour("limit"), "line limit") : null, " ", site.limits);
  }
  function links(site) {
    const words = why.links(site);
    return words ? element("p", { class: "told" }, element("b", {}, t("card.links")), " ", words) : null;
  }
  /** The paths to strong sources, with the strokes that they are drawn in. */
  function supply(site) {
    const paths = powersite.pathsOf(site.site_id);
    if (!paths.length) return null;
    return element("ul", { class: "supply" }, ...paths.map((one) => element("li", {}, powersite.stroke(one.path_number),
      element("span", {}, element("b", {}, t("card.path", { number: one.path_number })), " ", one.told))));
  }
  function notHigher(site) {
    const [lack, ...more] = why.notHigher(site);
    if (!lack) return null;
    return element("div", { class: "lift" }, element("b", {}, t("card.not_higher")), element("p", {}, lack), ...more.map((words) => element("p", {}, words)));
  }
  /** What limits in turn and what upgrades would free, behind a fold. */
  function outlook(site) {
    const told = why.outlook(site);
    if (!told) return null;
    const list = (title, lines) => (lines.length ? [element("b", {}, title), element("ul", {}, ...lines.map((line) => element("li", {}, line)))] : []);
    return element("details", { class: "outlook" }, element("summary", {}, t("card.outlook")), ...list(t("card.in_turn"), told.limits), ...list(t("card.upgrades"), told.upgrades));
  }

  function months(site) {
    const [low, middle, high] = [site.months_p10, site.months_p50, site.months_p90];
    if (unknown(middle)) return element("p", {}, t("unknown"));
    const told = [[t("card.quantiles"), t("card.quantile_months", { low: number(low), middle: number(middle), high: number(high) })],
      [t("card.wanted"), t("card.wanted_months", { months: number(data.scenario.months) })]];
    if (site.critical_task) told.push([t("card.decides"), t("card.decides_share", { task: task(site.critical_task), share: number(100 * site.critical_share) })]);
    return facts(told);
  }
  const task = (name) => (powersite.said(`task.${name}`) ? t(`task.${name}`) : name);

  /** The tasks on the time axis, the span of the whole above them, and the months wanted as a mark. */
  function gantt(site) {
    const wanted = data.scenario.months, plan = site.plan || [];
    if (unknown(site.months_p50)) return null;
    const end = 12 * Math.ceil((1.02 * Math.max(wanted, site.months_p90, ...plan.map((one) => one[3]))) / 12);
    const row = (name, kind, start, finish, ...more) => element("div", { class: `gantt-row ${kind}` }, element("span", {}, name),
      element("span", { class: "lane" }, span("bar", { left: percent(start, end), width: percent(finish - start, end) }), ...more, span("mark", { left: percent(wanted, end) })));
    const phases = new Set(plan.map(([phase]) => phase)).size > 1;
    const tasks = plan.map(([phase, name, start, finish, share], at) => [
      phases && (at === 0 || plan[at - 1][0] !== phase) ? element("div", { class: "phase muted small" }, task(phase)) : null,
      row(task(name), share >= 0.5 ? "decides" : "", start, finish, Object.assign(span("often", { left: percent(finish, end) }), { textContent: `${number(100 * share)} %` })),
    ]);
    const every = end > 96 ? 24 : 12;
    const ticks = Array.from({ length: Math.floor(end / every) + 1 }, (_, at) => Object.assign(span("tick", { left: percent(at * every, end) }), { textContent: number(at * every) }));
    return element("div", { class: "gantt", role: "group", "aria-label": t("card.gantt") },
      row("P10 – P90", "whole", site.months_p10, site.months_p90, span("point", { left: percent(site.months_p50, end) })),
      ...tasks.flat(), element("div", { class: "gantt-row axis" }, element("span", { class: "muted small" }, t("unit.months")), element("span", { class: "lane" }, ...ticks)),
      plan.length ? element("p", { class: "muted small" }, t("card.gantt_note")) : null);
  }

  const over = (km, terrain) => t("card.over", { km: number(km, 1), terrain: powersite.said(`terrain.${terrain}`) ? t(`terrain.${terrain}`) : terrain });
  function costs(site) {
    const rows = (names, kind) => names.filter((name) => site[name]).map((name) => [label(name)[0], show(name, site[name]), kind]);
    const line = ([name, value, kind]) => element("div", { class: `cost ${kind}` }, element("span", {}, name), element("span", { class: "value" }, value));
    const [connection, halls, rest] = PARTS;
    const feed = powersite.tables.feeds.find((one) => one.site_id === site.site_id) || {};
    const terrains = Object.keys(feed).filter((name) => name.startsWith("usd_") && feed[name] > 0).map((name) => name.slice(4));
    const ground = terrains.map((terrain) => [over(feed[`km_${terrain}`], terrain), show("line_usd", feed[`usd_${terrain}`]), "part of-part"]);
    const each = (name) => (unknown(site[name]) ? [] : [[label(name)[0], show(name, site[name]), "muted small"]]);
    return element("div", { class: "costs" }, ...[
      [label("connection_usd")[0], show("connection_usd", site.connection_usd), ""], ...rows(connection.slice(0, 1), "part"), ...ground, ...rows(connection.slice(1), "part"), ...rows(halls, ""), ...rows(rest, ""),
      [label("capex_usd")[0], show("capex_usd", site.capex_usd), "total"], ...each("connection_usd_per_mw"), ...each("capex_usd_per_mw"),
      [label("energy_usd_per_year")[0], show("energy_usd_per_year", site.energy_usd_per_year), ""],
    ].map(line), unknown(site.land_usd) ? element("p", { class: "muted small" }, t("card.no_land")) : null);
  }

  /** How the site could be supplied, and how its zone gets through the year. */
  function mix(site) {
    const told = [];
    if (site.supply_mix) {
      told.push(element("p", { class: "told" }, element("b", {}, label("supply_mix")[0]), ": ", site.supply_mix));
      told.push(facts(["supply_usd_per_mwh", "supply_months", "onsite_firm_mw"].filter((name) => !unknown(site[name])).map((name) => [label(name)[0], show(name, site[name])])));
    }
    if (site.season_note) told.push(element("p", { class: "told" }, element("b", {}, label("season_note")[0]), ": ", site.season_note));
    return told;
  }

  function shares(site) {
    const names = Object.keys(site).filter((name) => name.startsWith("share_"));
    const most = Math.max(1e-9, ...names.map((name) => site[name] || 0));
    const rows = names.map((name) => element("div", { class: "bar-row" }, element("span", {}, label(name)[0]),
      element("span", { class: "track" }, span("fill strong", { width: percent(site[name] || 0, most) })), element("span", { class: "value" }, number(site[name], 1))));
    return element("div", { class: "bars" }, ...rows, element("div", { class: "bar-row total" }, element("span", {}, label("score")[0]), element("span", {}),
      element("span", { class: "value" }, number(site.score, 1))));
  }

  function sureness(site) {
    const words = why.sure(site);
    if (!words) return null;
    const count = data.sure.sites;
    const at = (rank) => percent(rank - 0.5, count);
    return [element("p", {}, words), element("div", { class: "track ranks", "aria-hidden": "true" },
      span("range", { left: at(site.rank_p10 - 0.5), width: percent(Math.max(1, site.rank_p90 - site.rank_p10 + 1), count) }), span("point", { left: at(site.rank) })),
      element("p", { class: "muted small ends" }, element("span", {}, t("card.rank_first")), element("span", {}, t("card.rank_last", { count: number(count) })))];
  }

  /** What is approximate, before any number is read. */
  function caution(site) {
    const words = [];
    if (site.position_error_km > 0) words.push(t("card.approximate", { km: number(site.position_error_km, 1) }));
    if (unknown(site.confidence)) words.push(t("card.confidence_unknown"));
    else if (site.confidence < 1) words.push(t("card.confidence_below", { confidence: number(site.confidence, 2) }));
    return words.length ? element("p", { class: "flag" }, words.join(" ")) : null;
  }

  function sources() {
    const used = data.sources.filter((source) => ABOUT.includes(source.layer));
    return element("details", { class: "outlook" }, element("summary", {}, t("card.sources_count", { count: used.length })),
      element("ul", {}, ...used.map(({ title, licence, vintage, note }) => element("li", {}, [title, licence, vintage, note].filter((word) => word && word !== "unknown").join("; ")))));
  }
})();
