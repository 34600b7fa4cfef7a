"use strict";
/* Rank badges of the best sites, and the names on the map, placed so that none covers a better one. */
(function () {
  const { tables, element, number, t } = powersite;
  const WIDE = /[\u1100-\u11ff\u2e80-\ud7ff\uf900-\ufaff\uff00-\uff60]/g;
  const badges = new Map();
  let names = null;

  powersite.addBadges = function (map) {
    powersite.badgeGroup = L.layerGroup().addTo(map);
    names = L.layerGroup().addTo(map);
    map.createPane("names").style.zIndex = 580;
    map.getPane("names").style.pointerEvents = "none";
    map.on("moveend zoomend resize", () => place(map));
    powersite.showBadges();
  };
  /** Badges of the best of the sites that are shown. */
  powersite.showBadges = function () {
    powersite.badgeGroup.clearLayers();
    badges.clear();
    for (const site of powersite.shownSites.slice(0, powersite.badges)) {
      const face = element("span", { class: `badge grade-${site.grade}` }, String(site.rank));
      const icon = L.divIcon({ className: "pin", html: face, iconSize: [24, 24] });
      const marker = L.marker([site.lat, site.lon], { icon, zIndexOffset: 10000 - 100 * badges.size, riseOnHover: true });
      marker.on("click", () => powersite.select(site.site_id));
      marker.on("add", () => marker.getElement().setAttribute("aria-label", t("badge.of", { rank: site.rank, name: site.name || site.site_id, grade: site.grade })));
      marker.bindTooltip(() => powersite.popups.site(site), { direction: "top", offset: [0, -10] });
      badges.set(site.site_id, { marker, face, above: 10000 - 100 * badges.size });
      powersite.badgeGroup.addLayer(marker);
    }
    place(powersite.map);
  };

  powersite.markBadge = function (siteId) {
    for (const [id, { marker, face, above }] of badges) {
      face.classList.toggle("chosen", id === siteId);
      marker.setZIndexOffset(id === siteId ? 20000 : above);
    }
  };

  powersite.placeNames = place;
  function place(map) {
    const taken = placeBadges(map);
    if (!powersite.narrow()) taken.push([0, 0, 300, 46], [0, 0, 50, 130]); // the finder and the buttons
    names.clearLayers();
    if (powersite.shown.has("graticule")) placeDegrees(map, taken);
    if (powersite.shown.has("headroom") && map.getZoom() >= 7) placeHeadroom(map, taken);
    if (!powersite.shownTowns) return;
    const size = map.getSize();
    const room = Math.round((size.x * size.y) / 36000);
    placeAll(map, taken, tables.towns, room, (town) => ["town", town.name, 6.4]);
    if (map.getZoom() >= 5.5) placeAll(map, taken, regionPlaces(), 24, (region) => ["regionname", region.name, 7.6]);
  }

  function placeBadges(map) {
    const taken = [], shown = map.hasLayer(powersite.badgeGroup);
    for (const { marker, face } of badges.values()) {
      const at = map.latLngToContainerPoint(marker.getLatLng());
      const box = [at.x - 11, at.y - 11, at.x + 11, at.y + 11];
      const minor = hits(taken, box) && !face.classList.contains("chosen");
      face.classList.toggle("minor", minor);
      if (shown && !minor) taken.push(box);
    }
    return taken;
  }

  /** Place names until there is no room: the style, the words and the width of a letter of each. */
  function placeAll(map, taken, places, room, look) {
    const view = map.getBounds().pad(0.05);
    let left = room;
    for (const one of places) {
      if (left <= 0) break;
      if (!view.contains([one.lat, one.lon])) continue;
      const [style, text, letter] = look(one);
      const at = map.latLngToContainerPoint([one.lat, one.lon]);
      const width = letter * (text.length + (text.match(WIDE) || []).length) + 8;
      const box = style === "regionname" ? [at.x - width / 2, at.y - 8, at.x + width / 2, at.y + 8] : [at.x - 4, at.y - 8, at.x + 6 + width, at.y + 8];
      if (hits(taken, box)) continue;
      taken.push(box);
      left -= 1;
      name([one.lat, one.lon], style, text);
    }
  }
  function placeHeadroom(map, taken) {
    const known = tables.substations.filter((station) => powersite.best(station, "firm_mw") >= 0);
    known.sort((a, b) => powersite.best(b, "firm_mw") - powersite.best(a, "firm_mw"));
    placeAll(map, taken, known, 60, (station) => ["mwname", `${number(powersite.best(station, "firm_mw"))} MW`, 6]);
  }
  /** Degrees at the left and at the lower edge. */
  function placeDegrees(map, taken) {
    const { lats, lons } = powersite.graticule();
    const size = map.getSize(), bounds = map.getBounds();
    const write = (point, text) => {
      const box = [point.x, point.y - 7, point.x + 32, point.y + 7];
      if (hits(taken, box)) return;
      taken.push(box);
      name(map.containerPointToLatLng(point), "degree", text);
    };
    for (const lat of lats.filter((one) => one > bounds.getSouth() && one < bounds.getNorth())) {
      const { y } = map.latLngToContainerPoint([lat, bounds.getCenter().lng]);
      if (y > 190 && y < size.y - 60) write(L.point(8, y), powersite.degrees(lat, "N", "S", 2));
    }
    for (const lon of lons.filter((one) => one > bounds.getWest() && one < bounds.getEast())) {
      const { x } = map.latLngToContainerPoint([bounds.getCenter().lat, lon]);
      if (x > 40) write(L.point(x + 2, 12), powersite.degrees(lon, "E", "W", 2));
    }
  }
  function name(at, style, text) {
    const icon = L.divIcon({ className: "townpin", html: element("span", { class: style }, text), iconSize: [0, 0] });
    names.addLayer(L.marker(at, { icon, interactive: false, keyboard: false, pane: "names" }));
  }
  let middles = null;
  /** Where a region's name goes: the middle of the largest part of its shape. */
  function regionPlaces() {
    middles = middles || tables.ground.filter((region) => region.path.length).map((region) => {
      const boxes = region.path.map((part) => L.latLngBounds(part[0]));
      const area = (box) => (box.getNorth() - box.getSouth()) * (box.getEast() - box.getWest());
      const { lat, lng } = boxes.reduce((a, b) => (area(b) > area(a) ? b : a)).getCenter();
      return { name: region.name, lat, lon: lng };
    });
    return middles;
  }
  function hits(taken, [left, top, right, bottom]) {
    return taken.some((box) => left < box[2] && right > box[0] && top < box[3] && bottom > box[1]);
  }

  const digits = (value, most) => String(Number(Math.abs(value).toFixed(most)));
  powersite.degrees = (value, plus, minus, most) => `${digits(value, most)}° ${value < 0 ? minus : plus}`;
  powersite.position = (lat, lon) => `${powersite.degrees(lat, "N", "S", 4)}, ${powersite.degrees(((((lon + 180) % 360) + 360) % 360) - 180, "E", "W", 4)}`;
})();
