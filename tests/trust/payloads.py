"""Texts that mean harm, and a country that has them in every text that anyone may write."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.trust.country import Country

MARK = "Qq"
PAYLOADS = (
    "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "\x9b2J",
    "\x08\x08", "\x7f", "\u202egnp.exe", "<script>alert(1)</script>", '"><b>',
    "</script><img src=x onerror=a>", "{{ 7*191 }}", "{% raw %}", "${7*191}", "=1+2", "@SUM(1)",
    "+1|cmd", "-2+3", "'; DROP TABLE sites;--", "%s%n", "\\u003cb\\u003e", "javascript:alert(1)",
    "a\nb", "a\tb", "\u2028", "&lt;", "`x`", "]]>", "$[name]", "[% 7*191 %]",
    "'); system('id'); ('",
    "[x](javascript:alert(1))", "../../etc/passwd", "<!--", "$(id)",
)  # fmt: skip
EVIL = MARK + " ".join(PAYLOADS)
STARTS = ("=", "+", "-", "@", " =", "\t=", "\r=", "\u200b=", '"=', "javascript:", "<b>", "\x1b[2J")
"""What a text may begin with, so that a cell is a formula, an address a script."""
IDS = {
    "substations.csv": ("id",), "lines.csv": ("id", "from_substation", "to_substation"),
    "plants.csv": ("id",), "gas_fields.csv": ("id",), "loads.csv": ("substation",),
    "ties.csv": ("substation",), "outages.csv": ("element",),
}  # fmt: skip
TEXTS = {
    "substations.csv": ("name",), "lines.csv": ("name",), "plants.csv": ("name",),
    "gas_fields.csv": ("name", "status"), "settlements.csv": ("name",),
    "loads.csv": ("name", "note"), "climate.csv": ("name",), "land_prices.csv": ("basis", "region"),
    "policy.csv": ("topic", "rule", "region", "url"), "ties.csv": ("name", "note"),
    "campuses.csv": ("name", "operator", "note", "use"), "outages.csv": ("outage",),
}  # fmt: skip
TERMINAL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028]")


def evil(text: str, start: str = "") -> str:
    """A text of the country made harmful, the same one always alike."""
    return f"{start or STARTS[sum(text.encode()) % len(STARTS)]}{EVIL} {text}"


def quoted(text: str) -> str:
    """As TOML and JSON write it."""
    return json.dumps(text).replace("\x7f", "\\u007f")


def spoil(country: Country) -> Country:
    """Put a text that means harm into every text of every layer and of ``place.toml``."""
    for file, columns in TEXTS.items():
        rows = list(csv.DictReader(io.StringIO(country.read(file))))
        told = io.StringIO()
        table = csv.DictWriter(told, list(rows[0]), lineterminator="\n")
        table.writeheader()
        for row in rows:
            hit = [*columns, *IDS.get(file, ())]
            table.writerow({key: evil(cell) if cell and key in hit else cell
                            for key, cell in row.items()})  # fmt: skip
        country.write(file, told.getvalue())
    for kind, texts in (("barred", ("Lake",)), ("regions", ("East", "West"))):
        for text in texts:
            country.change(
                f"{kind}.geojson",
                lambda old, text=text: old.replace(quoted(text), quoted(evil(text))),
            )
    settings = country.read("place.toml")
    for text in ("Made up.", "Toyland", "CC0-1.0", "2024"):
        settings = settings.replace(f'"{text}"', quoted(evil(text)))
    settings = re.sub(r'"(\w+ of Toyland)"', lambda match: quoted(evil(match[1])), settings)
    more = f"url = {quoted(evil('url', 'javascript:'))}\nattribution = {quoted(evil('credit'))}\n"
    settings = settings.replace("\nlicence =", f"\n{more}licence =")
    country.write("place.toml", settings)
    return country
