"use strict";
/* What every part of the page uses: the data, text, numbers, colours. Text is only ever set as text. */
const powersite = {};

powersite.data = JSON.parse(document.getElementById("data").textContent);

/** Rows of a packed table as objects; `path` is the row's shape where the table has shapes. */
powersite.rows = function (table) {
  if (table.rows > powersite.LONG) return powersite.views(table);
  const rows = Array.from({ length: table.rows }, (_, at) => ({ path: table.paths && table.paths[at] }));
  for (const [name, values] of Object.entries(table.columns)) {
    for (let at = 0; at < rows.length; at++) {
      rows[at][name] = values.words ? values.words[values.at[at]] : values[at];
    }
  }
  return rows;
};
/** Rows of a long table that look their values up only when they are asked for. */
powersite.LONG = 5000;
powersite.views = function (table) {
  class View {
    constructor(row) {
      this.row = row;
    }
    get path() {
      return table.paths && table.paths[this.row];
    }
  }
  for (const [name, values] of Object.entries(table.columns)) {
    Object.defineProperty(View.prototype, name, {
      enumerable: true,
      get() { return values.words ? values.words[values.at[this.row]] : values[this.row]; },
      set(value) { Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true }); },
    });
  }
  return Array.from({ length: table.rows }, (_, row) => new View(row));
};

/** An element with attributes and children; strings become text nodes, never markup. */
powersite.element = function (tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value !== null && value !== undefined && value !== false) node.setAttribute(name, String(value));
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined) node.append(child);
  }
  return node;
};

powersite.unknown = (value) => value === null || value === undefined || value === "";

/** A value with its unit, as the label of its column says. */
powersite.show = function (column, value) {
  if (powersite.unknown(value)) return powersite.t("unknown");
  const [, unit, decimals, scale] = powersite.label(column);
  if (typeof value !== "number") return String(value);
  return `${powersite.number(value * scale, decimals)}${unit ? "\u00a0" + unit : ""}`;
};

/** A colour of the style sheet, so that light and dark have one source. */
powersite.colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

powersite.swatch = function (colour, kind) {
  const node = powersite.element("span", { class: `swatch ${kind || ""}`, "aria-hidden": "true" });
  node.style.setProperty("--swatch", colour);
  return node;
};

/** The stroke that a supply path is drawn in. */
powersite.stroke = (number) => powersite.swatch(powersite.colour(`path-${number}`), number === 1 ? "line path" : "dash path");

/** Names and values in two columns; pairs without a value are left out. */
powersite.facts = function (pairs) {
  const list = powersite.element("dl", { class: "facts" });
  for (const [name, value] of pairs.filter((pair) => pair[1] !== null && pair[1] !== undefined)) {
    list.append(powersite.element("dt", {}, name), powersite.element("dd", {}, value));
  }
  return list;
};

powersite.popup = function (title, subtitle, ...content) {
  return powersite.element(
    "div",
    { class: "bubble" },
    powersite.element("h3", {}, powersite.unknown(title) ? powersite.t("unnamed") : title),
    subtitle ? powersite.element("p", { class: "muted" }, subtitle) : null,
    ...content,
  );
};

powersite.narrow = () => window.matchMedia("(max-width: 800px)").matches;
