"""Simple slopes: the outcome over the predictor at three values of the moderator, and where they are significant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rantau.arrays import Array
from rantau.extras import require
from rantau.record import Record
from rantau.report.picture import Exhibit, as_written

if TYPE_CHECKING:
    from rantau.report.moderation import Moderation

_WIDTH, _TALL = 6.5, 2.9
#: How far the predictor and the moderator are drawn, in standard deviations.
_REACH = 2.5
#: Of the lines at low, middling and high values of the moderator: told apart by dashes where there is no colour.
_COLOURS = ((0.55, 0.32, 0.04), (0.35, 0.35, 0.35), (0.0, 0.40, 0.37))
_DASHES = ((0, (5, 2)), (0, (1, 1.2)), "solid")


class Band(Record):
    """The slope of the predictor over the moderator, with limits: `(points,)` each."""

    at: Array
    est: Array
    low: Array
    high: Array


class Slopes(Exhibit):
    """A figure of one moderation.

    Attributes
    ----------
    found
        Its numbers.
    outcome, predictor, moderator
        Names to show.
    labels
        Of the three lines: one standard deviation below the mean of the moderator, its mean, and one above.
    slope_label
        Of the vertical axis of the second panel.
    band
        For the second panel, which is drawn where the slope is significant for some values of the moderator and not for
        others; None for the first alone.
    title, told
        For those who cannot see it.
    banner
        A warning above the picture; "" for none.
    unit, decimal
        Of the axes, such as `SD`, and the decimal mark of their numbers.
    """

    found: Moderation
    outcome: str
    predictor: str
    moderator: str
    labels: tuple[str, str, str]
    slope_label: str
    band: Band | None
    told: str
    banner: str = ""
    unit: str = "SD"
    decimal: str = "."

    def describe(self) -> str:
        """Return the figure in words."""
        return f"{self.title}\n{self.told}"

    def paper(self) -> Any:  # noqa: ANN401 - a matplotlib Figure
        """Return the figure drawn."""
        return _figure(self)


def _figure(figure: Slopes) -> Any:  # noqa: ANN401 - a matplotlib Figure
    panels = 1 if figure.band is None else 2
    width = _WIDTH if panels == 2 else 0.62 * _WIDTH
    tall = _TALL + 0.2 * bool(figure.banner)
    paper = require("matplotlib.figure").Figure(figsize=(width, tall), layout="constrained")
    if figure.banner:
        paper.suptitle(figure.banner, fontsize=7, weight="bold")
    axes = paper.subplots(1, panels, squeeze=False)[0]
    _lines(axes[0], figure)
    if figure.band is not None:
        _region(axes[1], figure, figure.band)
    for each in axes:
        as_written(each.yaxis, figure.decimal)
        each.spines[["top", "right"]].set_visible(False)
        each.tick_params(labelsize=7)
    return paper


def _lines(axes: Any, figure: Slopes) -> None:  # noqa: ANN401
    """Draw the outcome over the predictor."""
    found, x = figure.found, np.array([-2.0, 2.0])
    for one, label, colour, dashes in zip(found.slopes, figure.labels, _COLOURS, _DASHES, strict=True):
        y = found.level + found.main * one.at + one.est * x
        axes.plot(x, y, color=colour, linestyle=dashes, linewidth=1.5, label=label)
    axes.set(xlim=(-2, 2), xticks=(-2, -1, 0, 1, 2))
    axes.set_xlabel(f"{figure.predictor} ({figure.unit})")
    axes.set_ylabel(f"{figure.outcome} ({figure.unit})")
    axes.legend(title=figure.moderator, frameon=False, fontsize=7, title_fontsize=7, handlelength=2.6, loc="best")


def _region(axes: Any, figure: Slopes, band: Band) -> None:  # noqa: ANN401
    """Draw the slope over the moderator, grey where it does not differ from zero."""
    for region in figure.found.regions:
        low, high = max(region.low, -_REACH), min(region.high, _REACH)
        if region.slope == "not significant" and low < high:
            axes.axvspan(low, high, color="#e4e4e4", linewidth=0, zorder=0)
    axes.fill_between(band.at, band.low, band.high, color=_COLOURS[2], alpha=0.2, linewidth=0)
    axes.plot(band.at, band.est, color=_COLOURS[2], linewidth=1.5)
    axes.axhline(0, color="#555555", linewidth=0.7)
    for bound in figure.found.bounds:
        if abs(bound) < _REACH:
            axes.axvline(bound, color="#555555", linewidth=0.7, linestyle=(0, (4, 3)))
    axes.set(xlim=(-_REACH, _REACH))
    axes.set_xlabel(f"{figure.moderator} ({figure.unit})")
    axes.set_ylabel(figure.slope_label)
