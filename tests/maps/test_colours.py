"""The colours of the page: told apart by eyes that lack a cone, and read on what they stand on."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
from skimage.color import deltaE_ciede2000, rgb2lab

from maps.page import ours

EYES = {
    "all three cones": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
"""What reaches the eye in linear RGB: Machado, Oliveira and Fernandes 2009, severity 1.0."""
APART = 7.0
"""Least difference of two signs of one legend, CIEDE2000; about 2 is just seen side by side."""
LEGENDS = {
    "grades": [f"grade-{grade}" for grade in "ABCD"],
    "voltages": [f"volt-{step}" for step in range(1, 5)],
    "paths": ["path-1", "path-2"],
    "megawatts": [f"mw-{step}" for step in range(1, 6)],
    "land prices": [f"price-{step}" for step in range(1, 6)],
    "fuels": [
        f"fuel-{fuel}"
        for fuel in (
            "hydro", "wind", "gas", "solar", "nuclear",
            "coal", "oil", "biomass", "geothermal", "other",
        )
    ],
}  # fmt: skip
READ = {
    "ink": ("panel", "page", "hover", "chosen"),
    "muted": ("panel", "page"),
    "flag-ink": ("flag",),
    **{f"grade-{grade}-ink": (f"grade-{grade}",) for grade in "ABCD"},
}
"""Colours of text, and what they stand on; small text needs a contrast of 4.5 by WCAG 2."""
SEEN = {"focus": ("panel", "page"), "field": ("panel", "page"), "star": ("panel",)}
"""Borders, marks and signs; they need 3."""
THEMES = ("light", "dark")


def colours(theme: str) -> dict[str, np.ndarray]:
    """Read the variables of a theme; the dark one changes some of the light one's."""
    sheet = ours("map.css")
    dark = re.search(r':root\[data-theme="dark"\] \{(.*?)\n\}', sheet, re.DOTALL)
    light = re.match(r":root \{(.*?)\n\}", sheet, re.DOTALL)
    assert dark
    assert light
    text = light.group(1) + (dark.group(1) if theme == "dark" else "")
    found = re.findall(r"--([\w-]+): #([0-9a-f]{6});", text)
    return {name: np.array([int(value[at : at + 2], 16) for at in (0, 2, 4)]) / 255
            for name, value in found}  # fmt: skip


def linear(colour: np.ndarray) -> np.ndarray:
    """Undo the sRGB curve."""
    return np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)


def seen(colour: np.ndarray, eye: np.ndarray) -> np.ndarray:
    """Return how an eye sees a colour, in CIELAB."""
    light = np.clip(eye @ linear(colour), 0, 1)
    shown = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return rgb2lab(shown)


def contrast(one: np.ndarray, other: np.ndarray) -> float:
    """Return the contrast of two colours as WCAG 2 defines it."""
    light = [float(linear(colour) @ [0.2126, 0.7152, 0.0722]) + 0.05 for colour in (one, other)]
    return max(light) / min(light)


def test_simulation_shows_what_is_known_of_it() -> None:
    """Grey stays grey; red and green of equal lightness come close without the red cone."""
    grey = np.array([0.5, 0.5, 0.5])
    for eye in EYES.values():
        assert deltaE_ciede2000(seen(grey, eye), rgb2lab(grey)) < 0.5
    red, green = np.array([0.8, 0.35, 0.2]), np.array([0.5, 0.55, 0.1])
    near = deltaE_ciede2000(*(seen(colour, EYES["deuteranopia"]) for colour in (red, green)))
    far = deltaE_ciede2000(*(seen(colour, EYES["all three cones"]) for colour in (red, green)))
    assert near < far / 3
    assert contrast(np.zeros(3), np.ones(3)) == pytest.approx(21)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("legend", LEGENDS)
@pytest.mark.parametrize("eye", EYES)
def test_signs_of_a_legend_are_told_apart(theme: str, legend: str, eye: str) -> None:
    shades = {name: seen(colours(theme)[name], EYES[eye]) for name in LEGENDS[legend]}
    close = {
        pair: round(float(apart), 1)
        for pair in itertools.combinations(shades, 2)
        if (apart := deltaE_ciede2000(*(shades[name] for name in pair))) < APART
    }
    assert close == {}


@pytest.mark.parametrize("theme", THEMES)
def test_text_and_signs_stand_out(theme: str) -> None:
    shades = colours(theme)
    weak = {
        (name, ground): round(found, 2)
        for table, least in ((READ, 4.5), (SEEN, 3.0))
        for name, grounds in table.items()
        for ground in grounds
        if (found := contrast(shades[name], shades[ground])) < least
    }
    assert weak == {}
