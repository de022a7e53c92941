"""The whole report in a paragraph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.report.indices import indices_of, to_report
from rantau.report.markup import literal
from rantau.report.prose import Prose, join
from rantau.report.sentences.fit import ALPHA, global_fit, poor
from rantau.report.sentences.structure import verdict

if TYPE_CHECKING:
    from rantau.covariance import SemFit


def account(prose: Prose) -> str:
    """Return the whole report in a paragraph.

    Parameters
    ----------
    prose
        The findings, with language and style.

    Returns
    -------
    str
        With markup.
    """
    # Tables are numbered as they are first mentioned, and that is not here.
    prose = Prose(prose.findings, prose.language, prose.style)
    findings, say = prose.findings, prose.say
    model = findings.model
    told = [say("account.simulated")] if findings.simulated else []
    n = prose.n_obs
    if findings.survey is None:
        told.append(say("account.data_unnamed", n=n))
    else:
        told.append(say("account.data", n=n, survey=literal(findings.survey.title.text(prose.language))))
    items = len({item for block in model.blocks for item in block.items} - set(model.constructs))
    size = {"constructs": prose.words.in_words(len(model.constructs)), "items": prose.words.in_words(items)}
    if model.hypotheses:
        claims = prose.say_counted("account.hypotheses", len(model.hypotheses))
        told.append(say("account.model", hypotheses=claims, **size))
    elif model.blocks:
        told.append(say("account.model_plain", **size))
    fits = [name for name in ("cfa", "sem", "pls") if getattr(findings, name) is not None]
    failed = [prose.words(f"fit.{name}") for name in fits if not prose.trusted(name)]
    if failed:
        told.append(say("account.distrust", fits=prose.words.listing(failed)))
    told += [_fit(prose, name) for name in ("cfa", "sem") if prose.trusted(name)][:1]
    told += _verdicts(prose) if model.hypotheses else ()
    if poor(prose) and any(each.get("sem") for each in prose.decisions.values()):
        told.append(say("account.poor"))
    if findings.remarks:
        told.append(say("account.remark", text=" ".join(prose.problem(one) for one in findings.remarks)))
    return join(*told)


def _fit(prose: Prose, engine: str) -> str:
    """Return one sentence on the fit of `cfa` or `sem`: whether exact fit is rejected, and how close it is."""
    fit: SemFit = getattr(prose.findings, engine)
    if fit.statistics.df == 0:
        return global_fit(prose, engine)
    key = "rejected" if to_report(indices_of(fit), "pvalue").value < ALPHA else "kept"
    exact, close = prose.fit_statements(fit)
    return prose.say(f"account.fit_{key}", fit=prose.words(f"fit.{engine}"), exact=exact, close=close)


def _verdicts(prose: Prose) -> tuple[str, ...]:
    """Return what the engines support: together where both decide, else each by itself."""
    names = [one.name for one in prose.findings.model.hypotheses]
    found = [
        {name for name in names if prose.decisions.get(name, {}).get(engine) == "supported"} for engine in prose.engines
    ]
    decided = [all(prose.decisions.get(name, {}).get(engine) for name in names) for engine in prose.engines]
    if len(decided) < 2 or not all(decided):
        return tuple(verdict(prose, engine) for engine in prose.engines)
    shared, either = set.intersection(*found), set.union(*found)

    def listed(key: str, chosen: set[str], **values: str) -> str:
        own = [name for name in names if name in chosen]
        counted = prose.words.in_words(len(own))
        return (
            prose.say_counted(key, len(own), names=prose.words.listing(own), counted=counted, **values) if own else ""
        )

    total = prose.words.in_words(len(names))
    if len(shared) == len(names):
        return (prose.say("account.both_two") if len(names) == 2 else prose.say("account.both_all", total=total),)
    return (
        listed("account.both", shared, total=total),
        *(
            listed("account.alone", own - shared, engine=prose.engine(engine))
            for engine, own in zip(prose.engines, found, strict=True)
        ),
        listed("account.neither", set(names) - either) if either else prose.say("account.neither_any", total=total),
    )
