"""View: findings as a reader of one language meets them: names for codes, and dashes where a fit failed."""

from __future__ import annotations

import math
import re
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from rantau.covariance.ordered_request import names_of
from rantau.fit import Problem
from rantau.model.spec import Definition, Hypothesis
from rantau.quality.hypotheses import standardized_table
from rantau.report.markup import literal
from rantau.report.table import Interval, Note
from rantau.report.words import Words, read_words
from rantau.survey.text import token

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from rantau.covariance import SemFit
    from rantau.inference import Draws
    from rantau.pls import PlsFit
    from rantau.report.findings import Findings
    from rantau.survey.instrument import Demographic

#: `lhs op rhs`, as in a model file.
Name: TypeAlias = tuple[str, str, str]
Numbers: TypeAlias = "Mapping[str, float]"

NAN = math.nan
ARROW = " → "


class View:
    """Findings in one language.

    Parameters
    ----------
    findings
        What was found.
    language
        `en` or `id`.
    """

    def __init__(self, findings: Findings, language: str) -> None:
        self.findings = findings
        self.words: Words = read_words(language)
        self.language = language

    # -- names ---------------------------------------------------------------------------------------------

    def construct(self, code: str) -> str:
        """Return the name of a construct or question, or of the product of several; the code where there is no name."""
        return " × ".join(self._names.get(part, part) for part in code.split(":"))

    @cached_property
    def _names(self) -> dict[str, str]:
        survey = self.findings.survey
        return {} if survey is None else dict(survey.names(self.language))

    def _question(self, column: str) -> Demographic | None:
        """Return the question whose answers a column holds."""
        survey = self.findings.survey
        return next((one for one in (() if survey is None else survey.demographics) if one.code == column), None)

    def grouping(self, column: str) -> str:
        """Return what tells groups apart: a question's name or wording, or the column."""
        question = self._question(column)
        return column if question is None else question.label.text(self.language)

    def group(self, label: str, column: str | None = None) -> str:
        """Return the name of a group: a category's label, or the group as it stands in the data.

        Parameters
        ----------
        label
            As it stands in the data.
        column
            That tells the groups apart; of the comparison by PLS unless given.
        """
        found = self.findings.comparison
        by = found.by if column is None and found is not None else column
        question = None if by is None else self._question(by)
        if question is None:
            return label
        code = dict(question.meanings).get(token(label))
        return next((one.label.text(self.language) for one in question.categories if one.code == code), label)

    def pair(self, first: str, second: str) -> str:
        """Return the names of two groups, for the label above what compares them."""
        return self.words("table.mga.pair", first=self.group(first), second=self.group(second))

    def with_names(self, text: str) -> str:
        """Return a text with the names of constructs in place of their codes."""
        # Not those of questions: `age` is a word as well.
        constructs = () if self.findings.survey is None else self.findings.survey.constructs
        codes = "|".join(re.escape(one.code) for one in sorted(constructs, key=lambda one: len(one.code), reverse=True))
        return re.sub(rf"\b({codes})\b", lambda found: self._names[found.group()], text) if codes else text

    def path(self, *codes: str) -> str:
        """Return a path from the first construct to the last."""
        return ARROW.join(self.construct(code) for code in codes)

    def claim(self, lhs: str, op: str, rhs: str) -> str:
        """Return what a hypothesis is about: a path, or the route that a defined quantity multiplies along."""
        if op == "~":
            return self.path(rhs, lhs)
        definition = next((one for one in self.findings.model.definitions if one.name == lhs), None)
        route = () if definition is None else self._route(definition)
        return self.path(*route) if route else f"{lhs} = {rhs}"

    def _route(self, definition: Definition) -> tuple[str, ...]:
        """Return the constructs along a product of path labels, () where it is no such product."""
        labels = {
            str(value): (path.predictor, path.outcome)
            for path in self.findings.model.paths
            for modifier in path.term.modifiers
            if modifier.kind == "label"
            for value in modifier.values
        }
        steps = []
        waiting = [definition.expression]
        while waiting:
            part = waiting.pop(0)
            if part.kind == "*":
                waiting = [*part.operands, *waiting]
            elif part.kind == "name" and str(part.value) in labels:
                steps.append(labels[str(part.value)])
            else:
                return ()
        chained = all(left[1] == right[0] for left, right in pairwise(steps))
        return (steps[0][0], *(outcome for _, outcome in steps)) if chained else ()

    @property
    def constructs(self) -> tuple[str, ...]:
        """The constructs of the model, in its order."""
        return self.findings.model.constructs

    @property
    def of_higher_order(self) -> bool:
        """Whether a construct is measured by constructs."""
        return any(item in self.constructs for name in self.constructs for item in self.items(name))

    def items(self, construct: str) -> tuple[str, ...]:
        """Return the items of a construct."""
        return self.findings.model.block(construct).items

    def hypothesis(self, name: Name) -> Hypothesis | None:
        """Return the hypothesis about a path or definition."""
        return next((one for one in self.findings.model.hypotheses if (one.lhs, one.op, one.rhs) == name), None)

    # -- numbers -------------------------------------------------------------------------------------------

    @cached_property
    def sem(self) -> dict[Name, Numbers]:
        """Standardised estimates of the whole model: `est se z p ci_low ci_high`."""
        return self._standardised(self.findings.sem, self.findings.sem_draws)

    @cached_property
    def cfa(self) -> dict[Name, Numbers]:
        """Standardised estimates of the measurement model, or of the whole one where that is all there is."""
        return self._standardised(self.measurement)

    @property
    def measurement(self) -> SemFit | None:
        """The fit that speaks for the measurement model in the covariance engine."""
        return self.findings.cfa if self.findings.cfa is not None else self.findings.sem

    def _standardised(self, fit: SemFit | None, draws: Draws | None = None) -> dict[Name, Numbers]:
        return {} if fit is None else by_name(standardized_table(fit, draws, self.findings.level), fit)

    @cached_property
    def sem_effects(self) -> dict[Name, Numbers]:
        """Standardised effects by covariances as PLS names them; by the draws of the fit where there are any."""
        fit, draws, level = self.findings.sem, self.findings.sem_draws, self.findings.level
        if fit is None:
            return {}
        if draws is not None:
            found = by_name(draws.table(of="effects_standardized", level=level), fit)
        else:
            frame = fit.effects(standardized=True, level=level)
            routes = [f"{rhs} -> {via}" if via else rhs for rhs, via in zip(frame["rhs"], frame["via"], strict=True)]
            found = by_name(frame.assign(rhs=routes, op=frame["kind"]).drop(columns=["kind", "via"]), fit)
        # Direct effects are the paths of the other tables, whose errors are those of the fit.
        paths = {name: numbers for name, numbers in self.sem.items() if name[1] == "~"}
        return {name: numbers for name, numbers in found.items() if name[1] in ("indirect", "total")} | paths

    def effects(self, engine: str) -> dict[Name, Numbers]:
        """Return the direct, indirect and total effects of an engine among its numbers."""
        return self.sem_effects if engine == "sem" else self.pls

    @cached_property
    def pls(self) -> dict[Name, Numbers]:
        """PLS estimates by name: `est`, and with a bootstrap `se p ci_low ci_high`."""
        fit, draws = self.findings.pls, self.findings.draws
        if fit is None:
            return {}
        if draws is not None:
            return by_name(draws.table(level=self.findings.level), fit)
        values = fit.values() if fit.converged else [NAN] * len(fit.quantities)
        return {
            (one.lhs, one.op, one.rhs): {"est": float(value)} for one, value in zip(fit.quantities, values, strict=True)
        }

    @cached_property
    def decisions(self) -> dict[str, dict[str, str]]:
        """Per hypothesis the decision of each engine; empty where its fit cannot be trusted."""
        frame = self.findings.hypotheses
        if frame is None:
            return {}
        trusted = {"sem": trustworthy(self.findings.sem), "pls": trustworthy(self.findings.pls)}
        return {
            str(row["hypothesis"]): {engine: str(row[f"{engine}_decision"]) * ok for engine, ok in trusted.items()}
            for row in frame.to_dict("records")
        }

    # -- words ---------------------------------------------------------------------------------------------

    def method(self, fit: SemFit) -> str:
        """Return how a fit of the covariance engine was estimated: `maximum likelihood`."""
        key = discrepancy_of(fit)
        return self.words(f"table.fit.method_{key}", estimator=fit.request.estimator)

    @property
    def percent(self) -> str:
        """The level of the intervals, in per cent."""
        return f"{100 * self.findings.level:g}".replace(".", self.words("number.decimal"))

    @property
    def percent_left(self) -> str:
        """What the level of the intervals leaves, in per cent."""
        return f"{100 - 100 * self.findings.level:.10g}".replace(".", self.words("number.decimal"))

    @property
    def alpha(self) -> str:
        """The level of significance as a sentence writes it."""
        text = f"{1 - self.findings.level:.10g}"
        return text[1:] if self.language == "en" else text.replace(".", self.words("number.decimal"))

    @property
    def drawn(self) -> int:
        """How many bootstrap draws gave an estimate."""
        draws = self.findings.draws
        return 0 if draws is None else len(draws.values) - draws.n_failed

    @property
    def sem_drawn(self) -> str:
        """How many draws of the covariance-based fit there are, and of what; empty where there are none."""
        draws = self.findings.sem_draws
        if draws is None:
            return ""
        kind = "monte_carlo" if draws.fit is None else "bootstrap"
        return self.words(f"drawn.{kind}", draws=len(draws.values) - draws.n_failed)

    @property
    def ci(self) -> str:
        """The header of a column of intervals."""
        return self.words("head.ci", percent=self.percent)

    def distrust(self, *engines: str) -> tuple[Note, ...]:
        """Return the note that stands first where a table shows numbers of fits that cannot be trusted.

        Parameters
        ----------
        *engines
            Fields of the findings: `cfa`, `sem`, `pls`.
        """
        notes = []
        for engine in dict.fromkeys(engines):
            fit = getattr(self.findings, engine)
            faults = [] if fit is None else [one for one in fit.problems if one.severity == "error"]
            if faults:
                told = " ".join(self.problem(one) for one in faults)
                start = self.words("note.distrust", fit=self.words(f"fit.{engine}"))
                notes.append(Note("general", f"**{start}** {told}"))
        return tuple(notes)

    def problem(self, problem: Problem) -> str:
        """Return a problem in the language of the report, constructs by name; in English where it has no words."""
        key = f"problem.{problem.code}"
        about = self.words.listing([literal(self.construct(name)) for name in problem.about]) if problem.about else ""
        if self.words.has(key) and (about or "<about>" not in dict(self.words.texts)[key]):
            # Of a construct and its items, the construct stands first.
            first, *rest = [literal(self.construct(name)) for name in problem.about] or [""]
            return self.words(key, about=about, first=first, rest=self.words.listing(rest) if rest else "")
        text = re.sub(r"(?<![\w-])-(?=\d)", "−", literal(problem.text))
        for name in problem.about:
            text = text.replace(f"'{literal(name)}'", literal(self.construct(name)))
        return text

    @cached_property
    def answered(self) -> dict[str, int]:
        """How many rows answer every item of a reflective construct of several items; {} where no answer is missing."""
        responses, model = self.findings.responses, self.findings.model
        asked = [name for name in model.observed if responses is not None and name in responses.columns]
        if responses is None or not asked:
            return {}
        gaps = {name: np.isnan(responses.column(name)) for name in asked}
        if not any(gap.any() for gap in gaps.values()):
            return {}
        return {
            block.construct: int((~np.any([gaps[item] for item in block.items], axis=0)).sum())
            for block in model.blocks
            if block.kind == "reflective" and len(block.items) > 1 and set(block.items) <= gaps.keys()
        }

    def note(self, key: str, **values: Any) -> Note:  # noqa: ANN401 - as Words
        """Return a general note."""
        return Note("general", self.words(key, **values))


def by_name(frame: pd.DataFrame, fit: SemFit | PlsFit) -> dict[Name, Numbers]:
    """Return the numbers of a frame by `lhs op rhs`; NaN throughout where the fit did not converge."""
    columns = [name for name in frame.columns if name not in ("lhs", "op", "rhs", "label")]
    return {
        (str(row["lhs"]), str(row["op"]), str(row["rhs"])): {
            name: float(row[name]) if fit.converged else NAN for name in columns
        }
        for row in frame.to_dict("records")
    }


def trustworthy(fit: SemFit | PlsFit | None) -> bool:
    """Say whether there is a fit and no problem of it is an error."""
    return fit is not None and fit.converged and fit.trustworthy


def ordered(fit: SemFit) -> tuple[str, ...]:
    """Return the variables whose answers a fit takes for ordered categories."""
    return names_of(fit.request.ordered)


def discrepancy_of(fit: SemFit) -> str:
    """Return the key of the words for what a fit minimised: least squares of ordered answers is another thing."""
    name = fit.request.recipe.discrepancy
    return f"{name}_ordered" if name == "wls" and ordered(fit) else name


def robust(fit: SemFit) -> bool:
    """Say whether a fit's standard errors hold for answers that are not normal."""
    return str(fit.request.recipe.se).startswith("robust")


def number(numbers: Numbers | None, name: str) -> float:
    """Return one number, NaN where it is lacking."""
    return NAN if numbers is None else float(numbers.get(name, NAN))


def interval(numbers: Numbers | None) -> Interval:
    """Return the interval of an estimate, NaN where it is lacking."""
    return Interval(number(numbers, "ci_low"), number(numbers, "ci_high"))


def at(frame: pd.DataFrame, row: str, column: str) -> float:
    """Return one number of a frame."""
    value: Any = frame.loc[row, column]
    return float(value)


def column_of(frame: pd.DataFrame, column: str) -> dict[str, float]:
    """Return a column of a frame by its index, without what is NaN."""
    pairs: dict[Any, Any] = frame[column].dropna().to_dict()
    return {str(name): float(value) for name, value in pairs.items()}
