"""How many rows, what was flagged and missing, how the items are distributed, and how all was estimated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rantau.extras import require
from rantau.report.markup import literal
from rantau.report.prose import Prose, join
from rantau.report.tables.screening import shown_limit
from rantau.report.view import discrepancy_of, ordered, robust
from rantau.survey.further import further_numbers

if TYPE_CHECKING:
    from rantau.covariance import SemFit
    from rantau.pls import PlsFit
    from rantau.survey import Screening

#: West, Finch & Curran (1995).
SKEW, KURTOSIS = 2.0, 7.0


def sample(prose: Prose) -> tuple[str, ...]:
    """Return the paragraphs on rows, flags, missing answers and the shape of the items."""
    return tuple(text for text in (join(_source(prose), _screening(prose)), _missing(prose), _shape(prose)) if text)


def _source(prose: Prose) -> str:
    """Tell where the data are from, unless they are the authors' own or simulated."""
    if not prose.source or prose.findings.simulated:
        return ""
    return prose.say("sample.source", source=literal(prose.source.rstrip(".")))


def _screening(prose: Prose) -> str:
    findings, say = prose.findings, prose.say
    screening = findings.screening
    if screening is None:
        n = prose.n_obs
        return say("sample.unscreened", n=n)
    flagged, clean = [], []
    for step in screening.flow():
        reason = _reason(prose, screening, step.rule)
        if step.flagged and step.rule:
            flagged.append(prose.say_counted("sample.flagged", step.flagged, reason=reason))
        elif step.rule:
            clean.append(reason)
    told = [say("sample.read", n=screening.responses.n_obs)]
    if flagged:
        told.append(say("sample.flags", list=prose.words.listing(flagged)))
    if clean:
        told.append(say("sample.flagged_none", list=prose.words.listing_or(clean)))
    gone, n = int(screening.excluded.sum()), screening.kept.n_obs
    if screening.flags_to_exclude:
        told.append(say("sample.several", n=prose.words.in_words(screening.flags_to_exclude)))
    if gone:
        told += [prose.say_counted("sample.left_out", gone), say("sample.kept", n=n)]
    else:
        told.append(say("sample.kept_all" if flagged else "sample.kept_clean", n=n))
    return join(*told, *([say("sample.profile")] if "profile" in prose.tables else []))


def _reason(prose: Prose, screening: Screening, rule: str) -> str:
    """Return what a rule flags rows for."""
    if not rule:
        return ""
    key = f"rule.{rule}.reason"
    if prose.words.has(key):
        return prose.words(key, limit=shown_limit(screening, rule, prose))
    return literal(str(screening.counts().loc[rule, "label"]))


def _missing(prose: Prose) -> str:
    findings, say = prose.findings, prose.say
    if findings.responses is None:
        return ""
    asked = [name for name in findings.model.observed if name in findings.responses.columns]
    gaps = np.isnan(np.column_stack([findings.responses.column(name) for name in asked]))
    further = [name for name in findings.model.observed if name in findings.responses.extras_names]
    lacking = {name: np.isnan(further_numbers(findings.responses, name)) for name in further}
    told = [say("sample.missing_none")]
    if gaps.any():
        share = gaps.mean(axis=0)
        worst = int(share.argmax())
        told = [
            say(
                "sample.missing",
                share=prose.num(100 * float(gaps.mean()), "percent"),
                item=literal(asked[worst]),
                most=prose.num(100 * float(share[worst]), "percent"),
            )
        ]
    elif not any(rows.any() for rows in lacking.values()):
        return told[0]
    factor = findings.sem if findings.sem is not None else findings.cfa
    if factor is not None:
        told.append(say("sample.listwise" if factor.request.missing == "listwise" else "sample.fiml", n=factor.n_obs))
    if factor is not None and factor.request.missing == "fiml" and factor.request.fixed_x:
        needed = {name: lacking[name] for name in factor.table.covariates if name in lacking and lacking[name].any()}
        if needed:
            names = prose.names(needed)
            told.append(
                prose.say_counted("sample.uncovered", int(np.any([*needed.values()], axis=0).sum()), names=names)
            )
    if findings.pls is not None:
        treated = {"mean": "mean", "em": "em"}.get(findings.pls.request.missing, "pls_listwise")
        told.append(say(f"sample.{treated}", n=findings.pls.n_obs))
    return join(*told)


def _shape(prose: Prose) -> str:
    frame = prose.findings.description
    if frame is None or "items" not in prose.tables:
        return ""
    frame = frame.loc[[name for name in frame.index if name in prose.findings.model.observed]]
    skew, kurtosis = frame["skew"].dropna().astype(float), frame["kurtosis"].dropna().astype(float)
    if skew.empty or kurtosis.empty:
        return ""
    told = prose.say(
        "sample.shape",
        skew_low=prose.num(float(skew.min())),
        skew_high=prose.num(float(skew.max())),
        kurt_low=prose.num(float(kurtosis.min())),
        kurt_high=prose.num(float(kurtosis.max())),
    )
    beyond = [
        str(name) for name in frame.index if abs(frame["skew"][name]) > SKEW or abs(frame["kurtosis"][name]) > KURTOSIS
    ]
    if prose.findings.sem is None and prose.findings.cfa is None:
        return told
    factor = prose.findings.sem if prose.findings.sem is not None else prose.findings.cfa
    if factor is not None and set(prose.findings.model.observed) <= set(ordered(factor)):
        return join(told, prose.say("sample.shape_ordered"))
    allowed = prose.say("sample.shape_robust") if factor is not None and robust(factor) else ""
    if not beyond:
        return join(told, prose.say("sample.shape_fine"), allowed)
    return join(told, prose.say("sample.shape_beyond", items=literal(prose.words.listing(beyond))), allowed)


def methods(prose: Prose) -> str:
    """Return the paragraph on software, estimators, bootstrap and levels."""
    findings, say = prose.findings, prose.say
    told = [say("methods.software", version=_version())]
    controls = findings.model.controls
    told += [prose.say_counted("methods.controls", len(controls), names=prose.names(controls))] if controls else []
    factor = next((fit for fit in (findings.sem, findings.cfa, findings.grouped) if fit is not None), None)
    if factor is not None:
        told += _by_covariance(prose, factor)
    if prose.sem_drawn:
        told.append(say("methods.indirect", drawn=prose.sem_drawn))
    if findings.pls is not None:
        request = findings.pls.request
        told.append(say("methods.pls", scheme=say(f"methods.scheme.{request.scheme}"), modes=_modes(prose)))
        if request.consistent:
            told.append(say("methods.consistent"))
        told += _in_stages(prose, findings.pls)
    draws = findings.draws
    if draws is not None:
        told.append(say("methods.bootstrap", draws=prose.drawn))
        if draws.n_failed:
            told.append(prose.say_counted("methods.failed", draws.n_failed))
        if draws.seed >= 0:
            told.append(say("methods.seed", seed=str(draws.seed)))
    return join(*told, say("methods.level", percent=prose.percent, alpha=prose.alpha))


def _by_covariance(prose: Prose, fit: SemFit) -> list[str]:
    """Say how the covariance engine estimated and tested, and what became of missing answers."""
    request, say = fit.request, prose.say
    recipe = request.recipe
    errors = f"{recipe.se}_{recipe.information}" if recipe.se == "standard" else recipe.se
    errors = "robust_ordered" if ordered(fit) and errors == "robust_sem" else errors
    gaps = request.missing if request.missing in ("listwise", "pairwise") else "fiml"
    told = [
        say(
            "methods.sem",
            method=say(f"methods.method.{discrepancy_of(fit)}", estimator=request.estimator),
            errors=say(f"methods.errors.{errors}"),
            gaps=say(f"methods.gaps.{gaps}"),
            treated=_treated(prose, fit),
        )
    ]
    if ordered(fit):
        told.append(say(f"methods.parameterization.{request.parameterization}"))
    if prose.words.has(f"methods.test.{recipe.test}"):
        told.append(say("methods.tested_by", test=say(f"methods.test.{recipe.test}")))
    if request.expanded.constructs:
        told.append(say("methods.products"))
    if request.sampling_weights:
        told.append(say("methods.weights", column=literal(request.sampling_weights)))
    if request.cluster:
        told.append(say("methods.clusters", column=literal(request.cluster)))
    return told


def _treated(prose: Prose, fit: SemFit) -> str:
    """Say which answers were taken for ordered categories."""
    names = ordered(fit)
    if not names:
        return prose.say("methods.treated.continuous")
    if set(fit.table.observed) <= set(names):
        return prose.say("methods.treated.ordered")
    return prose.say("methods.treated.some", items=literal(prose.words.listing(names)))


def _in_stages(prose: Prose, fit: PlsFit) -> list[str]:
    """Say how PLS estimated products of constructs and constructs of constructs."""
    told, request = [], fit.request
    if any(":" in name for name in fit.structure.constructs):
        told.append(prose.say(f"methods.pls_products.{'latent' if request.consistent else request.interaction}"))
    if prose.findings.model.has_higher_orders:
        told.append(prose.say(f"methods.pls_orders.{request.higher_order}"))
    return told


def _version() -> str:
    return f" {require('rantau').__version__}"


def _modes(prose: Prose) -> str:
    """Say which constructs are weighted how; a single item needs no weight."""
    fit = prose.findings.pls
    structure = fit.structure if fit is not None else None
    if structure is None:
        return ""
    several = [place for place, single in enumerate(structure.single) if not single]
    modes = dict.fromkeys(structure.modes[place] for place in several)
    told = []
    for mode in modes:
        own = [structure.constructs[place] for place in several if structure.modes[place] == mode]
        what = prose.words("methods.every") if len(modes) == 1 else prose.names(own)
        told.append(prose.say(f"methods.mode.{mode}", what=what))
    return prose.words.listing(told)
