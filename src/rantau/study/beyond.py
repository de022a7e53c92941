"""What a plan asks of PLS beyond estimates: checked against names, ranges, and what PLS is asked to be."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from rantau.errors import OptionError, StudyError, unknown
from rantau.inference.linear_benchmark import BENCHMARKS
from rantau.inference.predict import GAPS
from rantau.pls.forecast import ANTECEDENTS
from rantau.quality.cutoffs import read_cutoffs
from rantau.study.options import CHECKS
from rantau.study.plan_file import Plan

#: Tables of a plan that ask something of PLS.
TABLES = ("predict", "importance", "groups", "robustness", "assess")
#: Those of them that look at scores, which consistent PLS corrects away.
OF_SCORES = ("predict", "importance", "robustness")
#: Those of them that count every row alike.
UNWEIGHTED = ("robustness",)


def options_beyond(path: str | Path, plan: Plan) -> dict[str, Any]:
    """Return the options of the tables that a plan has, by name.

    Parameters
    ----------
    path
        Of the plan.
    plan
        As it stands in the file.

    Raises
    ------
    StudyError
        If a table asks for what PLS is not asked to be, or holds a name or number without meaning.
    """
    asked = [name for name in TABLES if getattr(plan, name) is not None]
    for name in asked:
        _check_engine(path, plan, name)
    _check_names(path, plan)
    _check_numbers(path, plan)
    found: dict[str, Any] = {name: getattr(plan, name) for name in asked}
    if plan.assess is not None:
        found["assess"] = plan.assess.replace(cutoffs=_cutoffs(path, plan.assess.cutoffs))
    return found


def _check_engine(path: str | Path, plan: Plan, name: str) -> None:
    if "pls" not in plan.engines:
        raise StudyError(
            f'{path}: [{name}] is asked of PLS, and `engines` has no "pls". Add it: engines = ["covariance", "pls"].'
        )
    if plan.pls.consistent and name in OF_SCORES:
        raise StudyError(
            f"{path}: [{name}] looks at the scores of constructs, and [pls] consistent = true corrects paths and "
            "loadings to factors, which no row has a score of. Set consistent = false, or leave the table out."
        )
    if plan.pls.weights and name in UNWEIGHTED:
        raise StudyError(
            f"{path}: [{name}] counts every row alike, and [pls] weights = '{plan.pls.weights}' does not. Leave the "
            "table or the weights out."
        )


def _check_names(path: str | Path, plan: Plan) -> None:
    """Refuse a name that is not known, with the nearest one."""
    wanted: list[tuple[str, str, tuple[str, ...], tuple[str, ...]]] = []
    if plan.predict is not None:
        wanted += [
            ("predict", "antecedents", (plan.predict.antecedents,), ANTECEDENTS),
            ("predict", "benchmark", (plan.predict.benchmark,), tuple(BENCHMARKS)),
            ("predict", "gaps", (plan.predict.gaps,), GAPS),
        ]
    if plan.robustness is not None and plan.robustness.checks is not None:
        if not plan.robustness.checks:
            raise StudyError(f"{path}: [robustness]: `checks` is empty. Allowed: {', '.join(CHECKS)}.")
        wanted.append(("robustness", "check", plan.robustness.checks, CHECKS))
    for table, key, names, allowed in wanted:
        for name in names:
            if name not in allowed:
                raise StudyError(f"{path}: {unknown(key, name, allowed, where=f'[{table}]')}")


def _check_numbers(path: str | Path, plan: Plan) -> None:
    """Refuse a number below which there is nothing to compute."""
    # Of tables, the least of each number, and whether 0 leaves the step out.
    least = {
        ("predict", "folds"): (2, False),
        ("predict", "repeats"): (1, False),
        ("importance", "permutations"): (0, False),
        ("groups", "permutations"): (20, False),
        ("groups", "draws"): (2, True),
        ("robustness", "draws"): (100, False),
        ("robustness", "segments"): (2, False),
        ("robustness", "starts"): (1, False),
    }
    for (table, key), (lowest, or_none) in least.items():
        asked = getattr(plan, table)
        got = None if asked is None else getattr(asked, key)
        if got is not None and got < lowest and not (or_none and got == 0):
            allowed = f"0 for none, or {lowest} or more" if or_none else f"at least {lowest}"
            raise StudyError(f"{path}: [{table}]: `{key}` is {got}; it must be {allowed}.")


def _cutoffs(path: str | Path, name: str) -> str:
    """Return a set of cut-offs by name, or its file as seen from here."""
    found = os.path.normpath(Path(path).parent / name) if name.endswith(".toml") else name
    try:
        read_cutoffs(found)
    except OptionError as fault:
        raise StudyError(f"{path}: [assess]: {fault}") from fault
    return found
