"use strict";
/* Many thousand sites on one canvas of their own: as single sites, or as squares by their best one. */
(function () {
  const { tables, element, t, colour } = powersite;
  const FEW = 2000; // as many as Leaflet draws one by one without a pause
  const MANY = 50000; // more than these are drawn as squares while they stand close
  const SQUARE_PX = 12, NEAR_PX = 8, MARGIN = 0.15;
  const GRADES = ["D", "C", "B", "A"]; // the best are drawn last, on top

  powersite.crowded = () => tables.sites.length > FEW;

  /* Web Mercator at zoom 0, worked out once. */
  let xs = null, ys = null;
  function project() {
    xs = new Float64Array(tables.sites.length);
    ys = new Float64Array(tables.sites.length);
    tables.sites.forEach((site, row) => {
      const sine = Math.sin((site.lat * Math.PI) / 180);
      xs[row] = 256 * (site.lon / 360 + 0.5);
      ys[row] = 256 * (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI));
    });
  }

  const Crowd = L.Layer.extend({
    onAdd(map) {
      if (!xs) project();
      this._canvas = element("canvas", { class: "crowd leaflet-zoom-hide" });
      map.getPane("crowd").append(this._canvas);
      this._tip = L.tooltip({ direction: "top", offset: [0, -6] });
      this.draw();
    },
    onRemove() {
      this._tip.remove();
      this._canvas.remove();
      say("");
    },
    getEvents() {
      return { moveend: this.draw, resize: this.draw, click: this._press, mousemove: this._point };
    },

    /** Draw the sites that are shown, those in view only. */
    draw() {
      const map = this._map, size = map.getSize(), margin = size.multiplyBy(MARGIN).round(), whole = size.add(margin.multiplyBy(2));
      const corner = map.containerPointToLayerPoint(margin.multiplyBy(-1)), from = corner.add(map.getPixelOrigin());
      L.DomUtil.setPosition(this._canvas, corner);
      const sharp = window.devicePixelRatio || 1;
      Object.assign(this._canvas, { width: whole.x * sharp, height: whole.y * sharp });
      Object.assign(this._canvas.style, { width: `${whole.x}px`, height: `${whole.y}px` });
      const pen = this._canvas.getContext("2d");
      pen.scale(sharp, sharp);
      this._seen = seen(map.getZoom(), from, whole);
      this.binned = powersite.shownSites.length > MANY && this._seen.length > FEW;
      this._squares = null;
      if (this.binned) this._squares = squares(pen, this._seen, from);
      else if (this._seen.length > FEW) dots(pen, this._seen, map.getZoom());
      else grounds(pen, this._seen, map, corner);
      say(this.binned ? t("crowd.squares", { count: powersite.shownSites.length }) : "");
    },

    /** The site under a point of the map, if one is near. */
    siteAt(point) {
      const map = this._map, at = map.project(map.containerPointToLatLng(point), map.getZoom());
      const scale = 2 ** map.getZoom();
      let best = null, least = NEAR_PX ** 2;
      for (const { site } of this._seen) {
        const away = (xs[site.row] * scale - at.x) ** 2 + (ys[site.row] * scale - at.y) ** 2;
        if (away < least) [best, least] = [site, away];
      }
      return best;
    },
    _press({ containerPoint, latlng }) {
      if (this.binned) {
        if (this._square(containerPoint)) this._map.setView(latlng, this._map.getZoom() + 2, { animate: !powersite.calm() });
        return;
      }
      const site = this.siteAt(containerPoint);
      if (site) powersite.select(site.site_id);
    },
    _point({ containerPoint }) {
      const site = this.binned ? this._square(containerPoint) : this.siteAt(containerPoint);
      if (!site) return void this._tip.remove();
      this._tip.setLatLng([site.lat, site.lon]).setContent(element("span", {}, t("badge.of", site))).addTo(this._map);
    },
    /** The best site of the square under a point. */
    _square(point) {
      const map = this._map, at = map.project(map.containerPointToLatLng(point), map.getZoom());
      return this._squares.get(key(Math.floor(at.x / SQUARE_PX), Math.floor(at.y / SQUARE_PX)));
    },
  });

  /** Sites within the canvas, best first, with their place on it. */
  function seen(zoom, from, size) {
    const scale = 2 ** zoom, found = [];
    for (const site of powersite.shownSites) {
      const x = xs[site.row] * scale - from.x, y = ys[site.row] * scale - from.y;
      if (x >= -20 && y >= -20 && x <= size.x + 20 && y <= size.y + 20) found.push({ site, x, y });
    }
    return found;
  }
  const key = (column, row) => column * 2 ** 24 + row;
  /** Squares lie on the world, not on the window, so that they stay when the map is moved. */
  function squares(pen, found, from) {
    const best = new Map();
    for (const { site, x, y } of found) {
      const at = key(Math.floor((x + from.x) / SQUARE_PX), Math.floor((y + from.y) / SQUARE_PX));
      if (!best.has(at)) best.set(at, site);
    }
    const shades = Object.fromEntries(GRADES.map((grade) => [grade, colour(`grade-${grade}`)]));
    pen.globalAlpha = 0.75;
    for (const [at, site] of best) {
      pen.fillStyle = shades[site.grade];
      pen.fillRect(Math.floor(at / 2 ** 24) * SQUARE_PX - from.x + 0.5, (at % 2 ** 24) * SQUARE_PX - from.y + 0.5, SQUARE_PX - 1, SQUARE_PX - 1);
    }
    return best;
  }
  function dots(pen, found, zoom) {
    const side = zoom >= 8 ? 4 : zoom >= 6 ? 3 : 2;
    for (const grade of GRADES) {
      pen.fillStyle = colour(`grade-${grade}`);
      for (const { site, x, y } of found) if (site.grade === grade) pen.fillRect(x - side / 2, y - side / 2, side, side);
    }
  }
  function grounds(pen, found, map, corner) {
    for (const grade of GRADES) {
      pen.fillStyle = pen.strokeStyle = colour(`grade-${grade}`);
      for (const { site, x, y } of found) {
        if (site.grade !== grade) continue;
        pen.beginPath();
        for (const ring of site.path.flat()) {
          ring.forEach((at, first) => {
            const point = map.latLngToLayerPoint(at).subtract(corner);
            pen[first ? "lineTo" : "moveTo"](point.x, point.y);
          });
          pen.closePath();
        }
        pen.globalAlpha = 0.35;
        pen.fill("evenodd");
        pen.globalAlpha = 1;
        pen.stroke();
        pen.fillRect(x - 2, y - 2, 4, 4);
      }
    }
  }
  function say(words) {
    const box = document.getElementById("crowd-note");
    box.hidden = !words;
    if (box.textContent !== words) box.textContent = words;
  }

  powersite.crowd = new Crowd();
})();
