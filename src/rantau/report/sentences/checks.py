"""Agreement with other software, problems met, and limits."""

from __future__ import annotations

from rantau.report.markup import literal
from rantau.report.prose import Prose, join
from rantau.report.sentences.fit import poor
from rantau.report.tables.crosscheck import fit_name, kind
from rantau.report.view import ordered, robust

#: Numbers that do not agree, of those that are named.
MOST_APART = 3


def crosscheck(prose: Prose) -> str:
    """Return the paragraph on the agreement with other software."""
    verification = prose.findings.verification
    if verification is None:
        return ""
    frame = verification.summary()
    if not len(frame):
        return prose.say("crosscheck_text.nothing")
    packages = [
        f"{name} {number}".strip()
        for name, number in dict.fromkeys(zip(frame["package"], frame["version"], strict=True))
    ]
    told = [
        prose.say(
            "crosscheck_text.compared",
            n=prose.words.in_words(int(frame["compared"].sum())),
            packages=prose.words.listing(packages),
        )
    ]
    agreed = frame.dropna(subset=["digits"])
    if len(agreed):
        worst = min(agreed.to_dict("records"), key=lambda row: float(row["digits"]))
        # Whose number it is, where the fits have names.
        named = (fit_name(prose, str(worst.get("fit", ""))), kind(prose, str(worst["kind"])))
        what = literal(", ".join(part for part in named if part))
        digits = prose.num(float(worst["digits"]), "decimal", decimals=1)
        told.append(prose.say("crosscheck_text.least", digits=digits, kind=what, package=str(worst["package"])))
    # Those of which a number is NaN as well, which have no digits to be told.
    apart = verification.disagreements()
    if apart:
        names = [f"{one.quantity} ({kind(prose, one.kind)}, {one.package})" for one in apart[:MOST_APART]]
        names += ["…"] * (len(apart) > MOST_APART)
        told.append(prose.say_counted("crosscheck_text.apart", len(apart), names=literal(", ".join(names))))
    return join(*told)


def problems(prose: Prose) -> tuple[str, ...]:
    """Return every remark on the answers, every problem of every fit, and whether the fit is poor: a sentence each."""
    warning = prose.words("problems.warning")
    found = [
        prose.say("problems.item", severity=warning, fit=prose.words("problems.answers"), text=prose.problem(one))
        for one in prose.findings.remarks
    ]
    for engine in ("cfa", "sem", "grouped", "pls"):
        fit = getattr(prose.findings, engine)
        for problem in () if fit is None else fit.problems:
            severity = prose.words(f"problems.{problem.severity}")
            name = prose.words(f"fit.{engine}")
            found.append(prose.say("problems.item", severity=severity, fit=name, text=prose.problem(problem)))
    for section, reason in prose.findings.faults:
        step = prose.words(f"section.{section}")
        found.append(prose.say("problems.omitted", severity=warning, step=step, reason=literal(reason)))
    if poor(prose):
        found.append(prose.say("problems.item", severity=warning, fit=prose.words("fit.sem"), text=poor(prose)))
    return tuple(dict.fromkeys(found))


def limits(prose: Prose) -> tuple[str, ...]:
    """Return the limits that these methods and this questionnaire carry with them."""
    findings = prose.findings
    told = []
    factor = findings.sem if findings.sem is not None else findings.cfa
    if factor is not None and ordered(factor):
        told.append(prose.say("limits.ordered"))
    elif factor is not None:
        told.append(prose.say("limits.likert_robust" if robust(factor) else "limits.likert"))
    if factor is not None:
        told += [prose.say("limits.weights")] * bool(factor.request.sampling_weights)
        told += [prose.say("limits.clusters")] * bool(factor.request.cluster)
    if findings.pls is not None and not findings.pls.request.consistent:
        told.append(prose.say("limits.composite"))
    single = [block.construct for block in findings.model.blocks if len(block.items) == 1]
    if single:
        told.append(prose.say_counted("limits.single", len(single), names=prose.names(single)))
    asked = () if findings.survey is None else findings.survey.demographics
    amounts = [one.code for one in asked if one.several_categories and one.code in findings.model.observed]
    if amounts:
        told.append(prose.say_counted("limits.amounts", len(amounts), names=prose.names(amounts)))
    if findings.responses is not None and len(findings.model.constructs) > 1:
        told.append(prose.say("limits.self_report" if findings.bias is None else "limits.self_report_tested"))
    return tuple(told)
