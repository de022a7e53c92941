"""The whole report in a paragraph."""

from __future__ import annotations

from rantau.report.markup import literal
from rantau.report.prose import Prose, join
from rantau.report.sentences.fit import global_fit
from rantau.report.sentences.structure import verdict


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
    items = len({item for block in model.blocks for item in block.items})
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
    told += [global_fit(prose, name) for name in ("cfa", "sem") if prose.trusted(name)][:1]
    told += [verdict(prose, engine) for engine in prose.engines if model.hypotheses]
    return join(*told)
