"""The options of a PLS fit, as one value that travels with it."""

from __future__ import annotations

from rantau.record import Record


class PlsRequest(Record):
    """How a PLS model is to be estimated.

    Attributes
    ----------
    scheme
        Inner weighting: `path`, `factorial` or `centroid`.
    consistent
        Whether reflective constructs are corrected for unreliability (PLSc).
    modes
        `(construct, mode)` pairs that replace the mode a block's operator gives it.
    ordered
        The items whose answers are ordered categories, by whose polychoric correlations the model is estimated.
    missing
        `mean` puts the item's mean in the place of a missing answer; `listwise` leaves such rows out; `em` estimates
        the moments from every answer there is; `pairwise`, of ordered answers, each correlation from the rows that
        answer both.
    weights
        The column of sampling weights; None where every row counts alike.
    signs
        `dominant` turns each construct so that its items' correlations with it sum to more than zero;
        `none` leaves signs as the weight loop ends. Bootstrap draws point where the sample does.
    interaction
        How products of constructs are estimated: `two_stage`, `scores`, `product_indicator` or `orthogonal`.
    higher_order
        How constructs of constructs are estimated: `disjoint`, `embedded`, `repeated` or `saturated`.
    tolerance
        On the largest absolute change of an outer weight.
    max_iterations
        Where the weight loop gives up.
    """

    scheme: str = "path"
    consistent: bool = False
    modes: tuple[tuple[str, str], ...] = ()
    ordered: tuple[str, ...] = ()
    missing: str = "mean"
    weights: str | None = None
    signs: str = "dominant"
    tolerance: float = 1e-10
    max_iterations: int = 300
    interaction: str = "two_stage"
    higher_order: str = "disjoint"
