"use strict";
/* What is drawn of the chosen site alone: its tie-line, its supply paths, and what limits it. */
(function () {
  const { element, colour, t, popup } = powersite;

  /** Told apart without colour: the first is broad and solid, the second dashed on top of it. */
  const PATHS = { 1: { weight: 6 }, 2: { weight: 4, dashArray: "10 8", lineCap: "butt" } };
  powersite.pathsOf = (siteId) => powersite.tables.supply.filter((one) => one.site_id === siteId);

  /** The tie-line as drawn, or straight where the page has none. */
  powersite.tieOf = function (site) {
    const { feeds, substations } = powersite.tables;
    const feed = feeds.find((one) => one.site_id === site.site_id);
    const bus = powersite.busOf.get(site.poi_id);
    if (feed) return feed.path;
    return bus ? [[[site.lat, site.lon], [substations[bus.station].lat, substations[bus.station].lon]]] : [];
  };

  /** Where the branch that limits a site is, and the one whose outage makes it do so. */
  powersite.limitsOf = function (site) {
    const { lines, substations } = powersite.tables;
    const bus = powersite.busOf.get(site.poi_id);
    if (!bus) return [];
    const found = (line, station) => (line !== null ? { line: lines[line] } : station !== null ? { station: substations[station] } : null);
    const places = [["limit", found(bus.limit_line, bus.limit_station)], ["outage", found(bus.outage_line, bus.outage_station)]];
    const [limit, outage] = places;
    const same = limit[1] && outage[1] && limit[1].line === outage[1].line && limit[1].station === outage[1].station;
    return places.filter(([role, place]) => place && !(same && role === "outage"));
  };

  /** What to bring into view: the site with its tie-line and paths, and its limit unless that is far. */
  powersite.boundsOf = function (site) {
    const bounds = L.polygon(site.path).getBounds().extend(L.polyline(powersite.tieOf(site)).getBounds());
    for (const one of powersite.pathsOf(site.site_id)) if (one.path.length) bounds.extend(L.polyline(one.path).getBounds());
    const across = (box) => box.getNorthEast().distanceTo(box.getSouthWest());
    for (const [, { line, station }] of powersite.limitsOf(site)) {
      const wider = L.latLngBounds(bounds.getSouthWest(), bounds.getNorthEast()).extend(line ? L.polyline(line.path).getBounds() : [station.lat, station.lon]);
      if (across(wider) <= Math.max(150e3, 2 * across(bounds))) bounds.extend(wider);
    }
    return bounds;
  };

  powersite.drawChosen = function (add) {
    const site = powersite.tables.sites.find((one) => one.site_id === powersite.chosenId);
    if (!site) return;
    for (const [role, place] of powersite.limitsOf(site)) drawLimit(add, role, place);
    drawPaths(add, powersite.pathsOf(site.site_id).filter((one) => one.path.length));
    const tie = powersite.tieOf(site);
    add(L.polyline(tie, { color: colour("halo"), weight: 6, opacity: 0.9, interactive: false }));
    add(L.polyline(tie, { color: colour("ink"), weight: 3, dashArray: "7 5", lineCap: "butt", interactive: false }));
  };

  /** A limiting line wears a broad band; the line whose outage makes it the limit is crossed. */
  function drawLimit(add, role, { line, station }) {
    const look = role === "limit" ? { color: colour("limit"), weight: 17, opacity: 0.45 } : { color: colour("limit"), weight: 13, opacity: 0.8, dashArray: "1 10", lineCap: "butt" };
    const name = element("span", {}, t(`map.${role}`));
    const tip = { permanent: true, direction: "center", className: `path-end ${role}` };
    if (station) {
      const ring = { radius: role === "limit" ? 12 : 9, ...look, weight: 4, dashArray: role === "limit" ? null : "3 3", fill: false, interactive: false };
      add(L.circleMarker([station.lat, station.lon], ring).bindTooltip(() => name, { ...tip, direction: "bottom", offset: [0, 10] }));
    } else add(L.polyline(line.path, { ...look, interactive: false }).bindTooltip(() => name, tip));
  }

  function drawPaths(add, shown) {
    for (const one of shown) add(L.polyline(one.path, { color: colour("halo"), weight: 10, opacity: 0.9, interactive: false }));
    for (const one of shown) {
      const style = { color: colour(`path-${one.path_number}`), ...PATHS[one.path_number] };
      add(L.polyline(one.path, style).bindPopup(() => popup(t("card.path", { number: one.path_number }), one.told)));
    }
    for (const one of shown) {
      const dot = { radius: 4, color: colour("halo"), weight: 1, fillColor: colour(`path-${one.path_number}`), fillOpacity: 1, interactive: false };
      add(L.circleMarker(one.path[0][0], dot));
      const style = { radius: 8, color: colour(`path-${one.path_number}`), weight: 3, fill: false, interactive: false };
      const tip = { permanent: true, direction: "top", offset: [0, -8], className: "path-end" };
      add(L.circleMarker(one.path.at(-1).at(-1), style).bindTooltip(() => element("span", {}, one.to_station), tip));
    }
  }
})();
