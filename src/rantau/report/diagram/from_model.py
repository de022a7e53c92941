"""A path diagram from a model and plain numbers: which nodes, which arrows, and what each is."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rantau.errors import ReportError
from rantau.model.spec import Model
from rantau.options import choose
from rantau.report.diagram.records import NAN, Diagram, Edge, Node, Options
from rantau.report.diagram.rows import Name, Row
from rantau.report.diagram.wording import note

#: All items, or only what stands in the structural model.
CONTENTS = ("full", "structural")
#: The level at which an arrow turns dashed and a name enters the note.
ALPHA = 0.05


def diagram_of(
    model: Model,
    rows: Iterable[Sequence[Any]] = (),
    r_squared: Iterable[tuple[str, float]] = (),
    *,
    names: tuple[tuple[str, str], ...] = (),
    content: str = "full",
    title: str = "",
    options: Options | None = None,
) -> Diagram:
    r"""Build a diagram from a model and plain numbers of any engine.

    Parameters
    ----------
    model
        What is claimed.
    rows
        `(lhs, op, rhs, estimate, low, high, p)` per estimate, NaN where unknown, and if known the test
        statistic as eighth; none for the conceptual figure with its hypotheses.
    r_squared
        `(construct, R²)`.
    names
        `(code, label)` of constructs or items; a code without one is shown as it is.
    content
        `full`, or `structural` to leave the items out.
    title
        For the caption.
    options
        How it is drawn.

    Returns
    -------
    Diagram
        Nodes in the order of the model.

    Raises
    ------
    OptionError
        If `content` is unknown.
    ReportError
        If nothing is left to draw.

    Examples
    --------
    >>> from rantau.model.syntax import parse_model
    >>> drawn = diagram_of(parse_model("X =~ a + b + c\nY =~ d + e + f\nY ~ X  # H1 (+)"))
    >>> [(edge.source, edge.target, edge.hypothesis) for edge in drawn.edges if edge.kind == "path"]
    [('X', 'Y', 'H1 (+)')]
    """
    choose("content", content, CONTENTS)
    style = options or Options()
    found = {row.name: row for row in (Row(*row) for row in rows)}
    edges = _paths(model, found)
    if content == "full":
        edges += _measurement(model, found)
    keep = _kept(model, edges, content)
    edges += _covariances(model, found, keep)
    hidden = style.hide_nonsignificant
    edges = [edge for edge in edges if not (hidden and edge.kind == "path" and edge.significant is False)]
    if not keep:
        raise ReportError(f"{model.source}: the model has no construct and no path, so there is nothing to draw.")
    return Diagram(
        nodes=tuple(_node(model, key, dict(names), dict(r_squared)) for key in keep),
        edges=tuple(edges),
        title=title,
        note=note(edges, style, fitted=bool(found)),
        options=style,
    )


def _paths(model: Model, found: Mapping[Name, Row]) -> list[Edge]:
    """Return the structural arrows, and those between constructs of two orders."""
    signs = {"+": " (+)", "-": " (\N{MINUS SIGN})"}
    claimed = {(h.lhs, h.rhs): h.name + signs.get(h.sign, "") for h in model.hypotheses if h.op == "~"}
    fitted = bool(found)
    edges = []
    for path in model.paths:
        hypothesis = claimed.get((path.outcome, path.predictor), "")
        if fitted:
            hypothesis = hypothesis.partition(" ")[0]
        row = found.get((path.outcome, "~", path.predictor))
        edges.append(_edge(path.predictor, path.outcome, "path", row, hypothesis))
    return edges


def _measurement(model: Model, found: Mapping[Name, Row]) -> list[Edge]:
    """Return the arrows between constructs and their items: loadings outwards, weights inwards."""
    edges = []
    for block in model.blocks:
        for item in block.items:
            if block.kind == "composite":
                edges.append(_edge(item, block.construct, "weight", found.get((block.construct, "<~", item))))
            else:
                edges.append(_edge(block.construct, item, "loading", found.get((block.construct, "=~", item))))
    return edges


def _covariances(model: Model, found: Mapping[Name, Row], keep: tuple[str, ...]) -> list[Edge]:
    """Return the covariances between nodes that are drawn: those written, then those an engine added."""
    pairs = [(c.left, c.right) for c in model.covariances] + [key[::2] for key in found if key[1] == "~~"]
    edges: dict[frozenset[str], Edge] = {}
    for left, right in pairs:
        if left != right and left in keep and right in keep and frozenset((left, right)) not in edges:
            row = found.get((left, "~~", right)) or found.get((right, "~~", left))
            edges[frozenset((left, right))] = _edge(left, right, "covariance", row)
    return list(edges.values())


def _edge(source: str, target: str, kind: str, row: Row | None, hypothesis: str = "") -> Edge:
    """Return an arrow; whether it is significant comes from its p value, or else from its interval."""
    if row is None:
        return Edge(source, target, kind, hypothesis=hypothesis)
    significant = None
    if not math.isnan(row.p):
        significant = row.p < ALPHA
    elif not math.isnan(row.low):
        significant = row.low > 0 or row.high < 0
    numbers = (row.estimate, row.low, row.high, row.p)
    return Edge(source, target, kind, *numbers, significant, hypothesis, row.statistic)


def _kept(model: Model, edges: Sequence[Edge], content: str) -> tuple[str, ...]:
    """Return the keys of the nodes to draw: constructs first, then whatever else an arrow touches."""
    touched = tuple(dict.fromkeys(key for edge in edges for key in (edge.source, edge.target)))
    if content == "full" or not touched:
        return tuple(dict.fromkeys((*model.constructs, *touched)))
    return tuple(dict.fromkeys((*(key for key in model.constructs if key in touched), *touched)))


def _node(model: Model, key: str, names: Mapping[str, str], explained: Mapping[str, float]) -> Node:
    """Return a node with its name; a product is named by its factors."""
    constructs = {block.construct: block.kind for block in model.blocks}
    parts = key.split(":")
    kinds = {constructs.get(part, "") for part in parts}
    kind = "item" if kinds == {""} else "composite" if kinds == {"composite"} else "construct"
    label = " × ".join(names.get(part, part) for part in parts)
    # lavaan gives an R² for each item too; a diagram shows those of the structural model only.
    outcome = kind != "item" or any(path.outcome == key for path in model.paths)
    return Node(key, label, kind, explained.get(key, NAN) if outcome else NAN)
