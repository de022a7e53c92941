"""Every exception and warning of rantau, and the builders of their messages.

A message says what is wrong, where, what was got, what is allowed (nearest name first), and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches


class RantauError(Exception):
    """The base of every error that rantau raises on purpose."""


class SurveyError(RantauError):
    """An instrument file is missing, unreadable or contradicts itself."""


class ResponseError(RantauError):
    """The answers do not fit the instrument or the model."""


class ScreeningError(ResponseError):
    """A screen needs something that these answers do not hold."""


class ModelSyntaxError(RantauError):
    """A model file is not written in the model language, or asks for what an engine cannot do."""


class IdentificationError(RantauError):
    """The model cannot be estimated from these data, whatever their values."""


class EstimationError(RantauError):
    """The data cannot carry the computation asked for."""


class OptionError(RantauError):
    """An option has a value that is not one of the allowed ones."""


class MissingExtraError(RantauError):
    """An optional package is needed and not installed."""


class StudyError(RantauError):
    """A study plan (`analysis/*.toml`) is missing, unreadable or contradicts itself."""


class ReportError(RantauError):
    """A report cannot be written as asked."""


class RantauWarning(UserWarning):
    """The base of every warning, so that one filter reaches them all."""


class ConvergenceWarning(RantauWarning):
    """An estimation stopped before the gradient was flat."""


class AdmissibilityWarning(RantauWarning):
    """A solution lies outside the parameter space (a negative variance, a correlation beyond 1)."""


class DataWarning(RantauWarning):
    """Something in the answers deserves a look before the results are believed."""


def nearest(got: str, allowed: Iterable[str]) -> str | None:
    """Return the allowed name closest to `got`, or None where nothing is close.

    Letter case is ignored, because `likert` and `Likert` are the commonest slip.
    """
    names = list(allowed)
    lowered = {name.lower(): name for name in reversed(names)}
    found = get_close_matches(got.lower(), list(lowered), n=3, cutoff=0.6)
    if not found:
        return None
    # Of equally close names, one that is numbered as well: IMAGE2 is more likely IMAG2 than Image.
    closeness = [SequenceMatcher(None, name, got.lower()).ratio() for name in found]
    best = [name for name, ratio in zip(found, closeness, strict=True) if ratio == max(closeness)]
    alike = [name for name in best if name[-1:].isdigit() == got[-1:].isdigit()]
    return lowered[(alike or best)[0]]


def listing(names: Iterable[str], *, most: int = 12) -> str:
    """Join names for a sentence; a long list is cut and its length said."""
    every = list(names)
    shown = ", ".join(every[:most])
    return shown if len(every) <= most else f"{shown}, ... ({len(every)} in all)"


def unknown(what: str, got: str, allowed: Iterable[str], *, where: str = "") -> str:
    """Build the message for a name that is not known: the nearest name first, then all allowed ones."""
    names = list(allowed)
    guess = nearest(got, names)
    place = f"{where}: " if where else ""
    hint = f" Did you mean '{guess}'?" if guess else ""
    known = f" Allowed: {listing(names)}." if names else " None is declared."
    return f"{place}unknown {what} '{got}'.{hint}{known}"
