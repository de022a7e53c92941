"""What could not be compared with other software: about which fit, by which package, and why."""

from __future__ import annotations

import re

from rantau.report.markup import literal
from rantau.report.prose import Prose
from rantau.report.recognised import Known, recognise
from rantau.report.tables.crosscheck import fit_name, slug

#: The reasons that a cross-check gives; their words are `reason.<name>`.
REASONS = (
    Known("not_converged", r"our fit did not converge, so it has no numbers to check"),
    Known("another_kind", r"\w+ is asked for .*, and this fit is of another kind"),
    Known("failed", r"\w+ failed: (?P<about>.*)"),
    Known("not_installed", r"'.*' is needed.* and is not installed: .*"),
    Known("consistent", r"consistent PLS .*"),
    Known("none", r"the model has none"),
    Known("factors", r"factors have no rows to regress on"),
    Known("separate", r"one of its variables also measures a factor, so the equations are not separate"),
    Known("fixed", r"a coefficient is fixed, or shares its label with another parameter"),
    Known("covaries", r"its disturbance covaries with '(?P<about>.*)'"),
    Known("residual", r"its residual variance is fixed"),
    Known("intercept", r"an intercept is fixed"),
    Known("loop", r"the model has a loop"),
    Known("baseline", r"semopy's baseline model keeps the restricted residual variance of (?P<about>.*)"),
    Known(
        "covariates", r"our baseline model keeps the covariances of the covariates \((?P<about>.*)\), semopy's does not"
    ),
    Known("moments", r"semopy counts the moments of exogenous covariates \((?P<about>.*)\) as data to be fitted"),
    Known("deviations", r"semopy divides them by the deviations of the variables, not of the residuals"),
    Known("likelihood", r"semopy gives its discrepancy for the log-likelihood, and AIC and BIC with it"),
    Known("absent", r"semopy does not compute them"),
    Known("defined", r"semopy has no defined quantities \(:=\)"),
    Known("means", r"semopy's covariance models have none"),
    Known("restricted_means", r"its covariance models have no means, and this model restricts them"),
    Known("negative", r"semopy keeps variances at 0 or more, and ours are negative: (?P<about>.*)"),
    Known("read_otherwise", r"semopy reads the model with (?P<about>\d+) free parameters, not \d+"),
    Known("early", r"semopy stopped early: .*; its estimates differ by up to (?P<about>.*)"),
    Known("diverged", r"semopy did not converge"),
    Known("several_groups", r"it fits one group at a time, and this fit has several"),
    Known("ordered", r"it takes answers for numbers, and this fit takes them for ordered categories"),
    Known("gaps", r"it leaves out rows with missing answers, and this fit uses all answers"),
    Known("weights", r"it weighs all rows alike, and this fit has sampling weights"),
    Known("estimator", r"it is asked for maximum likelihood, and this fit is by (?P<about>.*)"),
    Known("divisor", r"it divides covariances by n, and this fit by n - 1"),
    Known("composites", r"it has no composites in covariance structures"),
    Known("constraints", r"it is given no constraints among parameters, and this model has some"),
    Known("no_errors", r"this fit has none"),
    Known("robust_errors", r"it has the standard errors of normal answers only, and those of this fit are robust"),
    Known("information", r"it has them from expected information, and this fit from .*"),
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
    fits: dict[tuple[str, str, str], list[str]] = {}
    for one in verification.skipped:
        key = (one.reason.replace("`", ""), one.quantity, one.package)
        fits.setdefault(key, []).append(fit_name(prose, one.fit))
    packages: dict[tuple[str, str, str], list[str]] = {}
    for (reason, quantity, package), named in fits.items():
        about = prose.words.listing([name for name in dict.fromkeys(named) if name])
        packages.setdefault((about, reason, quantity), []).append(package)
    quantities: dict[tuple[str, str, str], list[str]] = {}
    for (about, reason, quantity), named in packages.items():
        quantities.setdefault((about, reason, prose.words.listing(named)), []).append(_quantity(prose, quantity))
    return tuple(
        prose.say(
            "crosscheck_text.skipped_item" if about else "crosscheck_text.skipped_unnamed",
            fits=about, quantity="; ".join(names), package=package, reason=_reason(prose, reason),
        )
        for (about, reason, package), names in quantities.items()
    )  # fmt: skip


def _reason(prose: Prose, text: str) -> str:
    known = recognise(REASONS, text)
    if known is None:
        return literal(text)
    reason, about = known
    # A number of theirs, as the language writes it.
    about = re.sub(r"(?<=\d)\.(?=\d)", prose.words("number.decimal"), about) if reason.name != "failed" else about
    return prose.words(f"reason.{reason.name}", about=literal(about))


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
