"""Verdicts of an assessment in the language of the report."""

from __future__ import annotations

import re

from rantau.report.recognised import Known, recognise
from rantau.report.words import Words

#: The verdicts of an assessment; their words are `verdict.<name>`.
VERDICTS = (
    Known("reliable", r"reliable"),
    Known("keep_item", r"keep, unless without it .*"),
    Known("drop_item", r"take the item out"),
    Known("redundant", r"items say nearly the same; .*"),
    Known("exploration", r"acceptable in exploration"),
    Known("unreliable", r"not reliable"),
    Known("half", r"explains more than half of its items' variance"),
    Known("error", r"more error than construct in its items"),
    Known("distinct", r"distinct"),
    Known("distinct_if", r"distinct if .*"),
    Known("not_distinct", r"not distinct"),
    Known("says_same", r"says what another measure of it says"),
    Known("says_less", r"does not say enough .*"),
    Known("no_collinearity", r"no collinearity"),
    Known("collinear_weights", r"collinearity is possible; .* weights .*"),
    Known("collinear_paths", r"collinearity is possible; .* paths .*"),
    Known("collinear_items", r"collinear: join items.*"),
    Known("collinear_predictors", r"collinear: join predictors.*"),
    Known("contributes", r"contributes beside the others"),
    Known("loads", r"not significant beside the others, but its loading is (?P<about>.*): keep"),
    Known("loads_low", r"weight not significant and loading (?P<about>[\d.−-]+): keep only .*"),
    Known("useless", r"neither weight nor loading \((?P<about>.*)\) is significant: .*"),
    Known("supported", r"supported"),
    Known("not_supported", r"not supported"),
    Known("contradicted", r"contradicted"),
    Known("significant", r"significant"),
    Known("not_significant", r"not significant"),
    Known("not_computed", r"not computed"),
    Known("very_weak", r"very weak"),
    Known("weak", r"weak"),
    Known("moderate", r"moderate"),
    Known("substantial", r"substantial"),
    Known("no_effect", r"no effect"),
    Known("small", r"small"),
    Known("medium", r"medium"),
    Known("large", r"large"),
    Known("predicted", r"predicted better than by its mean"),
    Known("not_predicted", r"not predicted better than by its mean"),
    Known("high_power", r"high predictive power"),
    Known("medium_power", r"medium predictive power"),
    Known("low_power", r"low predictive power"),
    Known("no_power", r"no predictive power"),
    Known("no_relevance", r"no predictive relevance"),
    Known("better", r"better than the .*"),
    Known("worse", r"worse than the .*"),
    Known("no_better", r"no better than the .*"),
    Known("full", r"full invariance: .*"),
    Known("partial", r"partial invariance: .*"),
    Known("none", r"composites differ: .*"),
    Known("barred", r"not to be compared: composites differ"),
    Known("differs", r"differs"),
    Known("same", r"no difference found"),
    Known("fits", r"fits(; .*)?"),
    Known("misfits", r"does not fit well; .*"),
    Known("needs_draws", r"not tested: give bootstrap=.*"),
    Known("needs_prediction", r"not tested: give predict=.*"),
    Known("consistent", r"not tested: consistent PLS .*"),
    Known("ordered", r"not tested: PLS of ordered answers .*"),
    Known("needs_redundancy", r"not tested: give redundancy=.*"),
    Known("needs_rows", r"not tested: the linear model has more predictors .*"),
)


def verdict_in(words: Words, text: str) -> str:
    """Return a verdict in a language; as it is where it has no words, such as one of a user's own cut-offs.

    Examples
    --------
    >>> from rantau.report.words import read_words
    >>> verdict_in(read_words("id"), "not distinct")
    'tidak berbeda'
    """
    known = recognise(VERDICTS, text)
    if known is None:
        return text
    verdict, about = known
    return words(f"verdict.{verdict.name}", about=numbers_in(words, about))


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
