"use strict";
/* Puts the parts together once folium has made the map. */
(function () {
  const { data, tables, element, number, colour, state, t } = powersite;
  let chosen = null, opener = null, highlight = null;

  powersite.open = function (map) {
    powersite.map = map;
    powersite.rerank();
    powersite.filter();
    heading();
    powersite.prepare(map);
    powersite.buildPanel();
    if (powersite.narrow()) document.getElementById("legend").open = false;
    powersite.drawLegend(map);
    map.invalidateSize({ animate: false });
    home(false);
    powersite.draw(map);
    powersite.addTiles(map);
    powersite.drawLegend(map);
    powersite.addBadges(map);
    controls(map);
    map.on("zoomend", () => powersite.resizeSigns(map));
    powersite.onColours(() => { powersite.draw(map); powersite.drawLegend(map); markSite(); });
    onPaper(map);
    document.addEventListener("keydown", (event) => { if (event.key === "Escape" && chosen) powersite.closeCard(); });
    recall(map);
    performance.mark("ready");
    document.documentElement.dataset.ready = "true";
  };

  /** Paper has another size than the window; what was in view stays in view. */
  function onPaper(map) {
    let view = null;
    window.matchMedia("print").addEventListener("change", ({ matches }) => {
      if (matches) view = { bounds: map.getBounds(), centre: map.getCenter(), zoom: map.getZoom() };
      powersite.outOfPictures();
      map.invalidateSize({ animate: false });
      if (!view) return;
      if (matches) map.fitBounds(chosen ? powersite.boundsOf(chosen).pad(0.25) : view.bounds, { animate: false, maxZoom: 10 });
      if (matches) powersite.intoPictures(map);
      else map.setView(view.centre, view.zoom, { animate: false });
    });
  }

  /** Show what the address says, and let it follow from then on. */
  function recall(map) {
    const site = state.get("site"), view = state.get("view");
    if (site) powersite.select(site);
    if (view) map.setView([view[0], view[1]], view[2], { animate: false });
    map.on("moveend", () => {
      const at = map.getCenter();
      state.set({ view: [at.lat.toFixed(4), at.lng.toFixed(4), map.getZoom().toFixed(1)].map(Number) });
    });
  }

  function heading() {
    document.getElementById("switches").append(...powersite.switches());
    document.querySelector(".skip").addEventListener("click", (event) => {
      event.preventDefault(); // the address is the reader's state
      document.getElementById("map").focus();
    });
    powersite.showHeading();
    const owners = credits().join(" · ");
    document.getElementById("credit").textContent = [owners && t("credit", { owners }), t("credit.map")].filter(Boolean).join(" · ");
  }
  powersite.showHeading = function () {
    const asked = data.scenario, load = powersite.megawatts(powersite.loadMw()).replace("\u00a0", " ");
    document.title = powersite.reloaded() ? `powersite · ${data.place.title} · ${load}` : data.title;
    document.getElementById("title").textContent = `${data.place.title} · ${load}`;
    document.getElementById("asked").textContent = [t("asked.redundancy", { redundancy: asked.redundancy }), t("asked.months", { months: asked.months }), t("asked.reach", { km: asked.reach_km })].join(" · ");
    document.getElementById("grades").replaceChildren(...Object.entries(powersite.gradeCounts).map(([grade, count]) =>
      element("li", { title: t("grade.count", { grade, meaning: data.grades[grade] }) }, element("span", { class: `chip grade-${grade}` }, grade), element("strong", {}, number(count)))));
  };
  /** Bring the map in line with the sites of now. */
  powersite.showOnMap = function (anew) {
    powersite.redraw("sites");
    powersite.redraw("feeds");
    if (anew) {
      for (const name of ["substations", "region_grade"]) powersite.redraw(name);
      powersite.drawLegend(powersite.map);
    }
    powersite.showBadges();
    if (chosen) {
      powersite.markBadge(chosen.site_id);
      if (anew) powersite.fillCard(powersite.withShares(chosen));
    }
  };
  /** What the licences ask to show: who, and the licence where it is one that asks. */
  function credits() {
    const shown = new Map();
    for (const { title, licence, attribution } of data.sources) {
      const asks = [...new Set(String(licence).match(/ODbL[-\w.]*|CC[- ]BY[-\w.]*|OGL[-\w.]*/gi))].join(", ");
      if (attribution || asks) shown.set(attribution || title, asks);
    }
    const told = (who) => [...shown].some(([other, asks]) => other !== who && other.includes(who) && asks.includes(shown.get(who)));
    return [...shown].filter(([who]) => !told(who)).map(([who, asks]) => (asks && !who.includes(asks) ? `${who} (${asks})` : who));
  }

  function controls(map) {
    map.zoomControl.remove();
    L.control.zoom({ zoomInTitle: t("map.zoom_in"), zoomOutTitle: t("map.zoom_out") }).addTo(map);
    L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
    const Home = L.Control.extend({
      options: { position: "topleft" },
      onAdd() {
        const button = element("button", { type: "button", "aria-label": t("map.home"), title: t("map.home") }, "⤢");
        button.addEventListener("click", () => home(true));
        const bar = element("div", { class: "leaflet-bar home" }, button);
        L.DomEvent.disableClickPropagation(bar);
        return bar;
      },
    });
    new Home().addTo(map);
    powersite.addFinder(map);
  }

  const calm = powersite.calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  function fit(bounds, maxZoom, animate) {
    const card = document.getElementById("card"), legend = document.getElementById("legend");
    const over = card.hidden ? legend : card;
    const beside = powersite.narrow() || (over === legend && !legend.open) ? 0 : over.offsetWidth + 12;
    powersite.map.fitBounds(bounds, { paddingTopLeft: [24, 24], paddingBottomRight: [24 + beside, 32], maxZoom, animate: animate && !calm() });
  }
  function home(animate) { fit(L.latLngBounds(data.bounds), 12, animate); }

  powersite.select = function (siteId) {
    const site = tables.sites.find((one) => one.site_id === siteId);
    if (!site) return;
    opener = document.activeElement;
    chosen = site;
    powersite.chosenId = siteId;
    state.set({ site: siteId });
    powersite.redraw("supply");
    powersite.fillCard(powersite.withShares(site));
    powersite.markRow(siteId);
    powersite.markBadge(siteId);
    markSite();
    fit(powersite.boundsOf(site).pad(0.25), 10, true);
    const card = document.getElementById("card");
    card.scrollTop = 0;
    card.querySelector("h2").focus({ preventScroll: true });
    if (powersite.narrow()) card.scrollIntoView({ block: "nearest", behavior: calm() ? "auto" : "smooth" });
  };
  powersite.closeCard = function () {
    document.getElementById("card").hidden = true;
    chosen = powersite.chosenId = null;
    state.set({ site: null });
    powersite.redraw("supply");
    powersite.markRow(null);
    powersite.markBadge(null);
    markSite();
    if (opener && opener.isConnected) opener.focus({ preventScroll: true });
  };
  powersite.showRegion = function (region) {
    const ground = tables.ground.find((one) => one.name === region.region);
    if (!ground) return;
    outline(ground.path);
    fit(L.polygon(ground.path).getBounds(), 10, true);
  };
  function markSite() {
    if (chosen) outline(chosen.path);
    else if (highlight) highlight = highlight.remove() && null;
  }
  function outline(path) {
    if (highlight) highlight.remove();
    highlight = L.polygon(path, { color: colour("ink"), weight: 2.5, fill: false, interactive: false }).addTo(powersite.map);
  }
})();
