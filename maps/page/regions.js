"use strict";
/* The order of the regions by their best site, as geo/regions.py makes it. */
(function () {
  const { tables, unknown } = powersite;

  function median(values) {
    const known = values.filter((value) => !unknown(value)).sort((a, b) => a - b), half = known.length >> 1;
    if (!known.length) return null;
    return known.length % 2 ? known[half] : (known[half - 1] + known[half]) / 2;
  }
  const most = (values) => values.reduce((best, value) => (unknown(value) ? best : best === null || value > best ? value : best), null);

  /** Regions in the order of now; those without a site keep their place at the end. */
  powersite.regionsOfNow = function () {
    if (!powersite.reweighted() && !powersite.reloaded()) return tables.regions;
    const groups = new Map();
    for (const site of powersite.ranked) {
      if (!groups.has(site.region)) groups.set(site.region, []);
      groups.get(site.region).push(site);
    }
    const rows = tables.regions.map((region) => {
      const sites = groups.get(region.region);
      if (!sites) return region;
      const count = (grade) => sites.filter((site) => site.grade === grade).length;
      return {
        ...region, best: sites[0].rank, grade: sites[0].grade, score: sites[0].score, best_site_id: sites[0].site_id, sites_a: count("A"), sites_b: count("B"), sites_c: count("C"),
        firm_mw: most(sites.map((site) => site.firm_mw)), months_p50: median(sites.map((site) => site.months_p50)),
      };
    });
    const place = (region) => region.best || Infinity;
    rows.sort((a, b) => (place(a) === place(b) ? (a.region < b.region ? -1 : 1) : place(a) - place(b)));
    return rows.map((region, at) => ({ ...region, rank: at + 1 }));
  };
})();
