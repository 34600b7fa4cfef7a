"use strict";
/* Layer control and legend in one: each layer can be switched, each sign is explained with its unit. */
(function () {
  const { data, tables, element, number, swatch, colour, t, megawatts } = powersite;

  const entries = (pairs) => element("ul", {}, ...pairs.filter(Boolean).map(([sign, text]) => element("li", {}, sign, text)));
  const pairs = (ul) => { ul.className = "two"; return ul; };
  const present = {
    fuels: () => [...new Set(tables.plants.map((plant) => powersite.fuel(plant.fuel)))],
    voltages: () => powersite.VOLTAGES.filter((one) => tables.lines.some((line) => powersite.voltage(line.voltage_kv) === one)),
  };
  const volts = ({ from, to }) => (to === Infinity ? t("legend.kv_from", { from: number(from) }) : from ? t("legend.kv", { from: number(from), to: number(to) }) : t("legend.kv_below", { to: number(to + 1) }));
  const classes = (breaks, ramp, none) => entries([...breaks.map((end, at) => [swatch(colour(`${ramp}-${at + 1}`), "area"), t("legend.up_to", { value: number(end) })]), [swatch(colour("land"), "area"), none]]);
  const load = () => megawatts(powersite.loadMw());

  const SECTIONS = [
    ["sites", true, [
      ["sites", () => entries([
        ...["A", "B", "C", "D"].map((grade) => [swatch(colour(`grade-${grade}`), "round"), `${grade}: ${powersite.gradeMeaning(grade)}`]),
        [scores(), t("legend.score")]])],
      ["supply", () => entries([
        [swatch(colour("ink"), "dash"), t("legend.tie")], [powersite.stroke(1), t("legend.path_1")], [powersite.stroke(2), t("legend.path_2")],
        [swatch(colour("limit"), "line limit"), t("legend.limit")], [swatch(colour("limit"), "dotted limit"), t("legend.outage")]])],
      ["feeds", () => swatch(colour("tie"), "dash thin")],
      ["campuses", () => swatch(colour("ink"), "diamond")],
    ]],
    ["grid", true, [
      ["lines", () => entries([
        ...present.voltages().map((one) => [swatch(colour(one.colour), `line w${Math.round(one.weight)}`), volts(one)]),
        tables.lines.some((line) => line.over_mw !== null) ? [swatch(colour("over"), "line halo"), t("legend.over")] : null,
        tables.lines.some((line) => line.dc) ? [swatch(colour("volt-4"), "dash"), t("legend.dc")] : null])],
      ["substations", () => entries([
        [swatch(colour("station"), "square"), t("legend.station_firm", { load: load() })],
        [swatch(colour("station"), "square half"), t("legend.station_normal", { load: load() })],
        [swatch(colour("station"), "square open"), t("legend.station_less")]])],
      ["headroom", () => entries([[sizes([100, 500, 2000], powersite.headroomRadius), t("legend.firm_sizes", { sizes: [100, 500, 2000].map((mw) => number(mw)).join(", ") })]])],
    ]],
    ["energy", false, [
      ["plants", () => element("div", {}, pairs(entries(present.fuels().map((fuel) => [swatch(colour(`fuel-${fuel}`), "round soft"), t(`fuel.${fuel}`)]))),
        entries([[sizes([100, 500, 1000], powersite.plantRadius), t("legend.sizes", { sizes: [100, 500, 1000].map((mw) => number(mw)).join(", ") })]]))],
      ["gas", () => entries([[swatch(colour("fuel-gas"), "up"), t("legend.gas_land")], [swatch(colour("fuel-gas"), "down"), t("legend.gas_offshore")]])],
    ]],
    ["regions", false, [
      ["no_fill", null],
      ["region_grade", () => entries([...["A", "B", "C", "D"].filter((grade) => tables.regions.some((one) => one.grade === grade)).map((grade) => [swatch(colour(`grade-${grade}`), "area"), grade]), [swatch(colour("land"), "area"), t("legend.no_site")]])],
      ["region_mw", () => classes(data.region_breaks, "mw", t("unknown"))],
      ["price", () => classes(data.price_breaks, "price", t("unknown"))],
    ]],
    ["ground", false, [
      ["tiles", null],
      ["barred", () => entries([
        [swatch(colour("water"), "area"), t("legend.water")],
        tables.barred.every(powersite.isWet) ? null : [swatch(colour("barred"), "area"), t("legend.barred_other")]])],
      ["towns", null],
      ["graticule", null],
    ]],
  ];
  const missing = (name) => ({ price: !data.price_breaks.length, region_mw: !data.region_breaks.length, tiles: !powersite.hasTiles }[name] ?? (data[name] && !data[name].rows));
  const isFill = (name) => name === "no_fill" || powersite.FILLS.includes(name);

  function sizes(capacities, radius) {
    const node = element("span", { class: "sizes", "aria-hidden": "true" });
    for (const mw of capacities) {
      const ring = element("span", {});
      ring.style.width = ring.style.height = `${(2 * radius(mw)).toFixed(1)}px`;
      node.append(ring);
    }
    return node;
  }
  function scores() {
    const node = element("span", { class: "scores", "aria-hidden": "true" });
    for (const score of [30, 60, 90]) {
      const part = element("span", {});
      part.style.background = colour("grade-A");
      part.style.opacity = powersite.scoreOpacity(score);
      node.append(part);
    }
    return node;
  }

  const paper = window.matchMedia("print"); // paper shows every part
  const open = new Map(SECTIONS.map(([name, at]) => [name, at]));
  powersite.drawLegend = function (map) {
    const box = document.getElementById("legend");
    while (box.children.length > 1) box.lastChild.remove();
    const body = element("div", { class: "legend-body" });
    for (const [section, , layers] of SECTIONS) {
      const here = layers.filter(([name]) => !missing(name));
      if (!here.length) continue;
      const fold = element("details", { class: "part", "data-part": section }, element("summary", {}, t(`legend.${section}`)), ...here.map((layer) => row(map, layer)));
      fold.open = paper.matches || open.get(section);
      fold.addEventListener("toggle", () => paper.matches || open.set(section, fold.open));
      body.append(fold);
    }
    box.append(body);
  };
  function row(map, [name, signs]) {
    const box = element("input", isFill(name) ? { type: "radio", name: "fill", "data-layer": name } : { type: "checkbox", "data-layer": name });
    box.checked = name === "towns" ? powersite.shownTowns : name === "tiles" ? powersite.tilesShown() : name === "no_fill" ? !powersite.FILLS.some((one) => powersite.shown.has(one)) : powersite.shown.has(name);
    box.addEventListener("change", () => powersite.toggle(map, name, box.checked));
    const told = signs ? signs() : null, alone = told && told.tagName === "SPAN"; // one sign goes beside the name
    return element("div", { class: "layer" }, element("label", {}, box, element("span", {}, t(`layer.${name}`)), alone ? told : null), alone ? null : told);
  }

  powersite.shownTowns = true;
  powersite.toggle = function (map, name, on) {
    if (isFill(name)) for (const other of powersite.FILLS) powersite.shown.delete(other);
    if (name === "towns") powersite.shownTowns = on;
    else if (name === "tiles") powersite.showTiles(map, on);
    else if (on && name !== "no_fill") powersite.shown.add(name);
    else powersite.shown.delete(name);
    if (name === "sites") (on ? map.addLayer : map.removeLayer).call(map, powersite.badgeGroup);
    if (name !== "towns") powersite.restack(map);
    powersite.placeNames(map);
  };
})();
