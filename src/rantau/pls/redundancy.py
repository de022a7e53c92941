"""redundancy(): whether a formative construct says what another measure of it says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rantau.errors import OptionError, listing, unknown
from rantau.model.spec import Block, Model, Path, Span, Term
from rantau.options import several_names
from rantau.pls.fit import pls
from rantau.pls.result import PlsFit
from rantau.survey.responses import Responses

if TYPE_CHECKING:
    import pandas as pd

#: Of what is written nowhere.
_NOWHERE = Span(1, 1)


def redundancy(fit: PlsFit, data: Responses | pd.DataFrame, *, construct: str, against: str | Sequence[str]) -> PlsFit:
    """Relate a construct to another measure of the same thing, in a model of these two alone.

    Convergent validity of a formative construct: its path to a global item, or to reflective items of the same thing,
    should be 0.70 or more, so that it explains half of the other's variance (Hair et al.; 0.80 by Chin).

    Parameters
    ----------
    fit
        The fit in which the construct stands; its options and the construct's mode are kept.
    data
        Responses or a data frame, with the items of the construct and those it is held against.
    construct
        The name of the construct, most often one weighted by mode B. One measured by constructs brings these along.
    against
        A global item, or several items, which make a reflective construct named `<construct>_global` (with a `_` more
        where an item has that name); ordered answers where the fit has any.

    Returns
    -------
    PlsFit
        With one path: see `paths()` and `r_squared()`, and `rt.bootstrap` for intervals.

    Raises
    ------
    OptionError
        If the fit has no such construct, or it is held against its own items.
    ResponseError
        If the data lack an item.

    Notes
    -----
    Chin (1998), The Partial Least Squares Approach to Structural Equation Modeling; Hair, Hult, Ringle and Sarstedt
    (2014). Where no other measure was asked for, `PlsFit.redundancy()` holds the construct against its own items
    weighted by mode A, as cSEM does, which says little.

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> draw = np.random.default_rng(1).normal(size=(300, 5))
    >>> data = pd.DataFrame(draw[:, :3], columns=["a", "b", "c"])
    >>> data["whole"] = draw[:, :3].sum(axis=1) + 0.5 * draw[:, 3]
    >>> data["y"] = data["whole"] + draw[:, 4]
    >>> fit = rt.pls("F <~ a + b + c; Y =~ y; Y ~ F", data)
    >>> other = rt.redundancy(fit, data, construct="F", against="whole")
    >>> bool(other.paths()["est"][0] > 0.9)
    True
    """
    if not isinstance(fit, PlsFit):
        raise OptionError(f"redundancy() takes a fit by rt.pls, got a {type(fit).__name__}.")
    names = fit.model.constructs
    if not isinstance(construct, str) or construct not in names:
        raise OptionError(unknown("construct", str(construct), names))
    blocks = _under(fit.model, construct)
    measured = [item for block in blocks for item in block.items if item not in names]
    items = tuple(dict.fromkeys(several_names("against", against, "global_item")))
    constructs = [item for item in items if item in names]
    if constructs:
        raise OptionError(
            f"against= takes items, columns of the data, and {listing(constructs)} is a construct of the model. Name "
            "its items."
        )
    own = [item for item in items if item in measured]
    if own or not items:
        raise OptionError(
            f"against= takes items that do not belong to {construct}, got {listing(own) if own else 'none'}. "
            f"fit.redundancy() holds {construct} against its own items."
        )
    request, known = fit.request, dict(zip(fit.structure.constructs, fit.structure.modes, strict=True))
    modes = tuple((block.construct, known[block.construct]) for block in blocks)
    options: dict[str, Any] = {name: getattr(request, name) for name in request.field_names()}
    ordered = (*(item for item in measured if item in request.ordered), *items) if request.ordered else False
    return pls(_of_two(blocks, items), data, **{**options, "modes": modes, "ordered": ordered})


def _under(model: Model, construct: str) -> tuple[Block, ...]:
    """Return the block of a construct and those of all that measure it, itself first."""
    block = model.block(construct)
    lower = (item for item in block.items if item in model.constructs)
    return (block, *(one for name in lower for one in _under(model, name)))


def _of_two(blocks: tuple[Block, ...], items: tuple[str, ...]) -> Model:
    """Return the model in which the first construct explains one item, or a reflective construct of several."""
    construct, outcome = blocks[0].construct, items[0]
    if len(items) > 1:
        outcome = f"{construct}_global"
        while outcome in items or any(outcome in (block.construct, *block.items) for block in blocks):
            outcome += "_"
        terms = tuple(Term(item, (), _NOWHERE) for item in items)
        blocks = (*blocks, Block(outcome, "reflective", terms, _NOWHERE))
    path = Path(outcome, Term(construct, (), _NOWHERE), _NOWHERE)
    operator = {"reflective": "=~", "composite": "<~"}
    lines = [f"{one.construct} {operator[one.kind]} {' + '.join(one.items)}" for one in blocks]
    text = "\n".join([*lines, f"{outcome} ~ {construct}"])
    return Model(blocks, (path,), (), (), (), (), (), (), text, "<redundancy>")
