"use strict";
/* The order of the sites, as geo/ranking.py makes it, for the weights and the load of now. */
(function () {
  const { data, tables, state, t } = powersite;
  const rules = data.reranking, asked = data.scenario;
  const GRADES = ["A", "B", "C", "D"];
  const count = data.sites.rows;

  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
  /** A column of numbers as maps/reranking.py writes it; NaN is unknown. */
  function typed({ f8, u4 }) {
    const own = new Float64Array(bytes(f8));
    return u4 === undefined ? own : Float64Array.from(new Uint32Array(bytes(u4)), (at) => own[at]);
  }
  const columns = Object.fromEntries(Object.entries(rules.columns).map(([name, column]) => [name, typed(column)]));

  /** Linear between anchors, flat outside, nothing for the unknown: numpy.interp, digit for digit. */
  function values(criterion, loadMw) {
    const scale = { one: 1, load: loadMw, months: asked.months }[criterion.per];
    let at = criterion.points.map(([x]) => x * scale);
    const to = criterion.points.map(([, value]) => value);
    const log = criterion.logarithmic;
    if (log) at = at.map(Math.log10);
    const slopes = at.slice(1).map((x, i) => (to[i + 1] - to[i]) / (x - at[i]));
    const last = at.length - 1, measures = columns[criterion.column], out = new Float64Array(count);
    for (let row = 0; row < count; row++) {
      let x = measures[row];
      if (x !== x) continue; // unknown
      if (log) x = Math.log10(Math.max(x, 1e-9));
      if (x <= at[0]) out[row] = to[0];
      else if (x >= at[last]) out[row] = to[last];
      else {
        let i = 0;
        while (x >= at[i + 1]) i++;
        out[row] = x === at[i] ? to[i] : slopes[i] * (x - at[i]) + to[i];
      }
    }
    return out;
  }
  const kept = { load: null, values: null };
  function valuesFor(loadMw) {
    if (kept.load !== loadMw) Object.assign(kept, { load: loadMw, values: rules.criteria.map((criterion) => values(criterion, loadMw)) });
    return kept.values;
  }

  /** Weights adding up to 1, in the order of the criteria; all 0 if none counts. */
  function normalised(raw) {
    const total = raw.reduce((sum, weight) => sum + weight, 0);
    return raw.map((weight) => (total > 0 ? weight / total : 0));
  }

  function gradePlaces(loadMw) {
    const { firm_mw: firms, normal_mw: normals, redundancy } = columns;
    const whole = loadMw - rules.slack_mw, phase = loadMw * rules.first_phase_share - rules.slack_mw, level = rules.levels[asked.redundancy];
    const known = (mw) => (mw !== mw ? 0 : mw);
    return Uint8Array.from(firms, (_, row) => {
      const firm = known(firms[row]), normal = known(normals[row]);
      if (firm >= whole && redundancy[row] >= level) return 0;
      if (normal >= whole || firm >= whole) return 1;
      return firm >= phase ? 2 : 3;
    });
  }

  /** Position of each site by cost of connection, unknown ones last, then id: the last word between equals. */
  const costs = columns.connection_usd.map((usd) => (usd !== usd ? Infinity : usd));
  const lastWord = new Uint32Array(count);
  Uint32Array.from(lastWord, (_, row) => row)
    .sort((a, b) => (costs[a] !== costs[b] ? costs[a] - costs[b] : tables.sites[a].site_id < tables.sites[b].site_id ? -1 : 1))
    .forEach((row, place) => { lastWord[row] = place; });

  /** Grade, score and order of all sites for weights (in the order of the criteria) and a load. */
  powersite.rankFor = function (raw, loadMw) {
    const weights = normalised(raw), parts = valuesFor(loadMw), places = gradePlaces(loadMw);
    const scores = new Float64Array(count);
    parts.forEach((part, at) => {
      const full = rules.full_score * weights[at];
      for (let row = 0; row < count; row++) scores[row] += full * part[row];
    });
    const order = Uint32Array.from(scores, (_, row) => row);
    order.sort((a, b) => places[a] - places[b] || scores[b] - scores[a] || lastWord[a] - lastWord[b]);
    return { weights, places, scores, order };
  };

  powersite.loadMw = () => state.get("load") || asked.load_mw;
  const POINTS = 100;
  /** Weights as the reader has set them, as points; those of the question add up to 100. */
  const total = rules.criteria.reduce((sum, { weight }) => sum + weight, 0);
  const usual = rules.criteria.map(({ weight }) => Math.round((1e4 * POINTS * weight) / total) / 1e4);
  powersite.usualPoints = usual;
  powersite.points = function () {
    const set = state.get("w") || {};
    return rules.criteria.map(({ name }, at) => (Object.hasOwn(set, name) ? set[name] : usual[at]));
  };
  powersite.reweighted = () => rules.criteria.some((_, at) => powersite.points()[at] !== usual[at]);
  powersite.reloaded = () => powersite.loadMw() !== asked.load_mw;

  /** Of the question itself the answer stands as it was given; nothing is worked out anew. */
  const given = tables.sites.map(({ rank, grade, score }) => ({ rank, grade, score }));
  const inGivenOrder = Uint32Array.from(given, (_, row) => row).sort((a, b) => given[a].rank - given[b].rank);
  const asGiven = () => ({ weights: normalised(rules.criteria.map(({ weight }) => weight)), order: inGivenOrder });

  let now = null;
  /** Put the sites into the order of now: rank, grade and score of each are those of now. */
  powersite.rerank = function () {
    const same = !powersite.reweighted() && !powersite.reloaded();
    now = same ? asGiven() : powersite.rankFor(powersite.points(), powersite.loadMw());
    powersite.weights = now.weights;
    powersite.ranked = new Array(count);
    powersite.gradeCounts = { A: 0, B: 0, C: 0, D: 0 };
    now.order.forEach((row, place) => {
      const site = tables.sites[row];
      if (same) Object.assign(site, given[row]);
      else {
        site.rank = place + 1;
        site.grade = GRADES[now.places[row]];
        site.score = now.scores[row];
      }
      powersite.ranked[place] = site;
      powersite.gradeCounts[site.grade] += 1;
    });
    for (const grade of GRADES) data.grades[grade] = powersite.gradeMeaning(grade);
  };
  /** Write onto a site what each criterion adds to the score of now, and what limits it in words. */
  const ownShares = new Map();
  powersite.withShares = function (site) {
    const names = rules.criteria.map(({ name }) => `share_${name}`);
    site.limits = powersite.limitWords(site.limiting_line, site.limiting_outage);
    if (!ownShares.has(site)) ownShares.set(site, names.map((name) => site[name]));
    const parts = now.scores ? valuesFor(powersite.loadMw()) : null;
    names.forEach((name, at) => {
      site[name] = parts ? rules.full_score * now.weights[at] * parts[at][site.row] : ownShares.get(site)[at];
    });
    return site;
  };

  powersite.criteria = rules.criteria;
  powersite.gradeMeaning = function (grade) {
    const load = powersite.megawatts(powersite.loadMw());
    const phase = powersite.megawatts(powersite.loadMw() * rules.first_phase_share);
    return t(`grade.${grade}`, { load, phase, redundancy: asked.redundancy });
  };

  tables.sites.forEach((site, row) => { site.row = row; });
})();
