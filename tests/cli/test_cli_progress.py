"""Long verbs show on a terminal how far they are, and nothing in a pipe."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rantau.cli import show

Rantau = Callable[..., Any]

MODEL = "Trust =~ a1 + a2 + a3 + a4\nLoyalty =~ b1 + b2 + b3\nLoyalty ~ Trust\n"


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Answers with gaps in two groups, and a model."""
    rng = np.random.default_rng(1)
    trust = rng.normal(size=160)
    loyalty = 0.6 * trust + rng.normal(size=160)
    columns = {f"a{k}": trust + rng.normal(size=160) for k in range(1, 5)}
    columns |= {f"b{k}": loyalty + rng.normal(size=160) for k in range(1, 4)}
    frame = pd.DataFrame(columns).round(2).mask(rng.random((160, 7)) < 0.02)
    frame["firm"] = np.where(np.arange(160) % 2, "old", "new")
    data, model = tmp_path / "answers.csv", tmp_path / "model.sem"
    frame.to_csv(data, index=False)
    model.write_text(MODEL, "utf-8")
    return data, model


@pytest.mark.parametrize(
    ("arguments", "steps"),
    [
        (("impute", "--m", 3), {"imputation": 3, "fits": 3}),
        (("compare", "--by", "firm", "--permutations", 40, "--draws", 30), {"bootstrap, permutations": 100}),
        (("importance", "--target", "Loyalty", "--permutations", 50), {"permutations": 50}),
        (("segments", "--most", 2, "--starts", 2, "--segments", 2, "--pos"), {"FIMIX-PLS": 2, "PLS-POS": 2}),
        (("robustness", "--draws", 100), {"copulas": 1, "tetrads": 100}),
        (("bootstrap", "--draws", 30), {"bootstrap": 30}),
    ],
    ids=lambda value: str(value[0]) if isinstance(value, tuple) else "",
)
def test_steps_are_told_to_their_end(
    rantau: Rantau,
    files: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[object, ...],
    steps: dict[str, int],
) -> None:
    told: dict[str, list[tuple[int, int]]] = {}
    monkeypatch.setattr(
        show.Steps, "__call__", lambda _, step, done, every: told.setdefault(step, []).append((done, every))
    )
    ran = rantau(arguments[0], files[0], "--model", files[1], *arguments[1:])
    assert ran.status == 0
    assert {step: each[-1] for step, each in told.items()} == {step: (every, every) for step, every in steps.items()}
    for each in told.values():
        assert each == sorted(each)


def test_what_is_done_in_one_piece_is_shown_to_go_on(
    rantau: Rantau, files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, int, int]] = []
    monkeypatch.setattr(show.Steps, "__call__", lambda _, *step: told.append(step))
    assert rantau("predict", files[0], "--model", files[1]).status == 0
    assert told == [("prediction", 0, 1)]


@pytest.mark.parametrize("terminal", [True, False])
def test_a_bar_is_for_terminals(monkeypatch: pytest.MonkeyPatch, terminal: bool) -> None:
    stream = StringIO()
    monkeypatch.setattr(show, "ERR", show.Console(file=stream, force_terminal=terminal, width=80))
    with show.Steps() as steps:
        steps.of("permutations")(5, 10)
        steps("prediction", 0, 1)
        steps.bar.refresh()
    shown = stream.getvalue()
    assert ("permutations" in shown, " 50%" in shown, "prediction" in shown) == (terminal,) * 3
    assert bool(shown) is terminal
