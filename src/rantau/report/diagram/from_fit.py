"""`diagram()`: a model, its text or a fit of either engine as a path diagram."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from rantau.errors import OptionError, ReportError, unknown
from rantau.model.spec import Model
from rantau.model.syntax import parse_model
from rantau.options import check_switch, choose, is_number, one_text
from rantau.report.diagram.from_model import diagram_of
from rantau.report.diagram.records import Diagram, Options
from rantau.report.diagram.rows import Row, numbers_of
from rantau.report.diagram.wording import WORDS
from rantau.report.styles import read_style

if TYPE_CHECKING:
    from rantau.survey.instrument import Survey

#: What the labels of the arrows may say.
SHOWS = ("estimate", "interval", "p", "statistic", "none")
#: Where the arrows run to.
DIRECTIONS = ("right", "down")


def diagram(
    fit_or_model: Any,  # noqa: ANN401 - a SemFit, a PlsFit, a Model or its text
    *,
    survey: Survey | None = None,
    draws: Any = None,  # noqa: ANN401 - Draws or the frame of their table
    show: str = "estimate",
    content: str = "full",
    direction: str = "right",
    stars: bool = True,
    hide_nonsignificant: bool = False,
    standardized: bool = True,
    language: str = "en",
    monochrome: bool = False,
    font_size: float = 9.0,
    leading_zero: bool = False,
    style: str = "",
    positions: tuple[tuple[str, float, float], ...] = (),
    group: int | None = None,
    title: str = "",
    banner: str = "",
) -> Diagram:
    r"""Draw a model, with the estimates of a fit where there is one.

    Parameters
    ----------
    fit_or_model
        A fit of either engine; or a `Model` or its text, for the conceptual figure with H1 to Hn.
    survey
        Gives the names of the constructs; without it their codes are shown.
    draws
        Bootstrap draws or their table, for the p values and intervals of what is shown.
    show
        Under each path: `estimate`, `interval`, `p`, `statistic` (with the estimate), or `none`.
    content
        `full`, or `structural` to leave the items out.
    direction
        Where the arrows run: `right` or `down`.
    stars
        Whether * ** *** mark p below .05, .01 and .001.
    hide_nonsignificant
        Leave out paths that are not significant at .05.
    standardized
        Which estimates of a covariance-based fit are shown; those of PLS always are standardised.
    language
        `en` or `id`.
    monochrome
        Black, white and grey only.
    font_size
        Of the construct names, in points.
    leading_zero
        Write 0.42 instead of .42.
    style
        A style's name or file, whose tables have a leading zero or none: numbers are written as there, with two
        decimals. Without it nothing that cannot exceed 1 by much has one.
    positions
        `(key, x, y)` of nodes that are pinned, in points; x runs right, y up.
    group
        Which group of a multiple-group fit, counted from 1.
    title
        For the caption.
    banner
        A warning to draw above the picture, such as "SIMULATED ANSWERS". A fit that is not to be trusted gets
        one of its own.

    Returns
    -------
    Diagram
        To be written with `.write("figure.svg")`.

    Raises
    ------
    OptionError
        If an option is unknown, or does not go with this fit.
    ReportError
        If the fit did not converge, if it has several groups and none is chosen, or if a pinned name is not in
        the diagram.

    Examples
    --------
    >>> drawn = diagram("X =~ a + b + c\nY =~ d + e + f\nY ~ X  # H1 (+)", content="structural")
    >>> print(drawn.describe())
    Path diagram: 2 constructs, 0 items, 1 path.
    X to Y (H1 (+)).
    """
    for name, got in (
        ("stars", stars), ("hide_nonsignificant", hide_nonsignificant), ("standardized", standardized),
        ("monochrome", monochrome), ("leading_zero", leading_zero),
    ):  # fmt: skip
        check_switch(name, got)
    one_text("title", title)
    one_text("banner", banner)
    if not is_number(font_size) or not 0 < font_size < math.inf:
        raise OptionError(f"font_size is the size of letters in points, such as 9, got {font_size!r}.")
    if survey is not None and not hasattr(survey, "constructs"):
        raise OptionError(f"survey= takes what rt.read_survey(path) gives, got {survey!r}.")
    options = Options(
        show=choose("show", show, SHOWS),
        direction=choose("direction", direction, DIRECTIONS),
        stars=stars,
        hide_nonsignificant=hide_nonsignificant,
        language=choose("language", language, WORDS),
        monochrome=monochrome,
        font_size=font_size,
        leading_zero=leading_zero,
        style=_known(style, language),
        standardized=standardized,
        positions=_pinned(positions),
    )
    given = parse_model(fit_or_model) if isinstance(fit_or_model, str) else fit_or_model
    rows: list[Row] = []
    explained: list[tuple[str, float]] = []
    warnings = [banner] if banner else []
    if not isinstance(given, Model):
        if not (hasattr(given, "converged") and hasattr(given, "model")):
            raise OptionError(f"diagram() takes a fit, a model or its text, got {type(given).__name__}.")
        if not given.converged:
            raise ReportError("the fit did not converge, so there is nothing to draw; see fit.problems.")
        if not given.trustworthy:
            warnings.append(WORDS[options.language]["untrusted"])
        rows, explained = numbers_of(given, draws, group, standardized=standardized)
    model = given if isinstance(given, Model) else given.model
    names = () if survey is None else survey.names(language)
    drawn = diagram_of(model, rows, explained, names=names, content=content, title=title, options=options)
    known = tuple(node.key for node in drawn.nodes)
    for key, _, _ in options.positions:
        if key not in known:
            raise ReportError(unknown("pinned name", key, known, where="positions"))
    return drawn.replace(banner="\n".join(warnings))


def _known(style: str, language: str) -> str:
    """Return a style's name, checked; "" where none is asked for."""
    if one_text("style", style):
        read_style(style, language)
    return style


def _pinned(positions: Any) -> tuple[tuple[str, float, float], ...]:  # noqa: ANN401 - whatever a caller gives
    """Return names and their places, checked."""
    try:
        return tuple((str(key), float(x), float(y)) for key, x, y in positions)
    except (TypeError, ValueError):
        raise OptionError(
            f"positions= takes names with their places, such as [('Trust', 0, 100)]; got {positions!r}."
        ) from None
