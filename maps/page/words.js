"use strict";
/* The words of the page in the reader's language, numbers as that language writes them, and the theme. */
(function () {
  const { state, element, LANGUAGES } = powersite;
  const WORDS = JSON.parse(document.getElementById("words").textContent);
  const NAMES = { en: "English", ja: "日本語", nb: "Norsk" };
  const ALIASES = { no: "nb", nn: "nb" };

  const base = (tag) => ALIASES[tag.split("-")[0].toLowerCase()] || tag.split("-")[0].toLowerCase();
  const preferred = [...navigator.languages].filter((tag) => LANGUAGES.includes(base(tag)));
  const language = state.get("lang") || (preferred.length ? base(preferred[0]) : "en");
  powersite.language = language;
  /** English of the reader's own country, if it is that. */
  powersite.locale = preferred.find((tag) => base(tag) === language) || language;
  const plural = new Intl.PluralRules(language);

  powersite.said = (key) => Object.hasOwn(WORDS, key);
  /** The words of a key. {name} takes a value, {name|site|sites} the one or the many by its number. */
  powersite.t = function (key, values) {
    if (!powersite.said(key)) throw new Error(`no words for ${key}`);
    return WORDS[key][language].replace(/\{(\w+)(?:\|([^|}]*)\|([^|}]*))?\}/g, (_, name, single, many) => {
      const value = values[name];
      if (single !== undefined) return plural.select(value) === "one" ? single : many;
      return typeof value === "number" ? powersite.number(value, Number.isInteger(value) ? 0 : 1) : String(value);
    });
  };

  const formats = new Map();
  /** A number as the language writes it, with so many decimals. */
  powersite.number = function (value, decimals = 0) {
    if (powersite.unknown(value)) return powersite.t("unknown");
    if (!formats.has(decimals)) formats.set(decimals, new Intl.NumberFormat(powersite.locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals }));
    return formats.get(decimals).format(value);
  };
  /** Title, unit, decimals and scale of a column; what has no words of its own keeps its English. */
  powersite.label = function (column) {
    const [title, unit, ...rest] = powersite.data.labels[column] || [column, "", 0, 1];
    const word = `column.${column}`;
    return [powersite.said(word) ? powersite.t(word) : title, powersite.unit(unit), ...rest];
  };
  powersite.unit = function (unit) {
    const word = `unit.${unit.toLowerCase().replace(/[^a-z0-9]+/g, "_")}`;
    return powersite.said(word) ? powersite.t(word) : unit;
  };

  document.documentElement.lang = language;
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = powersite.t(node.dataset.t);
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", powersite.t(node.dataset.label));

  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const print = window.matchMedia("print");
  const isDark = () => (state.get("theme") || (system.matches ? "dark" : "light")) === "dark";
  const painters = [];
  /** Called when the colours are others than before. */
  powersite.onColours = (paint) => painters.push(paint);
  function colours() {
    document.documentElement.dataset.theme = isDark() && !print.matches ? "dark" : "light";
    for (const paint of painters) paint();
  }
  colours();
  system.addEventListener("change", colours);
  print.addEventListener("change", colours);

  /** The switches of language and theme; another language begins the page anew, as its address says. */
  powersite.switches = function () {
    const choice = element("select", { "aria-label": powersite.t("page.language"), id: "language" },
      ...LANGUAGES.map((code) => element("option", { value: code, lang: code, selected: code === language && "" }, NAMES[code])));
    choice.addEventListener("change", () => {
      state.set({ lang: choice.value });
      state.settle();
      location.reload();
    });
    const theme = element("button", { type: "button", id: "theme", class: "quiet" }, "◐");
    const name = () => {
      const word = isDark() ? powersite.t("page.theme_light") : powersite.t("page.theme_dark");
      theme.setAttribute("aria-label", word);
      theme.title = word;
    };
    theme.addEventListener("click", () => state.set({ theme: isDark() ? "light" : "dark" }));
    state.listen((changed) => changed.has("theme") && colours());
    powersite.onColours(name);
    name();
    return [choice, theme];
  };
})();
