"""The fit of the models, globally and at its worst spot."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from rantau.report.indices import indices_of, to_report
from rantau.report.prose import Prose, join

if TYPE_CHECKING:
    from rantau.covariance import SemFit
    from rantau.model.spec import Model

#: Hu & Bentler (1999): at least for the first two, at most for the others.
SUGGESTED = (("cfi", 0.95), ("tli", 0.95), ("rmsea", 0.06), ("srmr", 0.08))
#: At least for CFI, at most for the others; beyond these a model is not called acceptable.
POOR = (("cfi", 0.90), ("rmsea", 0.08), ("srmr", 0.08))
#: Of the test of exact fit.
ALPHA = 0.05
#: Constructs that correlate this much deserve a word.
CLOSE = 0.85


def fit(prose: Prose, engine: str) -> str:
    """Return the paragraph on the fit of one model of the covariance engine: `cfa` or `sem`."""
    found: SemFit | None = getattr(prose.findings, engine)
    if found is None:
        return ""
    name = prose.words(f"fit.{engine}")
    if not found.converged:
        return prose.say("fit_text.not_converged", fit=name)
    if found.statistics.df == 0:
        return prose.say("fit_text.saturated", fit=name)
    if not prose.trusted(engine):
        return join(global_fit(prose, engine), prose.say("fit_text.distrust"))
    cfa = prose.findings.cfa
    if engine == "sem" and cfa is not None and cfa.converged and _same_fit(cfa, found):
        return join(global_fit(prose, engine), prose.say("fit_text.same"))
    told = [global_fit(prose, engine), _judged(prose, found), _local(prose, found)]
    if engine == "cfa":
        told.append(closest(prose, found))
    return join(*told)


def global_fit(prose: Prose, engine: str) -> str:
    """Return the sentence with the global fit of `cfa` or `sem`."""
    fit: SemFit = getattr(prose.findings, engine)
    if fit.statistics.df == 0:
        return prose.say("fit_text.saturated", fit=prose.words(f"fit.{engine}"))
    return prose.say(f"fit_text.{engine}", fit=prose.fit_statement(fit))


def covarying(prose: Prose) -> str:
    """Name the constructs whose covariances were estimated by convention, without a line in the model file."""
    fit = prose.findings.sem
    if fit is None or not fit.converged:
        return ""
    model = prose.findings.model
    stated = {frozenset((one.left, one.right)) for one in model.covariances}
    found: dict[str, list[str]] = {}
    for row in fit.table.rows:
        added = row.op == "~~" and row.lhs != row.rhs and row.free >= 0 and frozenset((row.lhs, row.rhs)) not in stated
        if added and model.paths:
            found.setdefault(_kind_of_pair(model, row.lhs, row.rhs), []).extend((row.lhs, row.rhs))
    told = [
        prose.say(f"fit_text.covary_{kind}", names=prose.names(dict.fromkeys(found[kind])))
        for kind in ("exogenous", "last")
        if kind in found
    ]
    for left, right in zip(found.get("product", [])[::2], found.get("product", [])[1::2], strict=True):
        outcome, product = sorted((left, right), key=lambda name: ":" in name)
        told.append(prose.say("fit_text.covary_product", product=prose.named(product), outcome=prose.named(outcome)))
    return join(*told, prose.say("fit_text.covary_items") if "items" in found else "")


def _kind_of_pair(model: Model, left: str, right: str) -> str:
    """Return what convention lets covary: products of items, a product and an outcome, outcomes, or neither."""
    outcomes = {path.outcome for path in model.paths}
    if ":" in left and ":" in right and not {left, right} & {path.predictor for path in model.paths}:
        return "items"
    if {left, right} <= outcomes:
        return "last"
    return "product" if {left, right} & outcomes else "exogenous"


def poor(prose: Prose) -> str:
    """Say that the structural model does not fit, by values that few would call acceptable; "" where it does.

    Source: Browne & Cudeck (1992) for RMSEA; Hu & Bentler (1999) for SRMR, and for .90 as the customary CFI.
    """
    fit = prose.findings.sem
    if fit is None or not prose.trusted("sem") or fit.statistics.df == 0:
        return ""
    found = indices_of(fit)
    missed = []
    for name, limit in POOR:
        # At the precision at which it is printed.
        value = round(to_report(found, name).value, 3)
        if value < limit if name == "cfi" else value > limit:
            missed.append(prose.stat(name.upper(), value, "index"))
    return prose.say("fit_text.poor", missed=prose.look.words.separator.join(missed)) if missed else ""


def _same_fit(one: SemFit, other: SemFit) -> bool:
    """Say whether two models fit alike: with as many degrees of freedom, and the same chi-square."""
    same = np.isclose(one.statistics.chisq, other.statistics.chisq, rtol=1e-4, atol=1e-4)
    return one.statistics.df == other.statistics.df and bool(same)


def _judged(prose: Prose, fit: SemFit) -> str:
    """Hold the fit against exact fit and the values of Hu and Bentler, at the precision at which they are printed."""
    found = indices_of(fit)
    met: list[str] = []
    missed: list[str] = []
    for place, (name, value) in enumerate(SUGGESTED):
        # The suggestions have two decimals: a CFI of .946 is "close to .95".
        rounded = round(to_report(found, name).value, 2)
        (met if (rounded >= value if place < 2 else rounded <= value) else missed).append(name.upper())
    exact = prose.words("fit_text.rejected" if to_report(found, "pvalue").value < ALPHA else "fit_text.kept")
    key = "all" if not missed else "none" if not met else "some"
    if key == "some" and len(met) == 1:
        key = "some_one_met"
    elif key == "some" and len(missed) == 1:
        key = "some_one_missed"
    told = prose.say(
        f"fit_text.{key}",
        met=prose.words.listing(met) if met else "",
        missed=prose.words.listing(missed) if missed else "",
    )
    return f"{exact}; {told}"


def _local(prose: Prose, fit: SemFit) -> str:
    """Name the largest residual correlation: good global fit may hide a bad spot."""
    residuals = fit.residuals()
    below = np.tril(np.abs(residuals.to_numpy()), -1)
    if below.size < 4:
        return ""
    row, column = (int(place) for place in np.unravel_index(int(below.argmax()), below.shape))
    return prose.say(
        "fit_text.local",
        value=prose.num(float(residuals.to_numpy()[row, column]), "correlation"),
        left=prose.named(str(residuals.index[column])),
        right=prose.named(str(residuals.index[row])),
    )


def closest(prose: Prose, fit: SemFit) -> str:
    """Name the constructs that correlate most, where that is so much that they hardly differ."""
    frame = fit.latent_correlations()
    values, names = frame.to_numpy(), [str(name) for name in frame.index]
    pairs = {(names[i], names[j]): float(values[i, j]) for i, j in combinations(range(len(names)), 2)}
    if not pairs:
        return ""
    left, right = max(pairs, key=lambda pair: abs(pairs[pair]))
    if abs(pairs[left, right]) < CLOSE:
        return ""
    value = prose.num(pairs[left, right], "correlation")
    return prose.say("fit_text.close", left=prose.named(left), right=prose.named(right), value=value)


def pls_fit(prose: Prose) -> str:
    """Return the sentence on the SRMR of PLS."""
    found = prose.findings.pls
    if found is None or not found.converged:
        return ""
    values = {model: float(found.fit_indices(model)["srmr"]) for model in ("saturated", "estimated")}
    written = {model: prose.num(value, "index") for model, value in values.items()}
    # At the precision at which it is printed.
    far = [model for model, value in values.items() if round(value, 3) > dict(SUGGESTED)["srmr"]]
    key = "close" if not far else "far" if len(far) == 1 else "far_both"
    models = prose.words(f"fit_text.pls_{far[0]}") if far else ""
    return join(prose.say("fit_text.pls", **written), prose.say(f"fit_text.pls_{key}", models=models), *_tested(prose))


def _tested(prose: Prose) -> tuple[str, ...]:
    """Say which models the bootstrap test of exact fit rejects, by whichever distance."""
    rejected = []
    for test in prose.findings.fit_tests:
        table = test.table(level=prose.findings.level)
        beyond = table["est"] > table[f"q{100 * prose.findings.level:g}"]
        if beyond[["srmr", "d_uls", "d_g"]].any():
            rejected.append(prose.words(f"fit_text.pls_{test.model}"))
    if not prose.findings.fit_tests:
        return ()
    said = {"percent": prose.percent}
    if not rejected:
        return (prose.say("fit_text.pls_kept", **said),)
    return (prose.say("fit_text.pls_rejected", models=prose.words.listing(rejected), **said),)
