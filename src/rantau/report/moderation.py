"""What the products of a PLS fit mean, as reports show it: simple slopes, and where they differ from zero."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rantau.record import Record

if TYPE_CHECKING:
    from rantau.pls import PlsFit
    from rantau.report.findings import Findings

#: Values of the moderator, in standard deviations from its mean.
AT = (-1.0, 0.0, 1.0)


class SlopeAt(Record):
    """The slope of the predictor at one value of the moderator; NaN limits where there are no draws."""

    at: float
    est: float
    se: float
    low: float
    high: float


class Region(Record):
    """Values of the moderator between which the slope is `positive`, `negative` or `not significant`."""

    low: float
    high: float
    slope: str
    share: float


class Moderation(Record):
    """One product of two constructs: the first is taken for the predictor, the second for its moderator.

    Attributes
    ----------
    outcome, predictor, moderator
        Codes of constructs.
    level, main
        The outcome where both are at their means, and by how much it rises with the moderator there.
    slopes
        At -1, 0 and 1.
    regions
        Of the moderator; empty without draws, and where the product itself does not differ from zero.
    """

    outcome: str
    predictor: str
    moderator: str
    level: float
    main: float
    slopes: tuple[SlopeAt, ...]
    regions: tuple[Region, ...] = ()

    @property
    def name(self) -> str:
        """The product, as in the model."""
        return f"{self.predictor}:{self.moderator}"

    @property
    def bounds(self) -> tuple[float, ...]:
        """Where one region ends and the next begins."""
        return tuple(region.low for region in self.regions[1:])


def moderations(findings: Findings) -> tuple[Moderation, ...]:
    """Return every product of two different constructs of a PLS fit that converged.

    Parameters
    ----------
    findings
        With the fit, and draws for limits and regions.

    Returns
    -------
    tuple of Moderation
        In the order of the model.
    """
    fit = findings.pls
    if fit is None or not fit.converged:
        return ()
    pairs = [(path.outcome, *path.term.factors) for path in fit.model.paths if len(set(path.term.factors)) == 2]
    return tuple(_moderation(findings, fit, *names) for names in pairs if len(names) == 3)


def _moderation(findings: Findings, fit: PlsFit, outcome: str, predictor: str, moderator: str) -> Moderation:
    draws = findings.draws
    own = {path["rhs"]: float(path["est"]) for path in fit.paths().to_dict("records") if path["lhs"] == outcome}
    # Products of correlated scores have means of their own, which the level of the lines makes up for.
    scores = fit.scores()
    level = -sum(
        coefficient * float(scores[name.split(":")].prod(axis=1, skipna=False).mean())
        for name, coefficient in own.items()
    )
    found = fit.slopes(outcome, predictor, moderator, at=AT, draws=draws, level=findings.level)
    frame = found.reindex(columns=[moderator, "est", "se", "ci_low", "ci_high"])
    slopes = tuple(SlopeAt(*map(float, row)) for row in frame.to_numpy())
    regions = _regions(findings, fit, outcome, predictor, moderator)
    return Moderation(outcome, predictor, moderator, level, own[moderator], slopes, regions)


def _regions(findings: Findings, fit: PlsFit, outcome: str, predictor: str, moderator: str) -> tuple[Region, ...]:
    draws = findings.draws
    if draws is None:
        return ()
    table = draws.table(level=findings.level)
    row = table[(table["lhs"] == outcome) & (table["op"] == "~") & (table["rhs"] == f"{predictor}:{moderator}")]
    if not np.all(row["p"].to_numpy() < 1 - findings.level):
        return ()
    frame = fit.significant_regions(outcome, predictor, moderator, draws=draws, level=findings.level)
    return tuple(Region(*row) for row in frame.itertuples(index=False))
