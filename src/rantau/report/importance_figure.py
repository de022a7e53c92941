"""The importance-performance map of findings, as a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.report.figures.importance import Map
from rantau.report.format import format_number
from rantau.report.styles import read_style
from rantau.report.view import View

if TYPE_CHECKING:
    from rantau.report.findings import Findings


def importance_figure(findings: Findings, *, language: str = "en", style: str = "apa7") -> Map | None:
    """Return the map of the constructs that lead to the target; None where there is none.

    Parameters
    ----------
    findings
        With an importance-performance analysis.
    language, style
        Of labels and numbers.

    Returns
    -------
    Map or None
        With `.write(path)`.
    """
    found = findings.importance
    if found is None:
        return None
    view, look = View(findings, language), read_style(style, language)
    words, target = view.words, view.construct(found.target)
    names = tuple(view.construct(name) for name in found.names)
    told = [
        words(
            "figure.importance.told",
            name=name,
            importance=format_number(float(effect), "decimal", look),
            performance=format_number(float(performance), "decimal", look, decimals=1),
        )
        for name, effect, performance in zip(names, found.effects, found.performances, strict=True)
    ]
    return Map(
        names=names,
        importance=found.effects,
        performance=found.performances,
        x_label=words("figure.importance.importance", target=target),
        y_label=words("figure.importance.performance"),
        rescaled=found.rescaled,
        title=words("figure.importance.title", target=target),
        told="\n".join(told),
        banner=words("banner") if findings.simulated else "",
        decimal=words("number.decimal"),
    )
