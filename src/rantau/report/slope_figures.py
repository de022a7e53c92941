"""Figures of the products of a PLS fit, one for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from rantau.report.figures.slopes import Band, Slopes
from rantau.report.format import format_number
from rantau.report.moderation import Moderation, moderations
from rantau.report.styles import read_style
from rantau.report.view import View

if TYPE_CHECKING:
    from rantau.report.findings import Findings

_POINTS = 61


def slope_figures(findings: Findings, *, language: str = "en", style: str = "apa7") -> tuple[Slopes, ...]:
    """Return a figure for each product of two constructs: simple slopes, and with draws the Johnson-Neyman region.

    Parameters
    ----------
    findings
        With a PLS fit, and its draws for the second panel.
    language, style
        Of labels and numbers.

    Returns
    -------
    tuple of Slopes
        With `.write(path)`; the second panel stands where the product differs from zero at the level of the findings.
    """
    view = View(findings, language)
    return tuple(_figure(view, one, style) for one in moderations(findings))


def _figure(view: View, found: Moderation, style: str) -> Slopes:
    words, look = view.words, read_style(style, view.language)
    names = {part: view.construct(getattr(found, part)) for part in ("outcome", "predictor", "moderator")}
    low, middle, high = (format_number(one.est, "loading", look) for one in found.slopes)
    return Slopes(
        found=found,
        **names,
        labels=(words("slopes.below"), words("slopes.mean"), words("slopes.above")),
        slope_label=words("figure.slopes.slope", predictor=names["predictor"]),
        band=_band(view.findings, found) if found.regions else None,
        title=words("figure.slopes.title", **names),
        told=words("figure.slopes.told", low=low, middle=middle, high=high, **names),
        banner=words("banner") if view.findings.simulated else "",
        unit=words("slopes.unit"),
        decimal=words("number.decimal"),
    )


def _band(findings: Findings, found: Moderation) -> Band | None:
    """Return the slope over the moderator with limits of the kind that the bounds of the regions have."""
    if findings.pls is None:
        return None
    at = np.linspace(-2.5, 2.5, _POINTS)
    table = findings.pls.slopes(
        found.outcome, found.predictor, found.moderator, at=at.tolist(), draws=findings.draws, level=findings.level
    )
    est, wide = table["est"].to_numpy(), ndtri((1 + findings.level) / 2) * table["se"].to_numpy()
    return Band(at, est, est - wide, est + wide)
