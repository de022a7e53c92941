"""How well PLS predicts rows that it has not seen, against the items' means and against a linear model."""

from __future__ import annotations

import math
from typing import Any

from rantau.inference.prediction import OVERALL
from rantau.report.markup import literal
from rantau.report.prose import Prose, join

#: Errors more skewed than this are better compared by their mean size (Shmueli et al., 2019).
SKEWED = 1.0


def prediction(prose: Prose) -> tuple[str, ...]:
    """Return the paragraphs on PLSpredict and CVPAT; () where nothing was predicted."""
    if prose.findings.prediction is None or not prose.trusted("pls"):
        return ()
    return join(_dealt(prose), _relevant(prose), *_powers(prose), _skewed(prose)), _tested(prose)


def _dealt(prose: Prose) -> str:
    """Say how rows were predicted."""
    found = prose.findings.prediction
    if found is None:
        return ""
    repeats = len(found.folds)
    folds = len(found.repetition) // repeats
    return prose.say_counted(
        "prediction.dealt",
        repeats,
        folds=prose.words.in_words(folds),
        antecedents=prose.words(f"prediction.{found.outlook.antecedents}"),
    )


def _relevant(prose: Prose) -> str:
    """Say for how many items the model predicts better than their mean."""
    found = prose.findings.prediction
    if found is None:
        return ""
    values = found.items()["q2_predict"]
    without = [literal(str(name)) for name, value in values.items() if not value > 0]
    ends = {"low": _share(prose, float(values.min())), "high": _share(prose, float(values.max()))}
    total = prose.words.in_words(len(values))
    if not without:
        return prose.say("prediction.relevant_all", total=total, **ends)
    key = "prediction.relevant_some" if len(without) < len(values) else "prediction.relevant_none"
    return prose.say(key, items=prose.words.listing(without), total=total, **ends)


def _share(prose: Prose, value: float) -> str:
    return prose.num(value, "correlation", decimals=3)


def _powers(prose: Prose) -> tuple[str, ...]:
    """Name the constructs by how well they are predicted, the best first."""
    found = prose.findings.prediction
    if found is None:
        return ()
    verdicts: dict[str, list[str]] = {}
    for name, one in found.verdict().iterrows():
        verdicts.setdefault(str(one["verdict"]), []).append(str(name))
    levels = ("high", "medium", "low", "no")
    order = [*(f"{level} predictive power" for level in levels), "no predictive relevance", ""]
    parts = [
        prose.say_counted(f"prediction.{_key(verdict)}", len(verdicts[verdict]), names=prose.names(verdicts[verdict]))
        for verdict in order
        if verdict in verdicts
    ]
    linear = prose.words(f"benchmark.{found.benchmark}")
    return (prose.say("prediction.linear", linear=linear, verdicts="; ".join(parts)),)


def _key(verdict: str) -> str:
    return verdict.replace(" ", "_") or "unknown"


def _skewed(prose: Prose) -> str:
    """Where errors are skewed, say what MAE says."""
    found = prose.findings.prediction
    if found is None:
        return ""
    table = found.items()
    skewed = [literal(str(name)) for name, value in table["skewness"].items() if abs(float(value)) > SKEWED]
    if not skewed:
        return ""
    by_rmse, by_mae = (found.verdict(measure=measure)["verdict"] for measure in ("rmse", "mae"))
    other = [str(name) for name in by_rmse.index if by_rmse[name] != by_mae[name]]
    told = prose.say_counted("prediction.skewed", len(skewed), items=prose.words.listing(skewed))
    if not other:
        return join(told, prose.say("prediction.skewed_same"))
    changed = [
        prose.words("prediction.changed", name=prose.named(name), verdict=prose.words(f"power.{_key(by_mae[name])}"))
        for name in other
    ]
    return join(told, prose.say("prediction.skewed_other", changed=prose.words.listing(changed)))


def _tested(prose: Prose) -> str:
    """Return CVPAT of all items, and the constructs whose items are predicted no better than by their means."""
    found = prose.findings.prediction
    if found is None:
        return ""
    rows = found.cvpat(level=prose.findings.level).to_dict("records")
    overall = {row["benchmark"]: row for row in rows if row["construct"] == OVERALL}
    own = [row for row in rows if row["construct"] != OVERALL and row["benchmark"] == "average"]
    weak = [str(row["construct"]) for row in own if _told(prose, row) != "better"]
    told = [prose.say("cvpat.intro"), _compared(prose, overall["average"])]
    if weak:
        told.append(prose.say_counted("cvpat.weak", len(weak), names=prose.names(weak)))
    elif len(own) > 1 and _told(prose, overall["average"]) == "better":
        told.append(prose.say("cvpat.each"))
    return join(*told, _compared(prose, overall["linear"]))


def _compared(prose: Prose, row: dict[Any, Any]) -> str:
    """Return the sentence on all items against one benchmark; "" where nothing could be tested."""
    if math.isnan(row["p"]):
        return ""
    return prose.say(
        f"cvpat.{row['benchmark']}_{_told(prose, row)}",
        difference=prose.num(row["difference"], decimals=3),
        test=prose.stat(f"*t*({row['df']})", row["t"]),
        p=prose.stat("*p*", row["p"], "p"),
    )


def _told(prose: Prose, row: dict[Any, Any]) -> str:
    if not row["p"] < 1 - prose.findings.level:
        return "same"
    return "better" if row["difference"] < 0 else "worse"
