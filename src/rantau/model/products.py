"""Products of variables (`Y ~ X:M`, `Y ~ X:X`), written out as what an engine without products can estimate.

A product with a construct in it becomes a construct of its own, measured by products of items (Kenny & Judd, 1984;
without constraints: Marsh, Wen & Hau, 2004). A product of two observed variables is one more observed variable.

What is added for a product construct:

- its items. `matched`: the first items of both parts, the second items, and so on, no item being used twice; `all`:
  every item of one part times every item of the other, and for a square every pair once. An observed part is
  multiplied with every item of the other part.
- covariances of the residuals of any two products that share an item which is measured with error, whatever
  constructs they measure (Jöreskog & Yang, 1996; Kelava & Brandt, 2009).
- like every exogenous construct, it covaries with all others; and also with the disturbances of those of its parts
  that are outcomes.
- an observed part that only predicts becomes random and covaries with the exogenous constructs, and with it all
  observed variables that only predict: a fixed covariate is held to be uncorrelated with constructs.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from rantau.errors import OptionError
from rantau.model.locate import refusal
from rantau.model.parameters import free_standing_covariates
from rantau.model.spec import Block, Covariance, Model, Path, Span, Term
from rantau.options import choose
from rantau.record import Record

#: How items are paired; `default` matches them where both parts have equally many.
PAIRS = ("default", "matched", "all")


class Product(Record):
    """A product that predicts something, and the columns that are multiplied for it.

    Attributes
    ----------
    name
        As written: `X:M`.
    parts
        The two variables.
    pairs
        The columns to be multiplied; none where `how` is `moments`.
    how
        `matched` or `all`; `observed` where a part is observed; `raw` where both are; `moments` where an engine knows
        the moments of the product itself.
    """

    name: str
    parts: tuple[str, str]
    pairs: tuple[tuple[str, str], ...]
    how: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the products of columns, one per pair."""
        return tuple(":".join(pair) for pair in self.pairs)

    @property
    def centred(self) -> bool:
        """Whether columns are centred before and after they are multiplied; products of two observed ones are not."""
        return self.how != "raw"


class Expansion(Record):
    """A model without products, and what the products have become.

    Attributes
    ----------
    model
        With the product constructs among its blocks; spans point into the same text.
    products
        In the order of the paths.
    """

    model: Model
    products: tuple[Product, ...]

    @property
    def constructs(self) -> tuple[Product, ...]:
        """The products that are constructs."""
        return tuple(product for product in self.products if product.centred)


def expand(model: Model, *, pairs: str = "default", measured: bool = True) -> Expansion:
    """Write out the products of a model.

    Parameters
    ----------
    model
        As the user wrote it.
    pairs
        How the items of two constructs are paired: `matched`, `all`, or `default`, which matches them where both
        have equally many.
    measured
        Whether product constructs have items; without, each stands alone under one item of its own name, for an
        engine that knows the moments of the product itself.

    Returns
    -------
    Expansion
        The model itself where it has no products.

    Raises
    ------
    ModelSyntaxError
        If a product cannot be estimated; with its place.
    OptionError
        If `pairs` is not known, or items cannot be matched.

    Notes
    -----
    Marsh, Wen & Hau (2004); Lin, Wen, Marsh & Lin (2010).

    Examples
    --------
    >>> from rantau.model.syntax import parse_model
    >>> model = parse_model("X =~ x1 + x2 + x3; M =~ m1 + m2 + m3; y ~ X + M + X:M")
    >>> expand(model).products[0].columns
    ('x1:m1', 'x2:m2', 'x3:m3')
    >>> expand(model).model.block("X:M").items
    ('x1:m1', 'x2:m2', 'x3:m3')
    """
    choose("pairs", pairs, PAIRS)
    paths = _product_paths(model)
    products = tuple(_product(model, path, pairs, measured=measured) for path in paths)
    _check_covariances(model, {product.name for product in products})
    if not products:
        return Expansion(model, ())
    spans = {path.predictor: path.term.span for path in paths}
    constructs = [product for product in products if product.centred]
    # Rows of parameters come in the order of their places: product constructs follow the last construct of the file.
    place = max(
        (block.terms[-1].span for block in model.blocks), key=lambda at: (at.line, at.column), default=Span(1, 1)
    )
    blocks = tuple(
        Block(
            one.name, "reflective",
            tuple(Term(item, (), place) for item in (one.columns if measured else (item_of(one),))), spans[one.name],
        )
        for one in constructs
    )  # fmt: skip
    expanded = model.replace(blocks=(*model.blocks, *blocks))
    added = dict.fromkeys(_sharing(model, constructs) if measured else ())
    added |= dict.fromkeys(_with_endogenous_parts(model, constructs))
    added |= dict.fromkeys(_with_observed_parts(expanded, constructs))
    stated = {frozenset((one.left, one.right)) for one in model.covariances}
    last = spans[products[-1].name]
    covariances = tuple(
        Covariance(left, Term(right, (), last), last) for left, right in added if frozenset((left, right)) not in stated
    )
    return Expansion(expanded.replace(covariances=(*model.covariances, *covariances)), products)


def item_of(product: Product) -> str:
    """Return the name of the one item of a product construct that is not measured by products of items."""
    return f"{product.name}."


def _product_paths(model: Model) -> tuple[Path, ...]:
    """Return the first path of each product, and refuse what is no product of two."""
    found: dict[str, Path] = {}
    for path in model.paths:
        if len(path.term.factors) < 2:
            continue
        if len(path.term.factors) > 2:
            raise refusal(
                model, path.term.span,
                f"'{path.predictor}' multiplies {len(path.term.factors)} variables; only products of two can be "
                "estimated.",
            )  # fmt: skip
        found.setdefault(path.predictor, path)
    for path in found.values():
        turned = ":".join(reversed(path.term.factors))
        if turned != path.predictor and turned in found:
            raise refusal(
                model,
                path.term.span,
                f"'{path.predictor}' and '{turned}' are one product; write it in one way throughout.",
            )
    return tuple(found.values())


def _product(model: Model, path: Path, pairs: str, *, measured: bool) -> Product:
    first, second = path.term.factors
    items = [_items(model, path, part, measured=measured) for part in (first, second)]
    if not any(part in model.constructs for part in (first, second)):
        return Product(path.predictor, (first, second), ((first, second),), "raw")
    _check_in_model(model, path)
    if not measured:
        return Product(path.predictor, (first, second), (), "moments")
    if not all(part in model.constructs for part in (first, second)):
        every = tuple((left, right) for left in items[0] for right in items[1])
        return Product(path.predictor, (first, second), every, "observed")
    equal = len(items[0]) == len(items[1])
    if pairs == "matched" and not equal:
        raise OptionError(
            f"pairs='matched' needs equally many items, but '{first}' has {len(items[0])} and '{second}' has "
            f"{len(items[1])}; take pairs='all', or leave pairs out."
        )
    how = "all" if pairs == "all" or not equal else "matched"
    if how == "matched":
        chosen = tuple(zip(items[0], items[1], strict=True))
    elif first == second:
        chosen = tuple(itertools.combinations_with_replacement(items[0], 2))
    else:
        chosen = tuple((left, right) for left in items[0] for right in items[1])
    return Product(path.predictor, (first, second), chosen, how)


def _items(model: Model, path: Path, part: str, *, measured: bool) -> tuple[str, ...]:
    """Return what is multiplied for a part: the items of a construct, or the observed variable itself."""
    if part not in model.constructs:
        return (part,)
    block = model.block(part)
    if block.kind == "composite":
        raise refusal(
            model, path.term.span,
            f"'{path.predictor}': '{part}' is a composite (`<~`), and only products of reflective constructs can be "
            f"estimated. Write '{part} =~ ...' if its items reflect it.",
        )  # fmt: skip
    if any(item in model.constructs for item in block.items):
        raise refusal(
            model, path.term.span,
            f"'{path.predictor}': '{part}' is measured by constructs, so it has no items to multiply. Let a construct "
            "with items of its own interact.",
        )  # fmt: skip
    if (
        measured
        and len(block.items) == 1
        and any(one.left == one.right == block.items[0] and not _is_fixed(one.term, 0.0) for one in model.covariances)
    ):
        raise refusal(
            model, path.term.span,
            f"'{path.predictor}': the error of '{block.items[0]}', the one item of '{part}', would be in all products "
            "and could not be told from the product itself. rt.sam(model, data) can estimate this model.",
        )  # fmt: skip
    return _marker_first(block)


def _marker_first(block: Block) -> tuple[str, ...]:
    """Return the items with the one that gives the construct its scale in front, so that it does so in products too."""
    marked = [term.name for term in block.terms if _is_fixed(term, 1.0)]
    frees_first = any(one.kind == "free" for one in block.terms[0].modifiers)
    return tuple(dict.fromkeys((*marked[:1], *block.items))) if frees_first else block.items


def _is_fixed(term: Term, at: float) -> bool:
    return any(one.kind == "fixed" and all(value == at for value in one.values) for one in term.modifiers)


def _check_in_model(model: Model, path: Path) -> None:
    """Refuse an observed part that stands nowhere else: its own effect would be taken for the product's."""
    there = {name for one in model.paths for name in (one.outcome, one.predictor)}
    there |= {item for block in model.blocks for item in block.items}
    for part in path.term.factors:
        if part not in model.constructs and part not in there:
            raise refusal(
                model, path.term.span,
                f"'{path.predictor}' needs the effect of '{part}' itself: write '{path.outcome} ~ {part} + "
                f"{path.predictor}' (and 0*{part} if it shall have none).",
            )  # fmt: skip


def _check_covariances(model: Model, products: set[str]) -> None:
    """Refuse a product that covaries and predicts nothing."""
    for one in model.covariances:
        if len(one.term.factors) > 1 and one.right not in products:
            raise refusal(
                model, one.term.span,
                f"a product ('{one.right}') covaries only where it predicts something as well, in `y ~ {one.right}`.",
            )  # fmt: skip


def _sharing(model: Model, constructs: list[Product]) -> Iterator[tuple[str, str]]:
    """Name the products of items whose residuals covary, because an item with a residual is in both."""
    exact = {part for product in constructs for part in product.parts if part not in model.constructs}
    exact |= {block.items[0] for block in model.blocks if len(block.items) == 1}
    columns = dict.fromkeys(pair for product in constructs for pair in product.pairs)
    for left, right in itertools.combinations(columns, 2):
        if (set(left) & set(right)) - exact:
            yield ":".join(left), ":".join(right)


def _with_endogenous_parts(model: Model, constructs: list[Product]) -> Iterator[tuple[str, str]]:
    outcomes = {path.outcome for path in model.paths}
    for product in constructs:
        yield from ((part, product.name) for part in product.parts if part in outcomes)


def _with_observed_parts(expanded: Model, constructs: list[Product]) -> Iterator[tuple[str, str]]:
    """Name the covariances of observed parts that only predict, and of the covariates that become random with them."""
    outcomes = {path.outcome for path in expanded.paths}
    indicators = {item for block in expanded.blocks for item in block.items}
    exogenous = [name for name in expanded.constructs if name not in outcomes | indicators]
    predictors = dict.fromkeys(path.predictor for path in expanded.paths)
    multiplied = {part for product in constructs for part in product.parts}
    parts = [name for name in predictors if name in multiplied - {*expanded.constructs, *outcomes, *indicators}]
    for part in parts:
        yield from ((construct, part) for construct in exogenous)
    covariates = free_standing_covariates(expanded)
    if covariates & set(parts):
        yield from itertools.combinations([name for name in predictors if name in covariates], 2)
