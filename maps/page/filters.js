"use strict";
/* Which sites are shown, and which are starred. */
(function () {
  const { state, tables, unknown } = powersite;
  const FILTERS = ["grades", "firm", "months", "region", "kind", "starred"];
  const known = new Set(tables.sites.map((site) => site.site_id));

  powersite.stars = () => (state.get("stars") || []).filter((id) => known.has(id));
  powersite.isStarred = (siteId) => (state.get("stars") || []).includes(siteId);
  powersite.star = function (siteId) {
    const stars = powersite.stars();
    state.set({ stars: stars.includes(siteId) ? stars.filter((id) => id !== siteId) : [...stars, siteId] });
  };
  powersite.filtering = () => FILTERS.filter((name) => !unknown(state.get(name))).length;
  powersite.clearFilters = () => state.set(Object.fromEntries(FILTERS.map((name) => [name, null])));

  /** Sites that pass, best first. What is unknown meets no limit. */
  powersite.filter = function () {
    const [grades, firm, months, region, kind, starred] = FILTERS.map((name) => state.get(name));
    const stars = new Set(starred ? powersite.stars() : []);
    powersite.shownSites = !powersite.filtering() ? powersite.ranked : powersite.ranked.filter((site) =>
      (!grades || grades.includes(site.grade)) && (!firm || site.firm_mw >= firm) && (!months || (!unknown(site.months_p50) && site.months_p50 <= months)) &&
      (!region || site.region === region) && (!kind || site.kind === kind) && (!starred || stars.has(site.site_id)));
    const ids = new Set(powersite.shownSites.map((site) => site.site_id));
    powersite.isShownId = (siteId) => ids.has(siteId);
  };
  powersite.filterNames = FILTERS;
})();
