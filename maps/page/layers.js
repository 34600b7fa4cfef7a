"use strict";
/* The layers of the map, drawn on one canvas from the bottom up. */
(function () {
  const { data, rows, element, number, show, colour, facts, popup, unknown } = powersite;
  const load = data.scenario.load_mw;

  const SHAPES = {
    square: (c, x, y, r) => c.rect(x - r, y - r, 2 * r, 2 * r),
    diamond: (c, x, y, r) => polygon(c, [[x, y - r], [x + r, y], [x, y + r], [x - r, y]]),
    up: (c, x, y, r) => polygon(c, [[x, y - r], [x + r, y + 0.8 * r], [x - r, y + 0.8 * r]]),
    down: (c, x, y, r) => polygon(c, [[x, y + r], [x + r, y - 0.8 * r], [x - r, y - 0.8 * r]]),
  };
  function polygon(c, corners) {
    corners.forEach(([x, y], at) => (at ? c.lineTo(x, y) : c.moveTo(x, y)));
  }
  /** A point drawn in one of the shapes above; Leaflet itself knows circles only. */
  const Sign = L.CircleMarker.extend({
    _updatePath() {
      const renderer = this._renderer;
      if (!renderer._drawing || this._empty()) return;
      const c = renderer._ctx;
      c.beginPath();
      SHAPES[this.options.shape](c, this._point.x, this._point.y, this._radius);
      c.closePath();
      renderer._fillStroke(c, this);
    },
  });

  const FUELS = ["hydro", "wind", "gas", "solar", "nuclear", "coal", "oil", "biomass", "geothermal"];
  powersite.fuel = (name) => FUELS.find((fuel) => String(name).toLowerCase().includes(fuel)) || "other";
  powersite.VOLTAGES = [
    { from: 380, name: "380 kV and above", weight: 2.4, colour: "volt-4" },
    { from: 220, name: "220 – 379 kV", weight: 1.9, colour: "volt-3" },
    { from: 100, name: "100 – 219 kV", weight: 1.3, colour: "volt-2" },
    { from: 0, name: "below 100 kV", weight: 1, colour: "volt-1" },
  ];
  powersite.voltage = (kv) => powersite.VOLTAGES.find((one) => kv >= one.from) || powersite.VOLTAGES[3];
  powersite.plantRadius = (mw) => Math.max(2, 0.27 * Math.sqrt(mw || 0));

  const tables = {};
  for (const name of ["sites", "feeds", "supply", "ground", "barred", "towns", "substations", "headroom", "lines", "plants", "gas", "campuses", "regions"]) {
    tables[name] = rows(data[name]);
  }
  powersite.tables = tables;
  for (const bus of tables.headroom) {
    const station = tables.substations[bus.station];
    (station.buses = station.buses || []).push(bus);
  }

  const DRAW = {
    ground: (add) => {
      const style = { pane: "ground", renderer: powersite.groundCanvas, interactive: false };
      for (const region of tables.ground) {
        add(L.polygon(region.path, { ...style, color: colour("border"), weight: 1, fillColor: colour("land"), fillOpacity: 1 }));
      }
    },
    barred: (add) => {
      const style = { pane: "ground", renderer: powersite.groundCanvas, interactive: false, stroke: false };
      for (const area of tables.barred) {
        const wet = /water|lake|sea|river|glacier|reservoir/i.test(area.reason);
        add(L.polygon(area.path, { ...style, fillColor: colour(wet ? "water" : "barred"), fillOpacity: 1 }));
      }
    },
    graticule: (add) => {
      const [[south, west], [north, east]] = data.bounds;
      const step = [10, 5, 2, 1, 0.5, 0.25].find((size) => Math.max(north - south, east - west) / size >= 3) || 0.1;
      const style = { pane: "ground", renderer: powersite.groundCanvas, interactive: false, color: colour("graticule"), weight: 0.7 };
      const [bottom, top, left, right] = [south - 4 * step, north + 4 * step, west - 8 * step, east + 8 * step];
      for (let lat = Math.ceil(bottom / step) * step; lat <= top; lat += step) add(L.polyline([[lat, left], [lat, right]], style));
      for (let lon = Math.ceil(left / step) * step; lon <= right; lon += step) add(L.polyline([[bottom, lon], [top, lon]], style));
    },
    price: (add) => {
      for (const region of tables.ground) {
        const at = powersite.priceClass(region.land_price_usd_per_ha);
        const fill = at < 0 ? colour("land") : colour(`price-${at + 1}`);
        const shape = L.polygon(region.path, { color: colour("border"), weight: 1, fillColor: fill, fillOpacity: 0.85 });
        add(shape.bindPopup(() => regionPopup(region)));
      }
    },
    lines: (add) => {
      for (const line of tables.lines.filter((one) => one.over_mw !== null)) {
        add(L.polyline(line.path, { color: colour("over"), weight: 7, opacity: 0.6, interactive: false }));
      }
      for (const line of tables.lines) {
        const kind = powersite.voltage(line.voltage_kv);
        const style = { color: colour(kind.colour), weight: kind.weight, dashArray: line.dc ? "6 4" : null };
        add(L.polyline(line.path, style).bindPopup(() => linePopup(line)));
      }
    },
    plants: (add) => {
      for (const plant of [...tables.plants].sort((a, b) => (b.capacity_mw || 0) - (a.capacity_mw || 0))) {
        const shade = colour(`fuel-${powersite.fuel(plant.fuel)}`);
        const style = { radius: powersite.plantRadius(plant.capacity_mw), color: shade, weight: 1, fillColor: shade, fillOpacity: 0.35 };
        add(L.circleMarker([plant.lat, plant.lon], style).bindPopup(() => plantPopup(plant)));
      }
    },
    gas: (add) => {
      for (const field of tables.gas) {
        const style = { shape: field.offshore ? "down" : "up", radius: field.offshore ? 4 : 6, color: colour("fuel-gas"), weight: 1.2, fillColor: colour("fuel-gas"), fillOpacity: field.offshore ? 0.25 : 0.9 };
        add(new Sign([field.lat, field.lon], style).bindPopup(() => gasPopup(field)));
      }
    },
    substations: (add) => {
      for (const station of tables.substations) {
        const style = { shape: "square", color: colour("station"), weight: 1, ...box(station), ...powersite.stationFill(station) };
        const sign = new Sign([station.lat, station.lon], style);
        growing.push([sign, () => box(station), "substations"]);
        add(sign.bindPopup(() => stationPopup(station)));
      }
    },
    campuses: (add) => {
      for (const campus of tables.campuses) {
        const style = { shape: "diamond", radius: 9, color: colour("ink"), weight: 2, fillColor: colour("panel"), fillOpacity: 0.9 };
        add(new Sign([campus.lat, campus.lon], style).bindPopup(() => campusPopup(campus)));
      }
    },
    supply: (add) => {
      const shown = powersite.pathsOf(powersite.chosenId).filter((one) => one.path.length);
      for (const one of shown) add(L.polyline(one.path, { color: colour("halo"), weight: 10, opacity: 0.9, interactive: false }));
      for (const one of shown) {
        add(L.polyline(one.path, { color: colour(`path-${one.path_number}`), ...PATHS[one.path_number] }).bindPopup(() => popup(`Path ${one.path_number}`, one.told)));
      }
      for (const one of shown) {
        const dot = { radius: 4, color: colour("halo"), weight: 1, fillColor: colour(`path-${one.path_number}`), fillOpacity: 1, interactive: false };
        add(L.circleMarker(one.path[0][0], dot));
        const style = { radius: 8, color: colour(`path-${one.path_number}`), weight: 3, fill: false, interactive: false };
        const tip = { permanent: true, direction: "top", offset: [0, -8], className: "path-end" };
        add(L.circleMarker(one.path.at(-1).at(-1), style).bindTooltip(() => element("span", {}, one.to_station), tip));
      }
    },
    feeds: (add) => {
      const style = { color: colour("ink"), weight: 1.6, dashArray: "4 4", interactive: false };
      for (const feed of tables.feeds.filter((one) => powersite.isShownId(one.site_id))) add(L.polyline(feed.path, style));
    },
    sites: (add) => {
      if (powersite.crowded()) return void add(powersite.crowd);
      const badged = new Set(powersite.shownSites.slice(0, powersite.badges));
      for (const site of [...powersite.shownSites].reverse()) {
        const shade = colour(`grade-${site.grade}`);
        const open = () => powersite.select(site.site_id);
        add(L.polygon(site.path, { color: shade, weight: 1.2, fillColor: shade, fillOpacity: 0.35 }).on("click", open));
        if (!badged.has(site)) {
          const style = { color: colour("halo"), fillColor: shade, fillOpacity: 1, ...dot() };
          const marker = L.circleMarker([site.lat, site.lon], style);
          growing.push([marker, dot, "sites"]);
          add(marker.on("click", open).bindTooltip(() => siteTip(site)));
        }
      }
    },
  };
  /** Told apart without colour: the first is broad and solid, the second dashed on top of it. */
  const PATHS = { 1: { weight: 6 }, 2: { weight: 4, dashArray: "10 8", lineCap: "butt" } };
  powersite.pathsOf = (siteId) => tables.supply.filter((one) => one.site_id === siteId);
  powersite.redraw = function (name) {
    const group = powersite.groups[name].clearLayers();
    growing = growing.filter(([, , owner]) => owner !== name);
    DRAW[name]((layer) => group.addLayer(layer));
  };

  /* Many signs would hide the grid when the whole place is shown, so they grow with the zoom. */
  let growing = [];
  const step = () => [4, 6, 8].filter((zoom) => powersite.map.getZoom() >= zoom).length;
  const dot = () => [{ radius: 1.5, weight: 0 }, { radius: 2, weight: 0 }, { radius: 3, weight: 0.7 }, { radius: 4, weight: 1 }][step()];
  const box = (station) => ({ radius: powersite.stationRadius(station) * [0.45, 0.55, 0.75, 1][step()] });
  let drawn = null;
  powersite.resizeSigns = function () {
    if (step() === drawn) return;
    drawn = step();
    for (const [sign, size] of growing) sign.setStyle(size());
  };

  /** From the bottom up. */
  powersite.order = Object.keys(DRAW);
  powersite.badges = Math.min(data.scenario.top, 50);
  powersite.groups = {};
  powersite.shown = new Set(powersite.order.filter((name) => name !== "price"));

  powersite.prepare = function (map) {
    map.createPane("ground").style.zIndex = 250;
    map.getPane("ground").style.pointerEvents = "none";
    powersite.groundCanvas = L.canvas({ pane: "ground", padding: 0.3 });
    map.createPane("crowd").style.zIndex = 410;
    map.getPane("crowd").style.pointerEvents = "none";
    map.options.renderer = L.canvas({ padding: 0.2, tolerance: 3 });
    for (const name of powersite.order) powersite.groups[name] = L.layerGroup();
  };

  /** Draw every layer anew, in the colours of now, those shown in their order. */
  powersite.draw = function (map) {
    growing = [];
    drawn = step();
    for (const name of powersite.order) {
      const group = powersite.groups[name];
      group.remove().clearLayers();
      DRAW[name]((layer) => group.addLayer(layer));
      if (powersite.shown.has(name)) group.addTo(map);
    }
  };

  powersite.restack = function (map) {
    for (const name of powersite.order) powersite.groups[name].remove();
    for (const name of powersite.order) if (powersite.shown.has(name)) powersite.groups[name].addTo(map);
  };

  powersite.priceClass = (price) => (unknown(price) ? -1 : data.price_breaks.findIndex((end) => price <= end));

  powersite.best = (station, column) => Math.max(-1, ...(station.buses || []).map((bus) => (unknown(bus[column]) ? -1 : bus[column])));
  powersite.stationRadius = (station) => (Math.max(0, ...(station.buses || []).map((bus) => bus.voltage_kv)) >= 220 ? 4 : 3);
  powersite.stationFill = function (station) {
    if (powersite.best(station, "firm_mw") >= load) return { fillColor: colour("station"), fillOpacity: 1 };
    if (powersite.best(station, "normal_mw") >= load) return { fillColor: colour("station"), fillOpacity: 0.4 };
    return { fillColor: colour("panel"), fillOpacity: 0.95 };
  };

  const off = (km) => (unknown(km) || km <= 0 ? null : `may be off by ${number(km, 1)} km`);
  const megawatts = (value) => (unknown(value) ? "unknown" : `${number(value, value < 10 ? 1 : 0)} MW`);

  function siteTip(site) {
    return element("span", {}, `${site.rank}. ${site.name} · grade ${site.grade} · ${megawatts(site.firm_mw)} firm`);
  }
  function regionPopup(region) {
    return popup(region.name, null, facts([
      ["Land price", show("land_price_usd_per_ha", region.land_price_usd_per_ha)],
      ["Basis", region.basis || null], ["Year", region.year || null], ["Quality", region.quality || null],
    ]));
  }
  function linePopup(line) {
    const km = unknown(line.length_km) ? null : `${number(line.length_km, 1)} km`;
    const over = unknown(line.over_mw) ? null : `${megawatts(line.over_mw)} over its limit before any campus${line.outage ? `, when ${line.outage} is out` : ""}`;
    return popup(line.name, `${number(line.voltage_kv)} kV line${line.dc ? ", direct current" : ""}`, facts([
      ["Circuits", unknown(line.circuits) ? null : number(line.circuits)], ["Length", km],
      ["Rating", unknown(line.rating_mva) ? null : `${number(line.rating_mva)} MVA`],
      ["Pre-congested", over], ["Confidence", unknown(line.confidence) ? null : number(line.confidence, 2)],
    ]));
  }
  function plantPopup(plant) {
    return popup(plant.name, `${plant.fuel} plant`, facts([
      ["Capacity", megawatts(plant.capacity_mw)], ["Status", plant.status || null],
      ["Mean year", unknown(plant.annual_gwh) ? null : `${number(plant.annual_gwh)} GWh`],
    ]));
  }
  function gasPopup(field) {
    return popup(field.name, field.offshore ? "gas field, offshore" : "gas on land", facts([
      ["Gas", show("gas_mcm_per_year_in_reach", field.gas_mcm_per_year)], ["Status", field.status || null],
    ]));
  }
  function campusPopup(campus) {
    return popup(campus.name, "existing campus", facts([
      ["Connection", megawatts(campus.grid_mw)], ["Use", campus.use || null],
      ["Operator", campus.operator || null], ["Note", campus.note || null], ["Position", off(campus.position_error_km)],
    ]));
  }
  function stationPopup(station) {
    const buses = station.buses || [];
    const head = element("tr", {}, ...["kV", "Firm MW", "Normal MW"].map((name) => element("th", { scope: "col" }, name)));
    const body = buses.map((bus) => element("tr", {}, ...[bus.voltage_kv, bus.firm_mw, bus.normal_mw].map((value) => element("td", {}, number(value)))));
    const best = buses.reduce((a, b) => ((b.firm_mw || 0) > (a.firm_mw || 0) ? b : a), buses[0]);
    const limit = best && (best.limiting_branch || best.limiting_outage);
    return popup(station.name, `substation, ${String(station.voltages_kv).replaceAll(";", " / ")} kV`,
      buses.length ? element("table", { class: "mini" }, element("thead", {}, head), element("tbody", {}, ...body)) : element("p", {}, "Headroom unknown: not part of the network studied."),
      facts([
        ["Limited by", limit ? best.limiting_branch || null : null],
        ["with out", limit ? best.limiting_outage || null : null],
        ["Position", off(station.position_error_km)],
      ]));
  }
})();
