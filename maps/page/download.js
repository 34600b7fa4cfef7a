"use strict";
/* The table of now as files: CSV in which no cell is a formula, and GeoJSON. */
(function () {
  const { data, unknown } = powersite;
  const ESCAPES = new RegExp([
    "\\x1b\\[[0-?]*[ -/]*[@-~]", // control sequences of a terminal
    "\\x1b[\\]PX^_][^]*?(?:\\x07|\\x1b\\\\|$)", "\\x1b[ -/]*[0-~]", "\\x9b[0-?]*[ -/]*[@-~]",
  ].join("|"), "g");
  const BREAKS = /[\t\n\v\f\r\x85\u2028\u2029]+/g;
  const CONTROLS = /[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;
  /** Text on one line, without what turns a terminal or the direction of writing: maps/text.py. */
  const plain = (text) => String(text).replace(ESCAPES, "").replace(BREAKS, " ").replace(CONTROLS, "");

  powersite.cell = function (value) {
    if (unknown(value)) return "";
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    const clean = plain(value), safe = /^[=+@-]/.test(clean.trimStart()) ? `'${clean}` : clean;
    return /[",\n\r]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
  };

  const columns = () => data.exported.filter((name) => Object.hasOwn(data.sites.columns, name));
  powersite.csv = function (sites) {
    const names = columns(), load = powersite.loadMw();
    const rows = sites.map((site) => [...names.map((name) => powersite.withShares(site)[name]), load]);
    return [[...names, "load_mw"], ...rows].map((row) => row.map(powersite.cell).join(",")).join("\n") + "\n";
  };

  /** Rings as RFC 7946 has them: longitude first, closed, the outer one against the clock. */
  function ring(path, outer) {
    const points = path.map(([lat, lon]) => [lon, lat]);
    const [first, last] = [points[0], points.at(-1)];
    if (first[0] !== last[0] || first[1] !== last[1]) points.push(first);
    const twice = points.slice(1).reduce((sum, [x, y], at) => sum + points[at][0] * y - x * points[at][1], 0);
    return twice > 0 === outer ? points : points.reverse();
  }
  function geometry(path) {
    if (!path || !path.length) return null;
    const polygons = path.map((rings) => rings.map((one, at) => ring(one, at === 0)));
    return polygons.length === 1 ? { type: "Polygon", coordinates: polygons[0] } : { type: "MultiPolygon", coordinates: polygons };
  }
  const value = (one) => (unknown(one) ? null : typeof one === "string" ? plain(one) : one);
  powersite.geojson = function (sites) {
    const names = columns(), load_mw = powersite.loadMw();
    const features = sites.map((site) => {
      const shared = powersite.withShares(site);
      return { type: "Feature", geometry: geometry(site.path), properties: Object.fromEntries([...names.map((name) => [name, value(shared[name])]), ["load_mw", load_mw]]) };
    });
    return `{"type":"FeatureCollection","features":[\n${features.map((one) => JSON.stringify(one)).join(",\n")}\n]}\n`;
  };

  const TYPES = { csv: "text/csv", geojson: "application/geo+json" };
  /** Hand the table of now to the browser as a file. */
  powersite.download = function (kind) {
    const text = powersite[kind](powersite.shownSites);
    const link = document.createElement("a");
    const address = URL.createObjectURL(new Blob([text], { type: `${TYPES[kind]};charset=utf-8` }));
    const place = data.place.name.replace(/[^\w-]+/g, "_") || "place";
    link.href = address;
    link.download = `${place}-sites-${Math.round(powersite.loadMw())}mw.${kind}`;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  };
})();
