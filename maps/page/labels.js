"use strict";
/* Rank badges of the best sites and names of towns, placed so that none covers a better one. */
(function () {
  const { tables, element, t } = powersite;
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
      marker.on("add", () => marker.getElement().setAttribute("aria-label", t("badge.of", { rank: site.rank, name: site.name, grade: site.grade })));
      marker.bindTooltip(() => element("span", {}, `${site.rank}. ${site.name}`), { direction: "top", offset: [0, -10] });
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
    const taken = [];
    const view = map.getBounds().pad(0.05);
    const size = map.getSize();
    const shown = map.hasLayer(powersite.badgeGroup);
    for (const { marker, face } of badges.values()) {
      const at = map.latLngToContainerPoint(marker.getLatLng());
      const box = [at.x - 11, at.y - 11, at.x + 11, at.y + 11];
      const minor = hits(taken, box) && !face.classList.contains("chosen");
      face.classList.toggle("minor", minor);
      if (shown && !minor) taken.push(box);
    }
    names.clearLayers();
    if (!powersite.shownTowns) return;
    let left = Math.round((size.x * size.y) / 36000);
    for (const town of tables.towns) {
      if (left <= 0) break;
      if (!view.contains([town.lat, town.lon])) continue;
      const at = map.latLngToContainerPoint([town.lat, town.lon]);
      const wide = (town.name.match(WIDE) || []).length;
      const width = 6.4 * (town.name.length + wide) + 8;
      const box = [at.x - 4, at.y - 8, at.x + 6 + width, at.y + 8];
      if (hits(taken, box)) continue;
      taken.push(box);
      left -= 1;
      const face = element("span", { class: "town" }, town.name);
      const icon = L.divIcon({ className: "townpin", html: face, iconSize: [0, 0] });
      names.addLayer(L.marker([town.lat, town.lon], { icon, interactive: false, keyboard: false, pane: "names" }));
    }
  }
  function hits(taken, [left, top, right, bottom]) {
    return taken.some((box) => left < box[2] && right > box[0] && top < box[3] && bottom > box[1]);
  }
})();
