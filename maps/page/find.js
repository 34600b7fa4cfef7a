"use strict";
/* Search by name, and the coordinates under the pointer. */
(function () {
  const { tables, element, number, t, popups } = powersite;
  const MOST = 8;
  const LETTERS = { "ø": "o", "æ": "ae", "å": "a", "ð": "d", "þ": "th", "ß": "ss", "ł": "l", "đ": "d" };
  /** A name as it is looked for: without accents and capitals. */
  const plain = (name) => String(name).toLowerCase().replace(/[øæåðþßłđ]/g, (letter) => LETTERS[letter]).normalize("NFKD").replace(/\p{M}/gu, "");

  let index = null;
  function entries() {
    const all = [];
    const add = (kind, rows, open, name = (row) => row.name) => {
      for (const row of rows) if (name(row)) all.push({ kind, name: String(name(row)), key: plain(name(row)), row, open });
    };
    const show = (popup) => (row) => {
      powersite.map.setView([row.lat, row.lon], Math.max(9, powersite.map.getZoom()), { animate: false });
      L.popup().setLatLng([row.lat, row.lon]).setContent(popup(row)).openOn(powersite.map);
    };
    add("site", tables.sites, (site) => powersite.select(site.site_id), (site) => site.name || site.site_id);
    add("campus", tables.campuses, show(popups.campus));
    add("substation", tables.substations, show(popups.station));
    add("plant", tables.plants, show(popups.plant));
    add("town", tables.towns, show(popups.town));
    add("region", tables.regions, powersite.showRegion, (region) => region.region);
    return all;
  }
  /** The best matches: those that begin as asked, then those with a word that does, then any. */
  powersite.find = function (text) {
    const asked = plain(text).trim();
    if (!asked) return [];
    index = index || entries();
    const rate = ({ key, row }) => (key.startsWith(asked) ? 0 : key.includes(` ${asked}`) ? 1 : key.includes(asked) || row.site_id === text.trim() ? 2 : 3);
    const found = index.map((entry) => [rate(entry), entry]).filter(([rank]) => rank < 3);
    return found.sort((a, b) => a[0] - b[0]).slice(0, MOST).map(([, entry]) => entry);
  };

  function searchBox() {
    const input = element("input", { type: "search", id: "find", placeholder: t("find.placeholder"), "aria-label": t("find.label"), role: "combobox",
      "aria-expanded": "false", "aria-controls": "found", "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false" });
    const list = element("ul", { id: "found", role: "listbox", "aria-label": t("find.label"), hidden: "" });
    let shown = [], at = -1;
    const mark = () => {
      [...list.children].forEach((item, position) => item.setAttribute("aria-selected", String(position === at)));
      input.setAttribute("aria-activedescendant", at >= 0 ? `found-${at}` : "");
    };
    const shut = () => { list.hidden = true; input.setAttribute("aria-expanded", "false"); at = -1; };
    const pick = (entry) => { shut(); input.value = entry.name; entry.open(entry.row); };
    const fill = () => {
      shown = powersite.find(input.value);
      at = shown.length ? 0 : -1;
      list.replaceChildren(...shown.map((entry, position) => {
        const rank = entry.kind === "site" ? `${number(entry.row.rank)}. ` : "";
        const item = element("li", { role: "option", id: `found-${position}` }, element("span", { class: "name" }, `${rank}${entry.name}`), element("span", { class: "muted small" }, t(`find.${entry.kind}`)));
        item.addEventListener("pointerdown", (event) => { event.preventDefault(); pick(entry); });
        return item;
      }));
      if (!shown.length && input.value.trim()) list.replaceChildren(element("li", { class: "muted" }, t("find.nothing")));
      list.hidden = !input.value.trim();
      input.setAttribute("aria-expanded", String(!list.hidden));
      mark();
    };
    input.addEventListener("input", fill);
    input.addEventListener("focus", () => input.value && fill());
    input.addEventListener("blur", shut);
    input.addEventListener("keydown", (event) => {
      const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (move && shown.length) { at = (at + move + shown.length) % shown.length; mark(); event.preventDefault(); }
      else if (event.key === "Enter" && shown[at] && !list.hidden) { pick(shown[at]); event.preventDefault(); }
      else if (event.key === "Escape" && !list.hidden) { shut(); event.stopPropagation(); }
    });
    const box = element("div", { class: "find" }, input, list);
    L.DomEvent.disableClickPropagation(box).disableScrollPropagation(box);
    return box;
  }

  powersite.addFinder = function (map) {
    document.querySelector(".frame").append(searchBox());
    const Pointer = L.Control.extend({
      options: { position: "bottomleft" },
      onAdd() {
        const place = element("div", { class: "pointer", title: t("map.pointer") });
        const tell = ({ lat, lng }) => { place.textContent = powersite.position(lat, lng); };
        map.on("mousemove", (event) => tell(event.latlng));
        map.on("mouseout moveend", () => tell(map.getCenter()));
        tell(map.getCenter());
        return place;
      },
    });
    new Pointer().addTo(map);
  };
})();
