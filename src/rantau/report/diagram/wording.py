"""What is said beside a path diagram: its note, and the whole of it in words for readers who cannot see it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rantau.options import choose

if TYPE_CHECKING:
    from rantau.report.diagram.records import Diagram, Edge, Options

#: The levels that one, two and three stars stand for.
LEVELS = (0.05, 0.01, 0.001)

#: What is said, by language; nouns come with their plural.
WORDS = {
    "en": {
        "conceptual": "Conceptual model; signs in parentheses are the expected directions.",
        "standardised": "Standardised estimates.",
        "unstandardised": "Unstandardised estimates.",
        "interval": "Confidence intervals in brackets.",
        "statistic": "Test statistics in parentheses.",
        "dashed": "Dashed arrows are not significant at p < {alpha}.",
        "hidden": "Paths that are not significant at p < {alpha} are left out.",
        "construct": "construct",
        "constructs": "constructs",
        "item": "item",
        "items": "items",
        "arrow": "path",
        "arrows": "paths",
        "summary": "Path diagram: {constructs}, {items}, {paths}.",
        "untrusted": "NOT TO BE TRUSTED: the solution is not admissible.",
        "path": "{source} to {target}",
        "yes": "significant",
        "no": "not significant",
        "explains": "{label}: R² = {value}.",
    },
    "id": {
        "conceptual": "Model konseptual; tanda dalam kurung adalah arah yang diharapkan.",
        "standardised": "Koefisien terstandar.",
        "unstandardised": "Koefisien tidak terstandar.",
        "interval": "Interval kepercayaan dalam kurung siku.",
        "statistic": "Statistik uji dalam kurung.",
        "dashed": "Panah putus-putus tidak signifikan pada p < {alpha}.",
        "hidden": "Jalur yang tidak signifikan pada p < {alpha} tidak digambar.",
        "construct": "konstruk",
        "constructs": "konstruk",
        "item": "butir",
        "items": "butir",
        "arrow": "jalur",
        "arrows": "jalur",
        "summary": "Diagram jalur: {constructs}, {items}, {paths}.",
        "untrusted": "TIDAK DAPAT DIPERCAYA: solusi tidak dapat diterima (inadmissible).",
        "path": "{source} ke {target}",
        "yes": "signifikan",
        "no": "tidak signifikan",
        "explains": "{label}: R² = {value}.",
    },
}


def stars(p: float) -> str:
    """Return the stars of a p value; none where it is NaN."""
    return "" if math.isnan(p) else "*" * sum(p < level for level in LEVELS)


def describe(diagram: Diagram, language: str) -> str:
    """Return the diagram in words; see `Diagram.describe`."""
    spoken = choose("language", language or diagram.options.language, WORDS)
    told = diagram.replace(options=diagram.options.replace(language=spoken))
    words, options = WORDS[spoken], told.options
    labels = {node.key: node.label for node in diagram.nodes}
    paths = [edge for edge in diagram.edges if edge.kind == "path"]
    items = sum(node.kind == "item" for node in diagram.nodes)
    counts = (("construct", len(diagram.nodes) - items), ("item", items), ("arrow", len(paths)))
    constructs, all_items, arrows = (f"{count} {words[key if count == 1 else f'{key}s']}" for key, count in counts)
    lines = diagram.banner.splitlines()
    lines.append(words["summary"].format(constructs=constructs, items=all_items, paths=arrows))
    for edge in paths:
        said = words["path"].format(source=labels[edge.source], target=labels[edge.target])
        said += f" ({edge.hypothesis})" if edge.hypothesis else ""
        facts = [] if math.isnan(edge.estimate) else [told.number(edge.estimate, bounded=options.standardized)]
        facts += [] if math.isnan(edge.low) else [told.interval(edge)]
        facts += [] if math.isnan(edge.p) else [told.probability(edge.p)]
        facts += [] if edge.significant is None else [words["yes" if edge.significant else "no"]]
        lines.append(said + (": " + ", ".join(facts) if facts else "") + ".")
    for node in diagram.nodes:
        if not math.isnan(node.r_squared):
            lines.append(words["explains"].format(label=node.label, value=told.number(node.r_squared)))
    return "\n".join(lines)


def note(edges: Sequence[Edge], options: Options, *, fitted: bool) -> str:
    """Return the sentences of the note under the figure; `fitted` is whether there are numbers at all."""
    words = WORDS[options.language]
    if not fitted:
        return words["conceptual"]
    alpha = "0,05" if options.language == "id" else ".05"
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
