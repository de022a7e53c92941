"""The path diagram as records: what is drawn and what each part says, before any geometry or ink."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from rantau.errors import OptionError, ReportError, listing, unknown
from rantau.model.spec import Model
from rantau.model.syntax import parse_model
from rantau.options import choose
from rantau.record import Record
from rantau.report.drawers import ROWS as DRAWERS
from rantau.report.format import format_interval, format_number, format_statement
from rantau.report.styles import read_style
from rantau.report.table import Interval

if TYPE_CHECKING:
    import pandas as pd

    from rantau.report.table import Kind
    from rantau.survey.instrument import Survey

#: What the labels of the arrows may say.
SHOWS = ("estimate", "interval", "p", "statistic", "none")
#: All items, or only what stands in the structural model.
CONTENTS = ("full", "structural")
#: Where the arrows run to.
DIRECTIONS = ("right", "down")
#: The level at which an arrow turns dashed and a name enters the note.
ALPHA = 0.05
NAN = math.nan

#: `lhs op rhs`, as in a model file.
Name = tuple[str, str, str]

WORDS = {
    "en": {
        "conceptual": "Conceptual model; signs in parentheses are the expected directions.",
        "standardised": "Standardised estimates.",
        "unstandardised": "Unstandardised estimates.",
        "interval": "Confidence intervals in brackets.",
        "statistic": "Test statistics in parentheses.",
        "dashed": "Dashed arrows are not significant at p < {alpha}.",
        "hidden": "Paths that are not significant at p < {alpha} are left out.",
        "summary": "Path diagram: {constructs} constructs, {items} items, {paths} paths.",
        "path": "{source} to {target}",
        "yes": "significant",
        "no": "not significant",
        "explains": "{label}: R² = {value}.",
    },
    "id": {
        "conceptual": "Model konseptual; tanda dalam kurung adalah arah yang diharapkan.",
        "standardised": "Koefisien terstandar.",
        "unstandardised": "Koefisien tidak terstandar.",
        "interval": "Selang kepercayaan dalam kurung siku.",
        "statistic": "Statistik uji dalam kurung.",
        "dashed": "Panah putus-putus tidak signifikan pada p < {alpha}.",
        "hidden": "Jalur yang tidak signifikan pada p < {alpha} tidak digambar.",
        "summary": "Diagram jalur: {constructs} konstruk, {items} butir, {paths} jalur.",
        "path": "{source} ke {target}",
        "yes": "signifikan",
        "no": "tidak signifikan",
        "explains": "{label}: R² = {value}.",
    },
}


class Row(NamedTuple):
    """One estimate under its name in a model file, whichever engine made it."""

    lhs: str
    op: str
    rhs: str
    estimate: float = NAN
    low: float = NAN
    high: float = NAN
    p: float = NAN
    statistic: float = NAN

    @property
    def name(self) -> Name:
        """What it is an estimate of."""
        return self.lhs, self.op, self.rhs


class Node(Record):
    """A construct, a composite or an observed variable.

    Attributes
    ----------
    key
        Its name in the model.
    label
        What is written in it.
    kind
        `construct`, `composite` (both ellipses) or `item` (a box).
    r_squared
        NaN where there is none.
    rank
        The rank it is asked to stand in, 0 for the exogenous; -1 leaves that to the layout.
    """

    key: str
    label: str
    kind: str
    r_squared: float = NAN
    rank: int = -1


class Edge(Record):
    """An arrow.

    Attributes
    ----------
    source, target
        Keys of nodes.
    kind
        `path`, `loading` (construct to item), `weight` (item to construct) or `covariance` (two heads).
    estimate, low, high, p, statistic
        NaN where there is none.
    significant
        None where it is not known.
    hypothesis
        `H1 (+)`, or empty.
    """

    source: str
    target: str
    kind: str
    estimate: float = NAN
    low: float = NAN
    high: float = NAN
    p: float = NAN
    significant: bool | None = None
    hypothesis: str = ""
    statistic: float = NAN


class Options(Record):
    """How a diagram is laid out and what its labels say; see `diagram()` for each."""

    show: str = "estimate"
    direction: str = "right"
    stars: bool = True
    hide_nonsignificant: bool = False
    language: str = "en"
    monochrome: bool = False
    font_size: float = 9.0
    leading_zero: bool = False
    standardized: bool = True
    positions: tuple[tuple[str, float, float], ...] = ()


class Diagram(Record):
    """A path diagram, ready to be written.

    Attributes
    ----------
    nodes, edges
        What is drawn, in the order of the model.
    title
        For the caption and the file's metadata; not drawn, as journals set captions themselves.
    note
        The sentences that explain it, for the note under the figure.
    options
        How it is drawn.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    title: str
    note: str
    options: Options

    def edge_lines(self, edge: Edge) -> tuple[str, ...]:
        """Return the lines written on an arrow; none where it stays bare."""
        options = self.options
        name = edge.hypothesis
        if math.isnan(edge.estimate) or options.show == "none":
            return (name,) if name else ()
        bounded = options.standardized
        value = self.number(edge.estimate, bounded=bounded)
        if edge.kind in ("loading", "weight"):
            return (value,)
        value += _stars(edge.p) if options.stars else ""
        if name:
            value = f"{name.partition(' ')[0]}: {value}"
        below = ""
        if options.show == "interval" and not math.isnan(edge.low):
            below = self.interval(edge)
        elif options.show == "p" and not math.isnan(edge.p):
            below = self.probability(edge.p)
        elif options.show == "statistic" and not math.isnan(edge.statistic):
            below = f"({self.number(edge.statistic, bounded=False)})"
        return (value, below) if below else (value,)

    def node_line(self, node: Node) -> str:
        """Return the R² written under a label, or nothing."""
        return "" if math.isnan(node.r_squared) else f"R² = {self.number(node.r_squared)}"

    def number(self, value: float, *, bounded: bool = True) -> str:
        """Write a number as the tables do; `bounded` ones lose their leading zero if the options say so."""
        kind: Kind = "correlation" if bounded and not self.options.leading_zero else "decimal"
        return format_number(value, kind, read_style("apa7", self.options.language))

    def interval(self, edge: Edge) -> str:
        """Write the confidence interval of an edge."""
        short = self.options.standardized and not self.options.leading_zero
        kind: Kind = "correlation" if short else "decimal"
        return format_interval(Interval(edge.low, edge.high), kind, read_style("apa7", self.options.language))

    def probability(self, p: float) -> str:
        """Write a p value: three decimals, and `p < .001` below."""
        return format_statement("p", p, "p", read_style("apa7", self.options.language))

    def describe(self, language: str = "") -> str:
        """Return the diagram in words, for readers who cannot see it: one sentence per path.

        Parameters
        ----------
        language
            `en` or `id`; the diagram's own unless given.

        Returns
        -------
        str
            Sentences, one per line.

        Raises
        ------
        OptionError
            If there are no words in that language.
        """
        spoken = choose("language", language or self.options.language, WORDS)
        told = self.replace(options=self.options.replace(language=spoken))
        words, options = WORDS[spoken], told.options
        labels = {node.key: node.label for node in self.nodes}
        paths = [edge for edge in self.edges if edge.kind == "path"]
        items = sum(node.kind == "item" for node in self.nodes)
        counts = {"constructs": len(self.nodes) - items, "items": items, "paths": len(paths)}
        lines = [words["summary"].format(**counts)]
        for edge in paths:
            said = words["path"].format(source=labels[edge.source], target=labels[edge.target])
            said += f" ({edge.hypothesis})" if edge.hypothesis else ""
            facts = [] if math.isnan(edge.estimate) else [told.number(edge.estimate, bounded=options.standardized)]
            facts += [] if math.isnan(edge.low) else [told.interval(edge)]
            facts += [] if math.isnan(edge.p) else [told.probability(edge.p)]
            facts += [] if edge.significant is None else [words["yes" if edge.significant else "no"]]
            lines.append(said + (": " + ", ".join(facts) if facts else "") + ".")
        for node in self.nodes:
            if not math.isnan(node.r_squared):
                lines.append(words["explains"].format(label=node.label, value=told.number(node.r_squared)))
        return "\n".join(lines)

    def write(self, path: str | Path) -> Path:
        """Draw the diagram into a file; the suffix chooses the format.

        Parameters
        ----------
        path
            A name ending in .svg, .png, .pdf, .tiff or .eps. Its folder is made if it is missing.

        Returns
        -------
        Path
            The file written.

        Raises
        ------
        OptionError
            If no drawer knows the suffix.
        """
        file = Path(path)
        known = tuple(suffix for row in DRAWERS for suffix in row.suffixes)
        for row in DRAWERS:
            if file.suffix.lower() in row.suffixes:
                file.parent.mkdir(parents=True, exist_ok=True)
                row.draw(self, file)
                return file
        raise OptionError(unknown("picture format", file.suffix or file.name, known, where=str(file)))


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
        note=_note(edges, style, fitted=bool(found)),
        options=style,
    )


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
    positions: tuple[tuple[str, float, float], ...] = (),
    group: int | None = None,
    title: str = "",
) -> Diagram:
    r"""Draw a model, with the estimates of a fit where there is one.

    Parameters
    ----------
    fit_or_model
        A fit of either engine; or a `Model` or its text, for the conceptual figure with H1 to Hn.
    survey
        Gives the names of the constructs; without it their codes are shown.
    draws
        Bootstrap draws or their table, for the p values and intervals of a PLS fit.
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
    positions
        `(key, x, y)` of nodes that are pinned, in points; x runs right, y up.
    group
        Which group of a multiple-group fit, counted from 1.
    title
        For the caption.

    Returns
    -------
    Diagram
        To be written with `.write("figure.svg")`.

    Raises
    ------
    OptionError
        If an option is unknown, or does not go with this fit.
    ReportError
        If the fit has several groups and none is chosen, or a pinned name is not in the diagram.

    Examples
    --------
    >>> drawn = diagram("X =~ a + b + c\nY =~ d + e + f\nY ~ X  # H1 (+)", content="structural")
    >>> print(drawn.describe())
    Path diagram: 2 constructs, 0 items, 1 paths.
    X to Y (H1 (+)).
    """
    options = Options(
        show=choose("show", show, SHOWS),
        direction=choose("direction", direction, DIRECTIONS),
        stars=stars,
        hide_nonsignificant=hide_nonsignificant,
        language=choose("language", language, WORDS),
        monochrome=monochrome,
        font_size=font_size,
        leading_zero=leading_zero,
        standardized=standardized,
        positions=tuple((key, float(x), float(y)) for key, x, y in positions),
    )
    model, rows, explained = _numbers(fit_or_model, draws, options, group)
    names = () if survey is None else tuple((c.code, c.name.text(language)) for c in survey.constructs)
    drawn = diagram_of(model, rows, explained, names=names, content=content, title=title, options=options)
    known = tuple(node.key for node in drawn.nodes)
    for key, _, _ in options.positions:
        if key not in known:
            raise ReportError(unknown("pinned name", key, known, where="positions"))
    return drawn


def _numbers(
    fit: Any,  # noqa: ANN401 - duck-typed, so that this file knows no engine
    draws: Any,  # noqa: ANN401
    options: Options,
    group: int | None,
) -> tuple[Model, list[Row], list[tuple[str, float]]]:
    """Return model, rows and R² of whatever was handed in."""
    if isinstance(fit, str):
        return parse_model(fit), [], []
    if isinstance(fit, Model):
        return fit, [], []
    tested = _tested(draws)
    if hasattr(fit, "paths"):
        return fit.model, _pls_rows(fit, tested), _explained(fit.r_squared(), None)
    if tested and options.standardized:
        raise OptionError(
            "draws of a covariance-based fit are of unstandardised estimates: give standardized=False with "
            "them, or leave draws out."
        )
    frame = _one_group(fit.estimates(), group)
    rows = _frame_rows(frame, "std_all" if options.standardized else "est")
    if options.standardized:
        # The p value is the parameter's own test; the interval must be that of the number shown.
        shown = {row.name: row for row in _frame_rows(_one_group(fit.standardized(), group), "est_std")}
        rows = [row._replace(low=shown[row.name].low, high=shown[row.name].high) for row in rows]
    rows = [tested.get(row.name, row) for row in rows]
    return fit.model, rows, _explained(fit.r_squared(), group)


def _one_group(frame: pd.DataFrame, group: int | None) -> pd.DataFrame:
    groups = [] if "group" not in frame else sorted({int(value) for value in frame["group"] if value > 0})
    if len(groups) < 2:
        return frame
    if group is None or group not in groups:
        raise ReportError(
            f"this fit has {len(groups)} groups and a diagram shows one: give group= one of "
            f"{listing([str(value) for value in groups])}" + ("." if group is None else f", not {group}.")
        )
    return frame[frame["group"] == group]


def _frame_rows(frame: pd.DataFrame, estimate: str) -> list[Row]:
    """Return the rows of a frame of estimates."""
    rows = []
    for cells in frame.to_dict("records"):
        numbers = (_float(cells, name) for name in (estimate, "ci_low", "ci_high", "p", "z"))
        rows.append(Row(str(cells["lhs"]), str(cells["op"]), str(cells["rhs"]), *numbers))
    return rows


def _float(cells: Mapping[Any, Any], name: str) -> float:
    value = cells.get(name)
    return NAN if value is None else float(value)


def _tested(draws: Any) -> dict[Name, Row]:  # noqa: ANN401
    """Return the rows of a table of draws, by name."""
    if draws is None:
        return {}
    frame = draws.table() if hasattr(draws, "table") else draws
    rows = []
    for cells in frame.to_dict("records"):
        estimate, se = _float(cells, "est"), _float(cells, "se")
        statistic = estimate / se if se > 0 else NAN
        values = (estimate, *(_float(cells, name) for name in ("ci_low", "ci_high", "p")), statistic)
        rows.append(Row(str(cells["lhs"]), str(cells["op"]), str(cells["rhs"]), *values))
    return {row.name: row for row in rows}


def _pls_rows(fit: Any, tested: dict[Name, Row]) -> list[Row]:  # noqa: ANN401
    rows = [Row(str(r["lhs"]), "~", str(r["rhs"]), float(r["est"])) for r in fit.paths().to_dict("records")]
    for op, frame in (("=~", fit.loadings()), ("<~", fit.weights())):
        rows += [
            Row(str(cells["construct"]), op, str(cells["item"]), float(cells["est"]))
            for cells in frame.to_dict("records")
        ]
    # The estimate stays the fit's own: some intervals come with a bias-corrected one.
    return [tested.get(row.name, row)._replace(estimate=row.estimate) for row in rows]


def _explained(table: Any, group: int | None) -> list[tuple[str, float]]:  # noqa: ANN401 - a Series or a frame
    if getattr(table, "ndim", 1) == 2:
        table = _one_group(table, group)
        table = table.set_index("lhs")["r_squared"] if "lhs" in table else table["r_squared"]
    return [(str(key), float(value)) for key, value in table.items()]


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
    constructs = {block.construct: block.kind for block in model.blocks}
    parts = key.split(":")
    kinds = {constructs.get(part, "") for part in parts}
    kind = "item" if kinds == {""} else "composite" if kinds == {"composite"} else "construct"
    label = " × ".join(names.get(part, part) for part in parts)
    # lavaan gives an R² for each item too; a diagram shows those of the structural model only.
    outcome = kind != "item" or any(path.outcome == key for path in model.paths)
    return Node(key, label, kind, explained.get(key, NAN) if outcome else NAN)


def _stars(p: float) -> str:
    return "" if math.isnan(p) else "*" * sum(p < level for level in (0.05, 0.01, 0.001))


def _note(edges: Iterable[Edge], options: Options, *, fitted: bool) -> str:
    words = WORDS[options.language]
    if not fitted:
        return words["conceptual"]
    alpha = "0,05" if options.language == "id" else ".05"
    edges = tuple(edges)
    said = [words["standardised" if options.standardized else "unstandardised"]]
    if options.show in ("interval", "statistic"):
        said.append(words[options.show])
    if options.hide_nonsignificant:
        said.append(words["hidden"].format(alpha=alpha))
    elif any(edge.significant is False for edge in edges):
        said.append(words["dashed"].format(alpha=alpha))
    if options.stars and options.show != "none" and any(not math.isnan(edge.p) for edge in edges):
        levels = ("0,05", "0,01", "0,001") if options.language == "id" else (".05", ".01", ".001")
        said.append(" ".join(f"{'*' * (i + 1)}p < {level}." for i, level in enumerate(levels)))
    return " ".join(said)
