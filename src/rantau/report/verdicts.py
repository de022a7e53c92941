"""Verdicts of an assessment in the language of the report."""

from __future__ import annotations

import re

from rantau.record import Record
from rantau.report.words import Words


class Said(Record):
    """A verdict that an assessment gives.

    Attributes
    ----------
    name
        Of its words: `verdict.<name>`; their place `<about>` takes what the pattern's group `about` caught.
    pattern
        The verdict in English, whole.
    """

    name: str
    pattern: str


VERDICTS = (
    Said("reliable", r"reliable"),
    Said("keep_item", r"keep, unless without it .*"),
    Said("drop_item", r"take the item out"),
    Said("redundant", r"items say nearly the same; .*"),
    Said("exploration", r"acceptable in exploration"),
    Said("unreliable", r"not reliable"),
    Said("half", r"explains more than half of its items' variance"),
    Said("error", r"more error than construct in its items"),
    Said("distinct", r"distinct"),
    Said("distinct_if", r"distinct if .*"),
    Said("not_distinct", r"not distinct"),
    Said("says_same", r"says what another measure of it says"),
    Said("says_less", r"does not say enough .*"),
    Said("no_collinearity", r"no collinearity"),
    Said("collinear_weights", r"collinearity is possible; .* weights .*"),
    Said("collinear_paths", r"collinearity is possible; .* paths .*"),
    Said("collinear_items", r"collinear: join items.*"),
    Said("collinear_predictors", r"collinear: join predictors.*"),
    Said("contributes", r"contributes beside the others"),
    Said("loads", r"not significant beside the others, but its loading is (?P<about>.*): keep"),
    Said("loads_low", r"weight not significant and loading (?P<about>[\d.−-]+): keep only .*"),
    Said("useless", r"neither weight nor loading \((?P<about>.*)\) is significant: .*"),
    Said("supported", r"supported"),
    Said("not_supported", r"not supported"),
    Said("contradicted", r"contradicted"),
    Said("significant", r"significant"),
    Said("not_significant", r"not significant"),
    Said("not_computed", r"not computed"),
    Said("very_weak", r"very weak"),
    Said("weak", r"weak"),
    Said("moderate", r"moderate"),
    Said("substantial", r"substantial"),
    Said("no_effect", r"no effect"),
    Said("small", r"small"),
    Said("medium", r"medium"),
    Said("large", r"large"),
    Said("predicted", r"predicted better than by its mean"),
    Said("not_predicted", r"not predicted better than by its mean"),
    Said("high_power", r"high predictive power"),
    Said("medium_power", r"medium predictive power"),
    Said("low_power", r"low predictive power"),
    Said("no_power", r"no predictive power"),
    Said("no_relevance", r"no predictive relevance"),
    Said("better", r"better than the .*"),
    Said("worse", r"worse than the .*"),
    Said("no_better", r"no better than the .*"),
    Said("full", r"full invariance: .*"),
    Said("partial", r"partial invariance: .*"),
    Said("none", r"composites differ: .*"),
    Said("barred", r"not to be compared: composites differ"),
    Said("differs", r"differs"),
    Said("same", r"no difference found"),
    Said("fits", r"fits(; .*)?"),
    Said("misfits", r"does not fit well; .*"),
    Said("needs_draws", r"not tested: give bootstrap=.*"),
    Said("needs_prediction", r"not tested: give predict=.*"),
    Said("consistent", r"not tested: consistent PLS .*"),
    Said("ordered", r"not tested: PLS of ordered answers .*"),
    Said("needs_redundancy", r"not tested: give redundancy=.*"),
    Said("needs_rows", r"not tested: the linear model has more predictors .*"),
)


def verdict_in(words: Words, text: str) -> str:
    """Return a verdict in a language; as it is where it has no words, such as one of a user's own cut-offs.

    Examples
    --------
    >>> from rantau.report.words import read_words
    >>> verdict_in(read_words("id"), "not distinct")
    'tidak berbeda'
    """
    for one in VERDICTS:
        found = re.fullmatch(one.pattern, text)
        if found:
            about = numbers_in(words, found.groupdict().get("about") or "")
            return words(f"verdict.{one.name}", about=about)
    return text


def criterion_in(words: Words, text: str) -> str:
    """Return a criterion in a language: `≥ .708 (≥ .40 acceptable)`.

    Examples
    --------
    >>> from rantau.report.words import read_words
    >>> criterion_in(read_words("en"), ">= 0.708 (>= 0.4 acceptable)")
    '≥ .708 (≥ .40 acceptable)'
    """
    for phrase, key in PHRASES:
        text = text.replace(phrase, words(f"criterion.{key}"))
    graded = re.split(r", (?=[^,]* from )", text) if " from " in text else [text]
    # Grades are words of their own, each from a bound on.
    said = [
        words("criterion.from", word=verdict_in(words, word), bound=bound) if bound else word
        for word, _, bound in (part.partition(" from ") for part in graded)
    ]
    return numbers_in(words, ", ".join(said).replace(">=", "≥").replace("<=", "≤"))


#: What criteria say beside numbers and signs, and the names of their words.
PHRASES = (
    ("acceptable", "acceptable"),
    ("share of items better than by the linear model", "share"),
    ("c above its 5 % quantile; then means and variances", "micom"),
    (", by RMSE,", "by_rmse"),
    (", by MAE,", "by_mae"),
    ("the first group less the second", "less"),
    ("or loading", "or_loading"),
    ("p <", "p"),
)


def numbers_in(words: Words, text: str) -> str:
    """Return a text whose numbers are written as the language does: `.40` or `0,40`."""

    def written(found: re.Match[str]) -> str:
        whole, part = found.group(1), found.group(2)
        padded = part if len(part) > 1 else part + "0"
        if words("number.decimal") == ".":
            return f"{'' if whole == '0' else whole}.{padded}"
        return f"{whole}{words('number.decimal')}{padded}"

    return re.sub(r"(\d+)\.(\d+)", written, text)
