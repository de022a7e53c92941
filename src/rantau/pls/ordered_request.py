"""What may be asked of PLS where answers are ordered, and what may not."""

from __future__ import annotations

from collections.abc import Sequence

from rantau.errors import OptionError
from rantau.moments.compute import MISSING
from rantau.options import choose, several_names
from rantau.pls.interaction import products_of
from rantau.pls.request import PlsRequest
from rantau.pls.stages import Plan


def asked(ordered: str | Sequence[str] | bool) -> tuple[str, ...] | bool:
    """Return `ordered=` as names, or as the switch it was given as."""
    return ordered if isinstance(ordered, bool) else several_names("ordered", ordered, "x1")


def gaps_of(missing: str, *, ordered: bool) -> str:
    """Settle how missing answers are met.

    Raises
    ------
    OptionError
        If there is no such way, or it does not go with the answers being ordered or not.
    """
    ways = {"default": "listwise" if ordered else "mean", "casewise": "listwise"}
    found = choose("missing", ways.get(str(missing), missing), (*MISSING, "pairwise"))
    if ordered and found in ("mean", "em"):
        raise OptionError(
            f"missing='{found}' takes answers for numbers, and ordered= says that they are categories; take "
            "'listwise', or 'pairwise', which estimates each correlation from the rows that answer both."
        )
    if found == "pairwise" and not ordered:
        raise OptionError(
            "missing='pairwise' is for ordered answers (ordered=True); for answers as numbers take missing='em', which "
            "uses every answer there is."
        )
    return found


def settled(request: PlsRequest, plan: Plan) -> PlsRequest:
    """Refuse what cannot be done with ordered answers; return the request with those of them that are items.

    Raises
    ------
    OptionError
        If rows are weighted, or the model has a product.
    """
    if request.weights is not None:
        raise OptionError(
            "weights= is not there for ordered answers (ordered=), whose correlations count rows; leave it out, or "
            "leave ordered out and treat the answers as numbers."
        )
    products = products_of(plan.whole)
    if products:
        raise OptionError(
            f"a product ('{products[0]}') is formed from the values of rows, and of ordered answers (ordered=) only "
            "the correlations behind them are known. Leave ordered out and treat the answers as numbers."
        )
    return request.replace(ordered=tuple(name for name in request.ordered if name in plan.items))
