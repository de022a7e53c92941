"""The short account that `rantau run` prints."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import TYPE_CHECKING

from rich.markup import escape

from rantau.report.indices import RESIDUAL, Index, indices_of, to_report

if TYPE_CHECKING:
    from rantau.covariance import SemFit
    from rantau.fit import Problem
    from rantau.report.findings import Findings
    from rantau.run import Outcome


#: Numbers whose difference, over max(1, |ours|), is within this count as agreeing.
TOLERANCE = 1e-4


def account_of(outcome: Outcome) -> Iterator[str]:
    """Yield the lines: rows, fit and its problems, hypotheses, cross-check, and where the files are."""
    findings = outcome.findings
    if findings.simulated:
        yield "[bold]SIMULATED ANSWERS[/bold]: drawn from stated population values, not from respondents."
    yield from _rows(findings)
    yield from (f"[yellow]Look at this first[/yellow]: {escape(remark.text)}" for remark in findings.remarks)
    for name, factors in (("CFA", findings.cfa), ("SEM", findings.sem)):
        if factors is not None:
            yield f"{name:13s}{_fit(factors)}"
            yield from _problems(name, factors.problems)
    if findings.pls is not None:
        yield from _problems("PLS", findings.pls.problems)
    for step, reason in findings.faults:
        yield f"[yellow]Left out[/yellow]: {step}: {escape(reason)}"
    yield from _hypotheses(findings)
    yield from _crosscheck(findings)
    more = len(outcome.files) - 2
    yield f"Written      {escape(str(outcome.folder))}/: report.docx, report.html and {more} more files"
    if not outcome.trustworthy:
        fits = (("CFA", findings.cfa), ("SEM", findings.sem), ("PLS", findings.pls))
        names = [name for name, fit in fits if fit is not None and not fit.trustworthy]
        yield f"[red]Not to be trusted[/red]: {', '.join(names)}; the errors above say why, and the report flags them."


def _problems(name: str, problems: tuple[Problem, ...]) -> Iterator[str]:
    for problem in problems:
        colour = "red" if problem.severity == "error" else "yellow"
        yield f"[{colour}]{name} {problem.severity}[/{colour}]: {escape(problem.text)}"


def _crosscheck(findings: Findings) -> Iterator[str]:
    checks = findings.verification.checks if findings.verification is not None else ()
    if not checks:
        return
    packages = sorted({check.package for check in checks})
    apart = [check for check in checks if not check.agrees(TOLERANCE)]
    yield f"Cross-check  {len(checks) - len(apart)} of {len(checks)} numbers agree with {', '.join(packages)}"
    for check in apart:
        yield (
            f"[yellow]{check.package} disagrees[/yellow] on {escape(check.quantity)} ({check.kind}): "
            f"ours {check.ours:.6g}, theirs {check.theirs:.6g}"
        )


def _rows(findings: Findings) -> Iterator[str]:
    screening = findings.screening
    if screening is None:
        return
    read, kept = screening.responses.n_obs, screening.kept.n_obs
    flagged = int(screening.flags.any(axis=1).sum())
    counts = screening.counts()
    rules = ", ".join(f"{rule} {int(row['flagged'])}" for rule, row in counts.iterrows())
    yield f"Answers      {read} read, {flagged} flagged ({rules}), {kept} kept"


def _fit(fit: SemFit) -> str:
    if not fit.converged:
        return "did not converge"
    found = indices_of(fit)
    test, df, p = (to_report(found, name) for name in ("chisq", "df", "pvalue"))
    if df.value == 0:
        return "as many parameters as moments (df 0): it fits by construction, and fit cannot be judged"
    cfi, tli, rmsea, low, high = (
        to_report(found, name) for name in ("cfi", "tli", "rmsea", "rmsea_ci_lower", "rmsea_ci_upper")
    )
    degrees = f"{df.value:.0f}" if df.value.is_integer() else f"{df.value:.2f}"
    probability = "p < .001" if p.value < 0.001 else f"p = {p.value:.3f}"
    return (
        f"{_versioned('chi-square', test)} {test.value:.2f}, df {degrees}, {probability}; "
        f"{_versioned('CFI', cfi)} {cfi.value:.3f}, TLI {tli.value:.3f}, RMSEA {rmsea.value:.3f} "
        f"\\[{low.value:.3f}, {high.value:.3f}], SRMR {found['srmr']:.3f}"
    )


def _versioned(name: str, index: Index) -> str:
    told = "residual-based" if index.version == RESIDUAL else index.version
    return f"{told} {name}" if told else name


def _hypotheses(findings: Findings) -> Iterator[str]:
    table = findings.hypotheses
    if table is None or table.empty:
        return
    engines = [(name, label) for name, label in (("sem", "SEM"), ("pls", "PLS")) if table[f"{name}_decision"].any()]
    for name, label in engines:
        supported = int((table[f"{name}_decision"] == "supported").sum())
        yield f"Hypotheses   {supported} of {len(table)} supported by {label}"
    rows = table.to_dict("records")
    width = max(len(_claim(row)) for row in rows)
    for row in rows:
        verdicts = "; ".join(
            f"{label} {row[f'{name}_est']:+.2f} {row[f'{name}_decision']}"
            for name, label in engines
            if row[f"{name}_decision"]
        )
        yield f"  {row['hypothesis']:4s} {escape(_claim(row)):{width}s}  {verdicts}"


def _claim(row: Mapping[Hashable, object]) -> str:
    return f"{row['rhs']} -> {row['lhs']}" if row["op"] == "~" else f"{row['lhs']} := {row['rhs']}"
