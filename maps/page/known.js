"use strict";
/* How complete the data are: what is known layer by layer, kilometres by voltage, what a rule set. */
(function () {
  const { data, element, number, said, t } = powersite;
  const plain = (name) => name.replaceAll("_", " ");
  const layer = (name) => (said(`kind.${name}`) ? t(`kind.${name}`) : plain(name));
  const what = (name) => (said(`known_of.${name}`) ? t(`known_of.${name}`) : plain(name));
  const share = (part, whole) => (whole > 0 ? Math.floor((100 * part) / whole + 1e-9) : null);
  const percent = (value) => (value === null ? "–" : `${number(value)}\u00a0%`);

  function row(...cells) {
    return element("tr", {}, ...cells.map((cell, at) => (at ? element("td", {}, cell) : element("th", { scope: "row" }, cell))));
  }
  function table(name, head, rows) {
    return element("table", { class: `known ${name}` }, element("caption", {}, head[0]),
      element("thead", {}, element("tr", {}, ...head.slice(1).map((title) => element("th", { scope: "col" }, title)))), element("tbody", {}, ...rows));
  }
  /** A bar that is as long as what is known. */
  function bar(value) {
    const node = element("span", { class: "known-bar", "aria-hidden": "true" }, element("span", {}));
    node.firstChild.style.width = `${value || 0}%`;
    return node;
  }
  function layers(rows) {
    const groups = new Map();
    for (const one of rows) groups.set(one.layer, [...(groups.get(one.layer) || []), one]);
    const lines = [...groups].flatMap(([name, own]) => own.map((one, at) => {
      const value = share(one.known, one.rows);
      const title = at ? null : element("span", { class: "known-layer" }, layer(name), element("span", { class: "muted small" }, t("known.rows", { count: one.rows })));
      return row([title, element("span", { class: "muted" }, what(one.what))].filter(Boolean), [bar(value), element("span", { class: "known-share" }, percent(value))], t("known.of", { known: one.known, rows: one.rows }));
    }));
    return table("shares", [t("known.share")], lines);
  }
  function kilometres(rows) {
    const published = rows.some((one) => one.published_km > 0);
    const lines = rows.map((one) => {
      const beside = one.published_km > 0 ? [`${number(one.published_km)} (${percent(Math.round((100 * one.line_km) / one.published_km))})`] : ["–"];
      return row(`${number(one.voltage_kv, one.voltage_kv % 1 ? 1 : 0)}\u00a0kV`, number(one.line_km), number(one.circuit_km), ...(published ? beside : []));
    });
    return table("kilometres", [t("known.km"), t("known.voltage"), t("known.route"), t("known.circuits"), ...(published ? [t("known.published")] : [])], lines);
  }
  function rules(rows) {
    if (!rows.length) return element("p", { class: "muted" }, t("known.no_rules"));
    return table("rules", [t("known.rules")], rows.map((one) => row([element("span", { class: "known-layer" }, layer(one.layer)), element("span", { class: "muted" }, one.rule)], t("known.rows", { count: one.rows }))));
  }
  /** The section, or nothing where the run did not tell. */
  powersite.knownSection = function () {
    const found = data.known;
    if (!found) return [];
    const lengths = found.published_note || (found.kilometres.some((one) => one.published_km > 0) ? "" : t("known.none_published"));
    const parts = found.parts > 1 ? t("known.parts", { count: found.parts, share: number(Math.round(100 * found.largest_part)) }) : "";
    return [element("section", { class: "source", id: "known" }, element("h3", {}, t("known.title")), layers(found.layers), kilometres(found.kilometres),
      ...[lengths, parts].filter(Boolean).map((words) => element("p", { class: "muted small" }, words)), rules(found.rules))];
  };
})();
