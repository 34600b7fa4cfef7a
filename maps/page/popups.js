"use strict";
/* What a click or a hover on the map tells, as elements. */
(function () {
  const { element, number, show, facts, popup, unknown, t } = powersite;

  const decimals = (value) => (Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : 1);
  /** Megawatts with their unit, a decimal where they are few and broken. */
  powersite.megawatts = (value) => (unknown(value) ? t("unknown") : `${number(value, decimals(value))}\u00a0MW`);
  const { megawatts } = powersite;
  const off = (km) => (unknown(km) || km <= 0 ? null : t("popup.off", { km: number(km, 1) }));
  const some = (value, unit, digits) => (unknown(value) ? null : `${number(value, digits)}\u00a0${unit}`);

  powersite.popups = {
    site: (site) => element("span", {}, t("popup.site", { rank: number(site.rank), name: site.name || site.site_id, grade: site.grade, firm: megawatts(site.firm_mw) })),
    region(region) {
      const best = powersite.tables.sites.find((site) => site.site_id === region.best_site_id);
      const open = best && element("button", { type: "button", class: "link" }, `${number(best.rank)}. ${best.name || best.site_id}`);
      if (open) open.addEventListener("click", () => powersite.select(best.site_id));
      return popup(region.name, null, facts([
        [t("popup.best"), open || t("popup.no_site")], [t("popup.grade"), region.grade || null],
        [t("popup.counts"), best ? `A ${number(region.sites_a)} · B ${number(region.sites_b)} · C ${number(region.sites_c)}` : null],
        [t("popup.one_point"), best ? megawatts(region.firm_mw) : null], [t("popup.together"), best ? megawatts(region.joint_firm_mw) : null],
        [powersite.label("land_price_usd_per_ha")[0], show("land_price_usd_per_ha", region.land_price_usd_per_ha)],
        [t("popup.basis"), [region.basis, region.year, region.quality].filter((word) => !unknown(word)).join(", ") || null],
      ]));
    },
    line(line) {
      const kind = line.dc ? t("popup.line_dc", { kv: number(line.voltage_kv) }) : t("popup.line", { kv: number(line.voltage_kv) });
      const values = { mw: megawatts(line.over_mw), outage: line.outage };
      const over = unknown(line.over_mw) ? null : line.outage ? t("popup.over_outage", values) : t("popup.over", values);
      return popup(line.name, kind, facts([
        [t("popup.circuits"), unknown(line.circuits) ? null : number(line.circuits)], [t("popup.length"), some(line.length_km, "km", 1)],
        [t("popup.rating"), some(line.rating_mva, "MVA")], [t("popup.congested"), over], [powersite.label("confidence")[0], unknown(line.confidence) ? null : number(line.confidence, 2)],
      ]));
    },
    plant: (plant) => popup(plant.name, t("popup.plant", { fuel: plant.fuel }), facts([
      [t("popup.capacity"), megawatts(plant.capacity_mw)], [t("popup.status"), plant.status || null], [t("popup.mean_year"), some(plant.annual_gwh, "GWh")],
    ])),
    gas: (field) => popup(field.name, field.offshore ? t("popup.gas_offshore") : t("popup.gas_land"), facts([
      [t("popup.gas"), show("gas_mcm_per_year_in_reach", field.gas_mcm_per_year)], [t("popup.status"), field.status || null],
    ])),
    campus: (campus) => popup(campus.name, t("kind.campus"), facts([
      [t("popup.connection"), megawatts(campus.grid_mw)], [t("popup.use"), campus.use || null],
      [t("popup.operator"), campus.operator || null], [t("popup.note"), campus.note || null], [t("popup.position"), off(campus.position_error_km)],
    ])),
    town: (town) => popup(town.name, null, facts([[t("popup.people"), unknown(town.population) ? null : number(town.population)]])),
    station(station) {
      const buses = station.buses || [];
      const heads = ["kV", t("popup.firm"), t("popup.normal")];
      const head = element("tr", {}, ...heads.map((name) => element("th", { scope: "col" }, name)));
      const body = buses.map((bus) => element("tr", {}, ...[bus.voltage_kv, bus.firm_mw, bus.normal_mw].map((value) => element("td", {}, number(value)))));
      const best = buses.reduce((a, b) => ((b.firm_mw || 0) > (a.firm_mw || 0) ? b : a), buses[0]);
      return popup(station.name, t("popup.substation", { kv: String(station.voltages_kv).replaceAll(";", " / ") }),
        buses.length ? element("table", { class: "mini" }, element("thead", {}, head), element("tbody", {}, ...body)) : element("p", {}, t("popup.no_headroom")),
        facts([
          [t("popup.limited"), best ? powersite.limitWords(best.limiting_branch, best.limiting_outage) : null],
          [t("popup.position"), off(station.position_error_km)],
        ]));
    },
  };

  /** Name the line that limits, and the outage under which it does. */
  powersite.limitWords = function (line, outage) {
    if (unknown(line)) return unknown(outage) ? t("why.limit_supply") : t("why.limit_supply_left", { outage });
    if (unknown(outage)) return t("why.limit_normal", { line });
    return line === outage ? t("why.limit_only_way", { line }) : t("why.limit", { line, outage });
  };
})();
