"""How a questionnaire is laid out, whatever the tool: parts of questions that look alike, in order."""

from __future__ import annotations

from rantau.record import Record
from rantau.survey.instrument import AttentionCheck, Demographic, Item, Question, Scale, Survey, Wording

#: Beyond these, answers are written as a number instead of being chosen from a row.
MOST_CHOICES = 11
#: Rows under one heading; more are tiresome to read, on paper as on a telephone.
_MOST_ROWS = 12

#: Names of languages as their speakers write them; others go by their code.
_NAMES = {"en": "English", "id": "Bahasa Indonesia", "ms": "Bahasa Melayu", "jv": "Basa Jawa"}


class Part(Record):
    """Questions under one heading.

    Attributes
    ----------
    questions
        In order; all rated on one scale, or all on the respondent.
    scale
        The scale of all of them; None for questions on the respondent.
    instruction
        What stands above them; None without.
    """

    questions: tuple[Question, ...]
    scale: Scale | None
    instruction: Wording | None


def parts_of(survey: Survey) -> tuple[Part, ...]:
    """Return the parts of a questionnaire in the order of presentation.

    A part ends where the scale or the instruction changes, where a construct ends whose items stand together, and
    after twelve rows. The names of constructs are not shown: they would tell respondents what is expected of them.

    Parameters
    ----------
    survey
        The instrument.
    """
    together = _standing_together(survey)
    instructions = {construct.code: construct.instruction for construct in survey.constructs}
    found: list[list[Question]] = []
    keys: list[object] = []
    for question in survey.questions:
        if isinstance(question, Demographic):
            key: object = "respondent"
        elif isinstance(question, Item):
            block = question.construct if question.construct in together else ""
            key = (question.scale, instructions[question.construct], block)
        else:
            # An attention check hides among the items around it.
            before = keys[-1] if keys else None
            alike = isinstance(before, tuple) and before[0] == question.scale
            key = before if alike else (question.scale, None, "")
        if not keys or keys[-1] != key or (len(found[-1]) >= _MOST_ROWS and key != "respondent"):
            found.append([])
            keys.append(key)
        found[-1].append(question)
    return tuple(
        Part(tuple(rows), *(key[:2] if isinstance(key, tuple) else (None, None)))
        for rows, key in zip(found, keys, strict=True)
    )


def _standing_together(survey: Survey) -> set[str]:
    """Return the constructs whose items follow one another, but for attention checks."""
    runs: list[str] = []
    for question in survey.questions:
        code = question.construct if isinstance(question, Item) else ""
        if not isinstance(question, AttentionCheck) and (not runs or runs[-1] != code):
            runs.append(code)
    return {code for code in runs if code and runs.count(code) == 1}


def choices_of(scale: Scale, language: str) -> tuple[tuple[int, str], ...]:
    """Return each point with its text: its label, or where it has none the number itself."""
    labels = scale.label_set(language)
    points = range(scale.minimum, scale.maximum + 1)
    if len(labels) == scale.points:
        return tuple(zip(points, labels, strict=True))
    ends = dict(zip((scale.minimum, scale.maximum), labels, strict=True)) if labels else {}
    return tuple((point, ends.get(point, str(point))) for point in points)


def language_name(language: str) -> str:
    """Return a language's own name."""
    return _NAMES.get(language, language)
