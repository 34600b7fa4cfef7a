"use strict";
/* What the reader may turn: load, weights, filters; and what follows from it and what does not. */
(function () {
  const { data, tables, element, number, state, t } = powersite;
  const asked = data.scenario;

  /** Load, and the two drawers with weights and filters. */
  powersite.buildControls = function () {
    const load = field("load", t("control.load"), "MW", { min: 1, step: "any", placeholder: asked.load_mw });
    const drawers = [drawer("weights", t("weights.title"), weightsBody()), drawer("filters", t("filter.title"), filtersBody())];
    return element("div", { class: "controls" },
      element("div", { class: "control-row" }, load, ...drawers.map(({ button }) => button)),
      ...drawers.map(({ body }) => body), element("div", { id: "follows", class: "flag", role: "status", hidden: "" }));
  };

  function drawer(name, title, content) {
    const body = element("div", { id: `drawer-${name}`, class: "drawer", hidden: "" }, content);
    const button = element("button", { type: "button", class: "quiet", id: `open-${name}`, "aria-expanded": "false", "aria-controls": body.id }, title, element("span", { class: "count" }));
    button.addEventListener("click", () => {
      body.hidden = !body.hidden;
      button.setAttribute("aria-expanded", String(!body.hidden));
    });
    return { button, body };
  }

  /** A number that may be left empty; it counts once it is one. */
  function field(name, title, unit, attributes) {
    const box = element("input", { type: "number", id: `field-${name}`, inputmode: "decimal", ...attributes });
    box.addEventListener("input", () => {
      const value = box.valueAsNumber;
      state.set({ [name]: value > 0 && value <= 1e6 ? value : null });
    });
    return element("label", { class: "field" }, element("span", {}, title), box, element("span", { class: "muted" }, unit));
  }

  const PILLARS = [...new Set(powersite.criteria.map(({ pillar }) => pillar))];
  function weightsBody() {
    const rows = PILLARS.flatMap((pillar) => [
      element("div", { class: "pillar" }, element("span", {}, t(`pillar.${pillar}`)), element("span", { "data-pillar": pillar })),
      ...powersite.criteria.map((criterion, at) => [criterion, at]).filter(([criterion]) => criterion.pillar === pillar).map(slider),
    ]);
    const reset = element("button", { type: "button", class: "quiet", id: "reset-weights" }, t("weights.reset"));
    reset.addEventListener("click", () => state.set({ w: null }));
    return [element("p", { class: "muted small" }, t("weights.how")), element("div", { class: "sliders" }, ...rows), reset];
  }
  function slider([criterion, at]) {
    const title = powersite.label(`share_${criterion.name}`)[0];
    const range = element("input", { type: "range", min: 0, max: 100, step: 1, "aria-label": t("weights.of", { name: title }), "data-weight": criterion.name });
    range.addEventListener("input", () => {
      const points = Number(range.value), usual = powersite.usualPoints[at];
      const set = { ...state.get("w"), [criterion.name]: points };
      if (points === Math.round(usual)) delete set[criterion.name]; // the question's own weight, in full
      state.set({ w: set });
    });
    return element("label", { class: "slider" }, element("span", {}, title), range, element("output", { "data-share": criterion.name }));
  }

  function filtersBody() {
    const grades = element("fieldset", { class: "field grades-filter" }, element("legend", {}, t("table.grade")), ...["A", "B", "C", "D"].map((grade) => {
      const box = element("input", { type: "checkbox", "data-grade": grade, "aria-label": t("filter.grade", { grade }) });
      box.addEventListener("change", () => {
        const on = [...document.querySelectorAll("[data-grade]")].filter((one) => one.checked).map((one) => one.dataset.grade);
        state.set({ grades: on.length % 4 ? on.join("") : null });
      });
      return element("label", {}, box, element("span", { class: `chip grade-${grade}` }, grade));
    }));
    const regions = [...new Set(tables.sites.map((site) => site.region).filter(Boolean))].sort((a, b) => a.localeCompare(b, powersite.locale));
    const kinds = [...new Set(tables.sites.map((site) => site.kind))].filter((kind) => powersite.said(`kind.${kind}`));
    const clear = element("button", { type: "button", class: "quiet", id: "clear-filters" }, t("filter.clear"));
    clear.addEventListener("click", powersite.clearFilters);
    return [element("div", { class: "fields" }, grades,
      field("firm", t("filter.firm"), "MW", { min: 0, step: "any" }), field("months", t("filter.months"), t("unit.months"), { min: 0, step: "any" }),
      choice("region", t("table.region"), regions.map((name) => [name, name])), choice("kind", t("column.kind"), kinds.map((kind) => [kind, t(`kind.${kind}`)]))), clear];
  }
  function choice(name, title, options) {
    const box = element("select", { id: `field-${name}` }, element("option", { value: "" }, t("filter.all")), ...options.map(([value, words]) => element("option", { value }, words)));
    box.addEventListener("change", () => state.set({ [name]: box.value || null }));
    return element("label", { class: "field" }, element("span", {}, title), box);
  }

  /** Bring every control in line with the state. */
  powersite.showControls = function () {
    for (const name of ["load", "firm", "months", "region", "kind"]) {
      const box = document.getElementById(`field-${name}`), value = state.get(name);
      if (document.activeElement !== box || box.type !== "number") box.value = value === null ? (name === "load" ? asked.load_mw : "") : value;
    }
    for (const box of document.querySelectorAll("[data-grade]")) box.checked = (state.get("grades") || "ABCD").includes(box.dataset.grade);
    const points = powersite.points();
    powersite.criteria.forEach(({ name }, at) => {
      const share = percent(powersite.weights[at]), range = document.querySelector(`[data-weight="${name}"]`);
      range.value = points[at];
      range.setAttribute("aria-valuetext", share);
      document.querySelector(`[data-share="${name}"]`).textContent = share;
    });
    for (const node of document.querySelectorAll("[data-pillar]")) {
      node.textContent = percent(powersite.weights.reduce((sum, weight, at) => sum + (powersite.criteria[at].pillar === node.dataset.pillar ? weight : 0), 0));
    }
    badge("filters", powersite.filtering() - (state.get("starred") ? 1 : 0) || "");
    badge("weights", powersite.reweighted() ? "•" : "");
    showWhatFollows();
  };
  const percent = (share) => `${number(100 * share, share > 0 && share < 0.0995 ? 1 : 0)}\u00a0%`;
  const badge = (name, text) => { document.querySelector(`#open-${name} .count`).textContent = text; };

  function showWhatFollows() {
    const box = document.getElementById("follows"), told = [], stays = [];
    if (powersite.reweighted()) {
      told.push(powersite.weights.some((weight) => weight > 0) ? t("follows.weights") : t("follows.no_weights"));
      stays.push(t("follows.weights_stay"));
    }
    if (powersite.reloaded()) {
      told.push(t("follows.load", { load: powersite.megawatts(powersite.loadMw()) }));
      stays.push(t("follows.load_stays", { asked: powersite.megawatts(asked.load_mw) }), powersite.loadMw() < asked.load_mw ? t("follows.smaller") : t("follows.larger"));
    }
    box.hidden = !told.length;
    const open = box.querySelector("details[open]") ? "" : null;
    const back = element("button", { type: "button", class: "link" }, t("follows.back"));
    back.addEventListener("click", () => state.set({ w: null, load: null }));
    box.replaceChildren(element("p", {}, told.join(" "), " ", back),
      element("details", { open }, element("summary", {}, t("follows.limits")), ...[...stays, t("follows.again")].map((words) => element("p", {}, words))));
  }
})();
