"use strict";
/* Tiles from elsewhere under the map, only in a page that was made with them. */
(function () {
  const { data, element, t } = powersite;
  const asked = data.basemap;
  /** The server wants to know which site asks, and a file is none. */
  const served = /^https?:$/.test(location.protocol);
  let tiles = null;

  powersite.hasTiles = Boolean(asked) && served;
  powersite.showTiles = function (map, on) {
    for (const name of ["ground", "barred"]) powersite.shown[on ? "delete" : "add"](name);
    if (on) tiles.addTo(map);
    else tiles.remove();
    powersite.restack(map);
  };
  powersite.tilesShown = () => Boolean(tiles && tiles._map);

  powersite.addTiles = function (map) {
    if (!asked) return;
    const credit = document.getElementById("credit");
    if (!served) {
      credit.append(" · ", t("map.tiles_file"));
      return;
    }
    credit.append(" · ", element("a", { href: asked.about, rel: "noopener", target: "_blank" }, t("map.tiles", { owners: asked.owners })));
    tiles = L.tileLayer(asked.url, { maxZoom: asked.max_zoom, referrerPolicy: "strict-origin-when-cross-origin" });
    powersite.showTiles(map, true);
  };
})();
