"""What could not be compared with other software: about which fit, by which package, and why."""

from __future__ import annotations

import re

from rantau.record import Record
from rantau.report.markup import literal
from rantau.report.prose import Prose
from rantau.report.tables.crosscheck import slug


class Reason(Record):
    """A reason that a cross-check gives.

    Attributes
    ----------
    name
        Of its words: `reason.<name>`; their place `<about>` takes what the pattern's group `about` caught.
    pattern
        The reason in English, whole.
    fit
        Which fit it can be about: `cfa`, `sem`, `pls`; `factor` for either of the first two.
    """

    name: str
    pattern: str
    fit: str


REASONS = (
    Reason("another_kind", r"\w+ is asked for .*, and this fit is of another kind", "pls"),
    Reason("consistent", r"consistent PLS .*", "pls"),
    Reason("none", r"the model has none", "cfa"),
    Reason("factors", r"factors have no rows to regress on", "sem"),
    Reason("separate", r"one of its variables also measures a factor, so the equations are not separate", "sem"),
    Reason("fixed", r"a coefficient is fixed, or shares its label with another parameter", "sem"),
    Reason("covaries", r"its disturbance covaries with '(?P<about>.*)'", "sem"),
    Reason("residual", r"its residual variance is fixed", "sem"),
    Reason("intercept", r"an intercept is fixed", "sem"),
    Reason("loop", r"the model has a loop", "sem"),
    Reason("baseline", r"semopy's baseline model keeps the restricted residual variance of (?P<about>.*)", "factor"),
    Reason("likelihood", r"semopy gives its discrepancy for the log-likelihood, and AIC and BIC with it", "factor"),
    Reason("absent", r"semopy does not compute them", "factor"),
    Reason("defined", r"semopy has no defined quantities \(:=\)", "sem"),
    Reason("means", r"semopy's covariance models have none", "factor"),
    Reason("negative", r"semopy keeps variances at 0 or more, and ours are negative: (?P<about>.*)", "factor"),
    Reason("diverged", r"semopy did not converge", "factor"),
)


def skipped(prose: Prose) -> tuple[str, ...]:
    """Return what could not be compared with other software, and why; what is the same is said once.

    Parameters
    ----------
    prose
        The findings, with language and style.

    Returns
    -------
    tuple of str
        With markup: of which fit, what, with which packages, and why.
    """
    verification = prose.findings.verification
    if verification is None:
        return ()
    # How often each is said tells of how many fits it holds.
    times: dict[tuple[str, str, str], int] = {}
    for one in verification.skipped:
        key = (one.reason.replace("`", ""), one.quantity, one.package)
        times[key] = times.get(key, 0) + 1
    packages: dict[tuple[str, str, str], list[str]] = {}
    for (reason, quantity, package), count in times.items():
        packages.setdefault((_fits(prose, reason, count), reason, quantity), []).append(package)
    quantities: dict[tuple[str, str, str], list[str]] = {}
    for (fits, reason, quantity), named in packages.items():
        quantities.setdefault((fits, reason, prose.words.listing(named)), []).append(_quantity(prose, quantity))
    return tuple(
        prose.say(
            "crosscheck_text.skipped_item", fits=fits, quantity="; ".join(names), package=package,
            reason=_reason(prose, reason),
        )
        for (fits, reason, package), names in quantities.items()
    )  # fmt: skip


def _known(text: str) -> tuple[Reason, str] | None:
    """Return a reason that has words, and what it is about."""
    for one in REASONS:
        found = re.fullmatch(one.pattern, text)
        if found:
            return one, found.groupdict().get("about") or ""
    return None


def _reason(prose: Prose, text: str) -> str:
    known = _known(text)
    return literal(text) if known is None else prose.words(f"reason.{known[0].name}", about=literal(known[1]))


def _fits(prose: Prose, reason: str, count: int) -> str:
    """Name the fits that a reason, met so many times, is about."""
    known = _known(reason)
    about = "any" if known is None else known[0].fit
    verified = [name for name in ("cfa", "sem", "pls") if _verified(prose, name)]
    if about in verified:
        return prose.engine(about)
    possible = [name for name in verified if about == "any" or name != "pls"]
    if count >= len(possible):
        return prose.words.listing([prose.engine(name) for name in possible])
    # Met for fewer fits than it may be about: which, the cross-check does not say.
    return prose.words("crosscheck_text.some_fits")


def _verified(prose: Prose, name: str) -> bool:
    fit = getattr(prose.findings, name)
    return fit is not None and bool(fit.converged)


def _quantity(prose: Prose, text: str) -> str:
    """Return what was not compared, in the language of the report, constructs and routes by name."""
    name, defined, _ = text.partition(" := ")
    if defined:
        expression = text.removeprefix(f"{name} := ")
        return literal(prose.claim(name, ":=", expression))
    start, of, outcomes = text.partition("regressions of ")
    if of and not start:
        return prose.words("quantity.regressions_of", names=prose.names(outcomes.split(", ")))
    key = f"quantity.{slug(text)}"
    return prose.words(key) if prose.words.has(key) else literal(prose.with_names(text))
