"use strict";
/* The sentences that explain a site: why this grade, what limits it, what would lift it, how sure it is. */
(function () {
  const { data, number, unknown, t, megawatts, limitWords } = powersite;
  const asked = data.scenario;

  powersite.phaseMw = () => powersite.loadMw() * data.reranking.first_phase_share;

  const SLACK_MW = 1e-3;
  const millions = (usd) => number(usd / 1e6, usd >= 1e8 ? 0 : 1);

  const why = {
    grade: (site) => t(`why.${site.grade}`, {
      firm: megawatts(site.firm_mw), normal: megawatts(site.normal_mw), load: megawatts(powersite.loadMw()),
      phase: megawatts(powersite.phaseMw()), redundancy: site.redundancy || t("unknown"),
    }),
    links(site) {
      const [here, part, supply] = [site.station_links_mw, site.part_links_mw, site.part_supply_mw].map((mw) => mw || 0);
      const values = { station: site.poi_name, here: megawatts(here), part: megawatts(part), supply: megawatts(supply), outage: site.part_without };
      return [
        here > 0 ? t("why.links_here", values) : "",
        part > 0 && part >= 0.5 * supply ? t(site.part_without ? "why.links_part_outage" : "why.links_part", values) : "",
      ].filter(Boolean).join(" ");
    },
    sure(site) {
      if (unknown(site.top_share)) return "";
      const ranks = t("why.ranks", { low: number(site.rank_p10), high: number(site.rank_p90) });
      const { top, sites } = data.sure;
      if (sites <= top) return `${t("why.all_top", { count: number(sites), top: number(top) })} ${ranks}`;
      return `${t(site.robust ? "why.top_robust" : "why.top", { top: number(top), share: number(100 * site.top_share) })} ${ranks}`;
    },
    /** What a site lacks for the next grade, in parts: the lack, what holds it, and what would do. */
    notHigher(site) {
      if (site.grade === "A") return [];
      const lift = powersite.tables.lifts.find((one) => one.site_id === site.site_id);
      if (lift && powersite.loadMw() === asked.load_mw) return fromLift(lift);
      return [missing(site)];
    },
    /** What limits a point of connection in turn, and what upgrades of today's limit would free. */
    outlook(site) {
      const told = Object.hasOwn(data.outlook, site.poi_id) ? data.outlook[site.poi_id] : null;
      if (!told) return null;
      return { limits: told.limits.map(step), upgrades: told.upgrades.map(upgrade) };
    },
  };
  powersite.why = why;

  function missing(site) {
    const [to, have, need] = { B: ["A", site.firm_mw, powersite.loadMw()], C: ["B", Math.max(site.normal_mw || 0, site.firm_mw || 0), powersite.loadMw()] }[site.grade]
      || ["C", site.firm_mw, powersite.phaseMw()];
    if (to === "A" && have >= need - SLACK_MW) return t("why.lack_redundancy", { redundancy: asked.redundancy, paths: t(`why.paths_${asked.redundancy}`) });
    return lack(to, have, need);
  }
  function lack(to, have, need) {
    if (unknown(have)) return t(`why.unknown_${to}`);
    return t(`why.lack_${to}`, { missing: megawatts(Math.max(0, need - have)), have: megawatts(have), need: megawatts(need) });
  }
  function fromLift(lift) {
    const paths = t(`why.paths_${asked.redundancy}`);
    if (lift.lacks === "redundancy") return [t("why.lack_redundancy", { redundancy: asked.redundancy, paths })];
    const parts = [lack(lift.to_grade, lift.have_mw, lift.need_mw)];
    if (unknown(lift.have_mw)) return parts;
    if (lift.lacks === "firm" && lift.branch) parts.push(t("why.held", { limit: limitWords(lift.branch, lift.outage) }));
    if (lift.measure) {
      const values = { branch: lift.measure_branch, measure: measure(lift.measure), firm: megawatts(lift.measure_firm_mw), cost: millions(lift.measure_usd) };
      parts.push(t(lift.measure_lifts ? "why.upgrade_lifts" : "why.upgrade_short", values));
    }
    if (lift.lacks_path) parts.push(t("why.not_enough", { paths }));
    if (lift.at_load_mw >= 1) parts.push(t("why.as_it_is", { grade: lift.to_grade, load: `${number(Math.floor(lift.at_load_mw))}\u00a0MW` }));
    return parts;
  }

  const measure = (name) => (name === "second circuit" ? t("why.second_circuit") : name);
  function step([firm_mw, branch, outage, gain], at) {
    const lead = at === 0 ? "why.now" : branch || outage ? "why.then" : "why.at_most";
    const more = gain > 0 ? t("why.gain", { gain: number(gain, 1) }) : "";
    return t(lead, { mw: megawatts(firm_mw), limit: limitWords(branch, outage), more });
  }
  function upgrade([name, branch, unlocked_mw, usd]) {
    const values = { measure: measure(name), branch, mw: megawatts(unlocked_mw), cost: millions(usd), each: number(usd / unlocked_mw / 1000) };
    return t(unlocked_mw < 0.5 ? "why.frees_nothing" : "why.frees", values);
  }
})();
