"""rantau bias: how much of what constructs share may come from the way they were asked."""

from __future__ import annotations

from typing import Annotated

import typer

import rantau as rt
from rantau.cli.inputs import (
    DataFile,
    Estimator,
    Json,
    Level,
    MaybeModel,
    Missing,
    Ordered,
    Out,
    SurveyFile,
    listed,
    named_items,
    need_blocks,
    read_data,
)
from rantau.cli.show import Part, say, show_parts
from rantau.quality.method_bias import ROWS


def bias(
    data: DataFile,
    survey: SurveyFile = None,
    model: MaybeModel = None,
    marker: Annotated[
        list[str] | None,
        typer.Option(
            help="A construct, or columns (repeat it, or put commas): asked in the same way, and unrelated to the "
            "others in theory.",
            show_default=False,
        ),
    ] = None,
    estimator: Estimator = "default",
    missing: Missing = "listwise",
    ordered: Ordered = None,
    level: Level = 0.95,
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Look for common method bias, in five ways."""
    need_blocks(survey, model, "bias")
    claimed = rt.read_model(model) if model is not None else None
    found = rt.method_bias(
        read_data(data, survey, claimed),
        claimed,
        marker=listed(marker) or None,
        estimator=estimator,
        missing=missing,
        ordered=named_items(ordered),
        level=level,
    )
    for note in found.notes:
        say(note)
    parts = []
    for row in ROWS:
        frame = found.table(row.name).drop(columns=["step", "source"])
        if len(frame):
            parts.append(Part(row.name, f"{row.title}; {row.about}. {row.source}", frame))
    return show_parts(tuple(parts), problems=found.problems, out=out, as_json=as_json)
