"use strict";
/* The layers of the map, drawn on one canvas from the bottom up. */
(function () {
  const { data, rows, element, colour, unknown, popups } = powersite;

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
  powersite.Sign = Sign;

  const FUELS = ["hydro", "wind", "gas", "solar", "nuclear", "coal", "oil", "biomass", "geothermal"];
  powersite.fuel = (name) => FUELS.find((fuel) => String(name).toLowerCase().includes(fuel)) || "other";
  powersite.VOLTAGES = [
    { from: 380, to: Infinity, weight: 2.4, colour: "volt-4" },
    { from: 220, to: 379, weight: 1.9, colour: "volt-3" },
    { from: 100, to: 219, weight: 1.3, colour: "volt-2" },
    { from: 0, to: 99, weight: 1, colour: "volt-1" },
  ];
  powersite.voltage = (kv) => powersite.VOLTAGES.find((one) => kv >= one.from) || powersite.VOLTAGES[3];
  powersite.plantRadius = (mw) => Math.max(2, 0.27 * Math.sqrt(mw || 0));
  powersite.headroomRadius = (mw) => 0.3 * Math.sqrt(Math.max(0, mw || 0));

  const tables = {};
  for (const name of ["sites", "feeds", "supply", "lifts", "ground", "barred", "towns", "substations", "headroom", "lines", "plants", "gas", "campuses", "regions"]) {
    tables[name] = rows(data[name]);
  }
  powersite.tables = tables;
  tables.sites.forEach((site, at) => { site.plan = data.plans.plans[data.plans.of[at]]; });
  powersite.busOf = new Map(tables.headroom.map((bus) => [bus.bus_id, bus]));
  for (const bus of tables.headroom) {
    const station = tables.substations[bus.station];
    (station.buses = station.buses || []).push(bus);
  }

  const GROUND = () => ({ pane: "ground", renderer: powersite.groundCanvas, interactive: false });
  powersite.isWet = (area) => /water|lake|sea|river|glacier|reservoir/i.test(area.reason);
  const groundColour = (area) => (area.reason === "sea" ? "sea" : powersite.isWet(area) ? "water" : "barred");

  const DRAW = {
    ground: (add) => {
      // The outer half of a broad border stays visible round the whole: the country's outline.
      for (const region of tables.ground) add(L.polygon(region.path, { ...GROUND(), color: colour("coast"), weight: 2.2, fill: false }));
      const style = { ...GROUND(), color: colour("border"), weight: 1, fillColor: colour("land"), fillOpacity: 1 };
      for (const region of tables.ground) add(L.polygon(region.path, style));
    },
    barred: (add) => {
      for (const area of tables.barred) {
        add(L.polygon(area.path, { ...GROUND(), stroke: false, fillColor: colour(groundColour(area)), fillOpacity: 1 }));
      }
    },
    graticule: (add) => {
      const { lats, lons, south, north, west, east } = powersite.graticule();
      const style = { ...GROUND(), color: colour("graticule"), weight: 0.7 };
      for (const lat of lats) add(L.polyline([[lat, west], [lat, east]], style));
      for (const lon of lons) add(L.polyline([[south, lon], [north, lon]], style));
    },
    price: (add) => fill(add, (region) => classed(powersite.priceClass(region.land_price_usd_per_ha), "price")),
    region_grade: (add) => fill(add, (region) => (region.grade ? colour(`grade-${region.grade}`) : null)),
    region_mw: (add) => fill(add, (region) => classed(powersite.classOf(region.joint_firm_mw, data.region_breaks), "mw")),
    headroom: (add) => {
      const style = { color: colour("mw-5"), weight: 1, fillColor: colour("mw-4"), fillOpacity: 0.35 };
      const known = tables.substations.filter((station) => powersite.best(station, "firm_mw") > 0);
      known.sort((a, b) => powersite.best(b, "firm_mw") - powersite.best(a, "firm_mw"));
      for (const station of known) {
        const radius = powersite.headroomRadius(powersite.best(station, "firm_mw"));
        add(L.circleMarker([station.lat, station.lon], { ...style, radius }).bindPopup(() => popups.station(station)));
      }
    },
    lines: (add) => {
      for (const line of tables.lines.filter((one) => one.over_mw !== null)) {
        add(L.polyline(line.path, { color: colour("over"), weight: 7, opacity: 0.6, interactive: false }));
      }
      for (const line of tables.lines) {
        const kind = powersite.voltage(line.voltage_kv);
        const style = { color: colour(kind.colour), weight: kind.weight, dashArray: line.dc ? "6 4" : null };
        add(L.polyline(line.path, style).bindPopup(() => popups.line(line)));
      }
    },
    plants: (add) => {
      for (const plant of [...tables.plants].sort((a, b) => (b.capacity_mw || 0) - (a.capacity_mw || 0))) {
        const shade = colour(`fuel-${powersite.fuel(plant.fuel)}`);
        const marker = L.circleMarker([plant.lat, plant.lon], { color: shade, fillColor: shade, fillOpacity: 0.35, ...disc(plant) });
        growing.push([marker, () => disc(plant), "plants"]);
        add(marker.bindPopup(() => popups.plant(plant)));
      }
    },
    gas: (add) => {
      for (const field of tables.gas) {
        const style = { shape: field.offshore ? "down" : "up", radius: field.offshore ? 4 : 6, color: colour("fuel-gas"), weight: 1.2, fillColor: colour("fuel-gas"), fillOpacity: field.offshore ? 0.25 : 0.9 };
        add(new Sign([field.lat, field.lon], style).bindPopup(() => popups.gas(field)));
      }
    },
    feeds: (add) => {
      const style = { color: colour("tie"), weight: 1, opacity: 0.7, dashArray: "2 4", interactive: false };
      for (const feed of tables.feeds.filter((one) => powersite.isShownId(one.site_id))) add(L.polyline(feed.path, style));
    },
    substations: (add) => {
      for (const station of tables.substations) {
        const style = { shape: "square", color: colour("station"), ...box(station), ...powersite.stationFill(station) };
        const sign = new Sign([station.lat, station.lon], style);
        growing.push([sign, () => box(station), "substations"]);
        add(sign.bindPopup(() => popups.station(station)));
      }
    },
    campuses: (add) => {
      for (const campus of tables.campuses) {
        const style = { shape: "diamond", radius: 9, color: colour("ink"), weight: 2, fillColor: colour("panel"), fillOpacity: 0.9 };
        add(new Sign([campus.lat, campus.lon], style).bindPopup(() => popups.campus(campus)));
      }
    },
    supply: (add) => powersite.drawChosen(add),
    sites: (add) => {
      if (powersite.crowded()) return void add(powersite.crowd);
      const badged = new Set(powersite.shownSites.slice(0, powersite.badges));
      for (const site of [...powersite.shownSites].reverse()) {
        const shade = colour(`grade-${site.grade}`);
        const open = () => powersite.select(site.site_id);
        add(L.polygon(site.path, { color: shade, weight: 1.2, fillColor: shade, fillOpacity: powersite.scoreOpacity(site.score) }).on("click", open));
        if (!badged.has(site)) {
          const marker = L.circleMarker([site.lat, site.lon], { color: colour("halo"), fillColor: shade, fillOpacity: 1, ...dot() });
          growing.push([marker, dot, "sites"]);
          add(marker.on("click", open).bindTooltip(() => popups.site(site)));
        }
      }
    },
  };
  powersite.redraw = function (name) {
    const group = powersite.groups[name].clearLayers();
    growing = growing.filter(([, , owner]) => owner !== name);
    DRAW[name]((layer) => group.addLayer(layer));
  };

  /** Fill each region with a colour; a region without one keeps the colour of the land. */
  function fill(add, shade) {
    const ofNow = new Map(powersite.regionsOfNow().map((one) => [one.region, one]));
    for (const ground of tables.ground) {
      const region = { ...ofNow.get(ground.name), ...ground };
      const style = { color: colour("border"), weight: 1, fillColor: shade(region) || colour("land"), fillOpacity: shade(region) ? 0.65 : 0 };
      add(L.polygon(region.path, style).bindPopup(() => popups.region(region)));
    }
  }
  const classed = (at, ramp) => (at < 0 ? null : colour(`${ramp}-${at + 1}`));
  powersite.classOf = (value, breaks) => (unknown(value) ? -1 : breaks.findIndex((end) => value <= end));
  powersite.priceClass = (price) => powersite.classOf(price, data.price_breaks);
  /** Layers that colour the regions; one of them at a time. */
  powersite.FILLS = ["region_grade", "region_mw", "price"];

  /** From 30 points faint to 90 points full. */
  powersite.scoreOpacity = (score) => 0.15 + 0.65 * Math.min(1, Math.max(0, ((score || 0) - 30) / 60));

  /** Lines of latitude and longitude round the place, a handful of them across it. */
  powersite.graticule = function () {
    const [[south, west], [north, east]] = data.bounds;
    const step = [10, 5, 2, 1, 0.5, 0.25].find((size) => Math.max(north - south, east - west) / size >= 3) || 0.1;
    const between = (low, high) => Array.from({ length: Math.floor(high / step) - Math.ceil(low / step) + 1 }, (_, at) => (Math.ceil(low / step) + at) * step);
    const box = { south: south - 4 * step, north: Math.min(85, north + 4 * step), west: west - 8 * step, east: east + 8 * step };
    return { ...box, lats: between(box.south, box.north), lons: between(box.west, box.east) };
  };

  /* Many signs would hide the grid when the whole place is shown, so they grow with the zoom. */
  let growing = [];
  const step = () => [4, 6, 8].filter((zoom) => powersite.map.getZoom() >= zoom).length;
  const dot = () => [{ radius: 1.5, weight: 0 }, { radius: 2, weight: 0 }, { radius: 3, weight: 0.7 }, { radius: 4, weight: 1 }][step()];
  const hidden = { radius: 0, weight: 0 };
  const box = (station) => (step() < 2 && powersite.highest(station) < 220 ? hidden : { radius: powersite.stationRadius(station) * [0.45, 0.55, 0.75, 1][step()], weight: 1 });
  /* From afar only plants that would matter to a campus. */
  const disc = (plant) => (step() < 2 && (plant.capacity_mw || 0) < 100 && tables.plants.length > 50 ? hidden : { radius: powersite.plantRadius(plant.capacity_mw), weight: 1 });
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
  powersite.shown = new Set(powersite.order.filter((name) => !powersite.FILLS.includes(name) && name !== "headroom"));

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

  /** Lay pictures of the canvases over them, as they are now: Chromium prints a canvas that was drawn
      for the paper's size without what lies below it. */
  powersite.intoPictures = function (map) {
    for (const canvas of [powersite.groundCanvas, map.options.renderer].filter((one) => one._map)) {
      canvas._redrawBounds = null;
      canvas._redraw(); // Leaflet would wait for the next frame, and paper waits for none
    }
    for (const canvas of document.querySelectorAll("#map canvas")) {
      const picture = element("img", { class: "paper", alt: "", src: canvas.toDataURL() });
      picture.style.cssText = canvas.style.cssText;
      canvas.after(picture);
    }
  };
  powersite.outOfPictures = () => document.querySelectorAll("#map img.paper").forEach((picture) => picture.remove());

  powersite.restack = function (map) {
    for (const name of powersite.order) powersite.groups[name].remove();
    for (const name of powersite.order) if (powersite.shown.has(name)) powersite.groups[name].addTo(map);
  };

  powersite.best = (station, column) => Math.max(-1, ...(station.buses || []).map((bus) => (unknown(bus[column]) ? -1 : bus[column])));
  powersite.highest = (station) => Math.max(0, ...String(station.voltages_kv).split(";").map(Number).filter(Number.isFinite));
  powersite.stationRadius = (station) => (powersite.highest(station) >= 220 ? 4 : 3);
  powersite.stationFill = function (station) {
    const load = powersite.loadMw();
    if (powersite.best(station, "firm_mw") >= load) return { fillColor: colour("station"), fillOpacity: 1 };
    if (powersite.best(station, "normal_mw") >= load) return { fillColor: colour("station"), fillOpacity: 0.4 };
    return { fillColor: colour("panel"), fillOpacity: 0.95 };
  };
})();
