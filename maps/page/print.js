"use strict";
/* The map on paper: light, as large as the page, with all that the window showed. */
(function () {
  const WIDTH = "182mm", HEIGHT = "138mm"; // what the margins of A4 leave, and the height that map.css gives
  let before = null, copies = [];

  /** Paper waits for no frame, so what Leaflet would draw in the next one is drawn now. Chromium prints
      a canvas as the strokes made since it was asked to print, and one that clears itself clears what
      lies below; so copies are printed, which have never been cleared. */
  function drawNow(map) {
    for (const canvas of [powersite.groundCanvas, map.options.renderer]) if (canvas._map) canvas._redraw();
    copies = [...map.getContainer().querySelectorAll(".leaflet-pane canvas")].map((canvas) => {
      const copy = canvas.cloneNode();
      copy.getContext("2d").drawImage(canvas, 0, 0);
      canvas.before(copy);
      canvas.style.display = "none";
      return { canvas, copy };
    });
  }
  function clearCopies() {
    for (const { canvas, copy } of copies) {
      canvas.style.display = "";
      copy.remove();
    }
    copies = [];
  }
  function resize(map, width, height) {
    Object.assign(map.getContainer().style, { width, height });
    map.invalidateSize({ animate: false, pan: false });
  }

  powersite.preparePrint = function (map) {
    window.addEventListener("beforeprint", () => {
      before = { bounds: map.getBounds(), center: map.getCenter(), zoom: map.getZoom() };
      powersite.printing = true;
      resize(map, WIDTH, HEIGHT);
      map.fitBounds(before.bounds, { animate: false });
      powersite.showColours();
      drawNow(map);
    });
    window.addEventListener("afterprint", () => {
      powersite.printing = false;
      clearCopies();
      resize(map, "", "");
      map.setView(before.center, before.zoom, { animate: false });
      powersite.showColours();
    });
  };
})();
