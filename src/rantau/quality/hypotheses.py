"""The hypotheses of a model file, judged by both engines side by side."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rantau.covariance import SamFit, SemFit
from rantau.errors import OptionError, listing
from rantau.extras import require
from rantau.inference import Draws
from rantau.model.spec import Hypothesis, Model
from rantau.options import check_kind, check_level

if TYPE_CHECKING:
    import pandas as pd

NAN = float("nan")
#: What can be said of a hypothesis.
SUPPORTED, CONTRADICTED, OPEN = "supported", "contradicted", "not supported"
_COLUMNS = ("est", "se", "ci_low", "ci_high", "p", "decision")


def judge_hypotheses(
    model: Model,
    *,
    sem: SemFit | SamFit | None = None,
    draws: Draws | None = None,
    sem_draws: Draws | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Hold every hypothesis against the standardised estimates of each engine.

    Parameters
    ----------
    model
        With `# H1 (+)` comments.
    sem
        A covariance-based fit: standardised estimates, delta-method intervals. One with a problem that is an error
        decides nothing, and one that did not converge gives no numbers either.
    draws
        A bootstrap of a PLS fit: percentile intervals and their p-values.
    sem_draws
        A bootstrap or `rt.monte_carlo` of `sem`: percentile intervals and p-values of what `:=` defines. An indirect
        effect is a product of estimates and so not normal, as the delta method takes it to be.
    level
        Of the intervals; a hypothesis is decided at p below 1 - level, two-sided.

    Returns
    -------
    DataFrame
        One row per hypothesis: `hypothesis sign text lhs op rhs`, then `sem_est sem_se sem_ci_low sem_ci_high
        sem_p sem_decision` and the same with `pls_`. A decision is `supported` (significant, sign as
        expected or none expected), `contradicted` (significant, other sign), `not supported`, or empty where
        the engine has no estimate.

    Raises
    ------
    OptionError
        If the level is not between 0 and 1, or the fit has several groups, in which a hypothesis may hold or not.

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> draw = np.random.default_rng(1).normal(size=(200, 2))
    >>> data = pd.DataFrame({"x": draw[:, 0], "y": draw[:, 0] + draw[:, 1]})
    >>> model = rt.parse_model("y ~ x  # H1 (+) x raises y")
    >>> rt.judge_hypotheses(model, sem=rt.sem(model, data)).sem_decision[0]
    'supported'
    """
    check_level(level)
    check_kind("model", model, Model, "rt.read_model(path) or rt.parse_model(text)")
    if sem is not None:
        check_kind("sem", sem, (SemFit, SamFit), "rt.sem(model, data)")
    if draws is not None:
        check_kind("draws", draws, Draws, "rt.bootstrap(fit)")
    if sem_draws is not None:
        check_kind("sem_draws", sem_draws, Draws, "rt.monte_carlo(fit)")
        if sem is None:
            raise OptionError("sem_draws= are draws of the fit given as sem=, and there is none. Give both.")
    if sem is not None and sem.groups:
        raise OptionError(
            f"a hypothesis is decided in one group, and this fit has {len(sem.groups)} ({listing(sem.groups)}); judge "
            "the fits of each group's rows by themselves."
        )
    trusted = {"sem": sem is None or sem.trustworthy, "pls": True}
    tables = {
        "sem": None if sem is None or not sem.converged else standardized_table(sem, sem_draws, level),
        "pls": None if draws is None else draws.table(level=level),
    }
    rows = []
    for hypothesis in model.hypotheses:
        row: dict[str, object] = {
            "hypothesis": hypothesis.name,
            "sign": hypothesis.sign,
            "text": hypothesis.text,
            "lhs": hypothesis.lhs,
            "op": hypothesis.op,
            "rhs": hypothesis.rhs,
        }
        for engine, table in tables.items():
            found = _verdict(hypothesis, table, level)
            if not trusted[engine]:
                found["decision"] = ""
            row |= {f"{engine}_{column}": value for column, value in found.items()}
        rows.append(row)
    columns = ["hypothesis", "sign", "text", "lhs", "op", "rhs"]
    columns += [f"{engine}_{column}" for engine in tables for column in _COLUMNS]
    return require("pandas").DataFrame(rows, columns=columns)  # type: ignore[no-any-return]


def standardized_table(fit: SemFit | SamFit, draws: Draws | None, level: float) -> pd.DataFrame:
    """Return the standardised solution, what `:=` defines with percentile intervals and p of draws where there are any.

    Parameters
    ----------
    fit
        Of the covariance engine.
    draws
        Of this fit.
    level
        Of the intervals.

    Returns
    -------
    DataFrame
        `lhs op rhs group label est se z p ci_low ci_high`; without z where p is that of draws.
    """
    table = fit.standardized(level=level).rename(columns={"est_std": "est"})
    if draws is not None:
        drawn = draws.table(of="standardized", level=level)
        defined = (table.op == ":=").to_numpy()
        table.loc[defined, "z"] = NAN
        for column in ("se", "p", "ci_low", "ci_high"):
            table.loc[defined, column] = drawn.loc[(drawn.op == ":=").to_numpy(), column].to_numpy()
    return table


def _verdict(hypothesis: Hypothesis, table: pd.DataFrame | None, level: float) -> dict[str, object]:
    if table is not None:
        found = table[(table.lhs == hypothesis.lhs) & (table.op == hypothesis.op) & (table.rhs == hypothesis.rhs)]
        if len(found) == 1:
            row = found.iloc[0]
            values = {column: float(row[column]) for column in _COLUMNS[:-1]}
            return {**values, "decision": decide(values["est"], values["p"], hypothesis.sign, level)}
    return {**dict.fromkeys(_COLUMNS[:-1], NAN), "decision": ""}


def decide(estimate: float, p: float, sign: str, level: float) -> str:
    """Decide one hypothesis.

    Parameters
    ----------
    estimate, p
        The standardised estimate and its two-sided p.
    sign
        `+`, `-`, or empty where either direction would do.
    level
        Significance is p below 1 - level.

    Returns
    -------
    str
        `supported`, `contradicted` or `not supported`; empty where there is no p.

    Examples
    --------
    >>> decide(0.3, 0.01, "+", 0.95), decide(-0.3, 0.01, "+", 0.95), decide(0.3, 0.2, "+", 0.95)
    ('supported', 'contradicted', 'not supported')
    """
    if math.isnan(p):
        return ""
    # 1 - .95 is a little more than .05 in binary, and .05 itself is not significant.
    if p >= round(1 - level, 12):
        return OPEN
    as_expected = sign == "" or (estimate > 0) == (sign == "+")
    return SUPPORTED if as_expected else CONTRADICTED
