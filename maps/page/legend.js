"use strict";
/* Layer control and legend in one: each layer can be switched, each sign is explained with its unit. */
(function () {
  const { data, tables, element, number, swatch, colour } = powersite;
  const load = number(data.scenario.load_mw, data.scenario.load_mw % 1 ? 1 : 0);

  const entries = (pairs) => element("ul", {}, ...pairs.map(([sign, text]) => element("li", {}, sign, text)));

  const present = {
    fuels: () => [...new Set(tables.plants.map((plant) => powersite.fuel(plant.fuel)))],
    voltages: () => powersite.VOLTAGES.filter((one) => tables.lines.some((line) => powersite.voltage(line.voltage_kv) === one)),
  };

  const SECTIONS = [
    ["Sites", [
      ["sites", "Candidate sites", () => entries(
        ["A", "B", "C", "D"].map((grade) => [swatch(colour(`grade-${grade}`), "round"), `${grade}: ${data.grades[grade]}`]))],
      ["feeds", "Tie-lines of the sites", () => entries([[swatch(colour("ink"), "dash"), "to the point of connection"]])],
      ["campuses", "Existing campuses", () => entries([[swatch(colour("ink"), "diamond"), "energised connection"]])],
    ]],
    ["Grid", [
      ["lines", "Lines", () => entries([
        ...present.voltages().map((one) => [swatch(colour(one.colour), `line w${Math.round(one.weight)}`), one.name]),
        tables.lines.some((line) => line.over_mw !== null) ? [swatch(colour("over"), "line halo"), "over its limit before any campus"] : null,
        tables.lines.some((line) => line.dc) ? [swatch(colour("volt-4"), "dash"), "direct current"] : null,
      ].filter(Boolean))],
      ["supply", "Supply paths of the chosen site", () => entries([
        [powersite.stroke(1), "first path to a strong source"],
        [powersite.stroke(2), "second path"],
      ])],
      ["substations", "Substations by headroom", () => entries([
        [swatch(colour("station"), "square"), `${load} MW firm (N-1)`],
        [swatch(colour("station"), "square half"), `${load} MW in normal operation`],
        [swatch(colour("station"), "square open"), "less, or unknown"],
      ])],
    ]],
    ["Energy", [
      ["plants", "Power plants", () => entries([
        ...present.fuels().map((fuel) => [swatch(colour(`fuel-${fuel}`), "round soft"), fuel]),
        [sizes([100, 500, 1000]), "100, 500, 1,000 MW"],
      ])],
      ["gas", "Gas", () => entries([
        [swatch(colour("fuel-gas"), "up"), "landing point, or gas on land"],
        [swatch(colour("fuel-gas"), "down"), "field, offshore"],
      ])],
    ]],
    ["Ground", [
      ["price", "Land price, USD/ha", () => entries(
        data.price_breaks.map((end, at) => [swatch(colour(`price-${at + 1}`), "area"), `up to ${number(end)}`])
          .concat([[swatch(colour("land"), "area"), "unknown"]]))],
      ["barred", "Barred ground", () => entries([
        [swatch(colour("water"), "area"), "water"],
        tables.barred.every((area) => /water/i.test(area.reason)) ? null : [swatch(colour("barred"), "area"), "other"],
      ].filter(Boolean))],
      ["towns", "Towns", null],
      ["graticule", "Graticule", null],
    ]],
  ];
  const missing = (name) => (name === "price" ? !data.price_breaks.length : data[name] && !data[name].rows);

  function sizes(capacities) {
    const node = element("span", { class: "sizes", "aria-hidden": "true" });
    for (const mw of capacities) {
      const ring = element("span", {});
      ring.style.width = ring.style.height = `${2 * powersite.plantRadius(mw)}px`;
      node.append(ring);
    }
    return node;
  }

  powersite.drawLegend = function (map) {
    const box = document.getElementById("legend");
    while (box.children.length > 1) box.lastChild.remove();
    const body = element("div", { class: "legend-body" });
    for (const [title, layers] of SECTIONS) {
      const here = layers.filter(([name]) => !missing(name));
      if (!here.length) continue;
      body.append(element("fieldset", {}, element("legend", {}, title), ...here.map((layer) => row(map, layer))));
    }
    box.append(body);
  };

  function row(map, [name, title, signs]) {
    const box = element("input", { type: "checkbox", "data-layer": name });
    box.checked = name === "towns" ? powersite.shownTowns : powersite.shown.has(name);
    box.addEventListener("change", () => powersite.toggle(map, name, box.checked));
    return element("div", { class: "layer" }, element("label", {}, box, element("span", {}, title)), signs ? signs() : null);
  }

  powersite.shownTowns = true;
  powersite.toggle = function (map, name, on) {
    if (name === "towns") powersite.shownTowns = on;
    else if (on) powersite.shown.add(name);
    else powersite.shown.delete(name);
    if (name === "sites") (on ? map.addLayer : map.removeLayer).call(map, powersite.badgeGroup);
    if (name !== "towns") powersite.restack(map);
    powersite.placeNames(map);
  };
})();
