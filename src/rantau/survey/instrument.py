"""The instrument: what was asked, on which scale, to measure what."""

from __future__ import annotations

import math

from rantau.errors import SurveyError, unknown
from rantau.record import Record
from rantau.survey.text import token


class Wording(Record):
    """A text in one or several languages.

    Attributes
    ----------
    texts
        Pairs of language and text, in the order of the survey's languages.
    """

    texts: tuple[tuple[str, str], ...]

    def text(self, language: str) -> str:
        """Return the text in a language; in the first language where that one is lacking.

        Examples
        --------
        >>> Wording((("en", "Image"), ("id", "Citra"))).text("id")
        'Citra'
        """
        return dict(self.texts).get(language, self.texts[0][1])


class Scale(Record):
    """The answers that an item allows: whole numbers between two bounds, with labels.

    Attributes
    ----------
    name
        How items refer to it.
    minimum, maximum
        The declared bounds, whatever was observed.
    labels
        Pairs of language and labels: one label per point, or only the two ends; empty without labels.
    """

    name: str
    minimum: int
    maximum: int
    labels: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def points(self) -> int:
        """How many answers there are."""
        return self.maximum - self.minimum + 1

    def label_set(self, language: str) -> tuple[str, ...]:
        """Return the labels in a language; in the first where that one is lacking; () without labels."""
        if not self.labels:
            return ()
        return dict(self.labels).get(language, self.labels[0][1])

    @property
    def meanings(self) -> tuple[tuple[str, int], ...]:
        """Pairs of a label, in the form in which cells are compared, and the point it stands for."""
        found: list[tuple[str, int]] = []
        for _, labels in self.labels:
            ends = len(labels) == 2
            points = (self.minimum, self.maximum) if ends else range(self.minimum, self.maximum + 1)
            found += [(token(label), point) for label, point in zip(labels, points, strict=True)]
        return tuple(found)


class Item(Record):
    """One question.

    Attributes
    ----------
    code
        The name of its column in the answers and in model files.
    construct
        The code of the construct it measures.
    wording
        The question as asked.
    scale
        The answers it allows.
    reversed
        Whether a high answer means little of the construct.
    missing
        What is written in the file where there is no answer.
    source, theory, passage
        Where it comes from, the theory behind it, the passage it rests on; each may be empty.
    """

    code: str
    construct: str
    wording: Wording
    scale: Scale
    reversed: bool
    missing: tuple[str, ...]
    source: str
    theory: str
    passage: str


class Construct(Record):
    """What a set of items, or of other constructs, measures.

    Attributes
    ----------
    code
        Its name in model files.
    name, definition
        For readers.
    theory, source
        Where it comes from; each may be empty.
    items
        At least one; none where it is of higher order.
    parts
        The codes of the constructs that a higher-order construct is made of; otherwise empty.
    instruction
        What respondents read above its items, such as how the scale is meant; None without.
    """

    code: str
    name: Wording
    definition: Wording
    theory: str
    source: str
    items: tuple[Item, ...]
    parts: tuple[str, ...] = ()
    instruction: Wording | None = None


class AttentionCheck(Record):
    """A question whose right answer is known, to find respondents who do not read.

    Attributes
    ----------
    code
        The name of its column in the answers.
    wording
        The question as asked, such as "Please choose 'Agree' here."
    scale
        The answers it allows.
    answer
        The right one, a point of the scale.
    missing
        What is written in the file where there is no answer.
    source
        Where it comes from; may be empty.
    """

    code: str
    wording: Wording
    scale: Scale
    answer: int
    missing: tuple[str, ...] = ()
    source: str = ""


class Category(Record):
    """One answer of a question on the respondent.

    Attributes
    ----------
    code
        As written in the file of answers.
    label
        As respondents read it.
    """

    code: str
    label: Wording


class Demographic(Record):
    """A question on who answers: sex, age, size of the firm.

    Attributes
    ----------
    code
        The name of its column in the answers.
    wording
        The question as asked.
    kind
        `one` of the categories, `several` of them, a `number`, or a `text`.
    categories
        The answers to choose from; none for a number or a text.
    minimum, maximum
        The bounds of a number; None where there is none.
    missing
        What is written in the file where there is no answer.
    source
        Where it comes from; may be empty.
    eligible
        The codes of the categories whom the survey is for; empty where it is for all.
    name
        What reports call it; None for the question as asked.
    """

    code: str
    wording: Wording
    kind: str
    categories: tuple[Category, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    missing: tuple[str, ...] = ()
    source: str = ""
    eligible: tuple[str, ...] = ()
    name: Wording | None = None

    @property
    def label(self) -> Wording:
        """What reports call it: its name, or the question as asked."""
        return self.wording if self.name is None else self.name

    def allows(self, number: float) -> bool:
        """Say whether a number lies within the bounds; NaN never does."""
        low = -math.inf if self.minimum is None else self.minimum
        high = math.inf if self.maximum is None else self.maximum
        return low <= number <= high

    @property
    def several_categories(self) -> bool:
        """Whether there are more categories than two, so that their codes as numbers say more than yes or no."""
        return self.kind == "one" and len(self.categories) > 2

    @property
    def meanings(self) -> tuple[tuple[str, str], ...]:
        """Pairs of a code or label, in the form in which cells are compared, and the category's code."""
        labels = [(token(text), each.code) for each in self.categories for _, text in each.label.texts]
        return (*((token(each.code), each.code) for each in self.categories), *labels)


#: Whatever is asked of a respondent.
Question = Item | AttentionCheck | Demographic


class Survey(Record):
    """An instrument: constructs, their items, and the scales these are answered on.

    Attributes
    ----------
    title
        For readers.
    languages
        The first is the one fallen back to.
    source
        The citation of the instrument.
    constructs, scales
        In the order of the file; constructs of higher order stand among the others.
    file
        Where it was read from.
    attention_checks, demographics
        What is asked beside the items; their columns are among the `extras` of answers.
    order
        The codes of all questions in the order in which they are presented; empty means items, then attention
        checks, then demographics.
    introduction
        What respondents read first; None without.
    order_stated
        Whether the instrument says in which order questions are presented; otherwise `order` is that of the file.
    """

    title: Wording
    languages: tuple[str, ...]
    source: str
    constructs: tuple[Construct, ...]
    scales: tuple[Scale, ...]
    file: str
    attention_checks: tuple[AttentionCheck, ...] = ()
    demographics: tuple[Demographic, ...] = ()
    order: tuple[str, ...] = ()
    introduction: Wording | None = None
    order_stated: bool = False

    @property
    def measured(self) -> tuple[Construct, ...]:
        """The constructs that have items of their own: all but those of higher order."""
        return tuple(construct for construct in self.constructs if construct.items)

    @property
    def items(self) -> tuple[Item, ...]:
        """All items, construct by construct."""
        return tuple(item for construct in self.constructs for item in construct.items)

    @property
    def questions(self) -> tuple[Question, ...]:
        """All that is asked, in the order of presentation."""
        every: tuple[Question, ...] = (*self.items, *self.attention_checks, *self.demographics)
        if not self.order:
            return every
        by_code = {question.code: question for question in every}
        return tuple(by_code[code] for code in self.order)

    def items_of(self, code: str) -> tuple[Item, ...]:
        """Return the items of a construct; of a higher-order one, those of all its parts, each once.

        Raises
        ------
        SurveyError
            If there is no such construct.
        """
        construct = self.construct(code)
        found = [*construct.items, *(item for part in construct.parts for item in self.items_of(part))]
        return tuple({item.code: item for item in found}.values())

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of all items, in order."""
        return tuple(item.code for item in self.items)

    def names(self, language: str) -> tuple[tuple[str, str], ...]:
        """Return pairs of a code and what readers call it: a name, or where a question has none, its wording.

        Parameters
        ----------
        language
            The instrument's first language stands in where it lacks this one.
        """
        constructs = tuple((one.code, one.name.text(language)) for one in self.constructs)
        return (*constructs, *((one.code, one.label.text(language)) for one in self.demographics))

    def construct(self, code: str) -> Construct:
        """Return a construct by its code.

        Raises
        ------
        SurveyError
            If there is none, with the nearest code.
        """
        for construct in self.constructs:
            if construct.code == code:
                return construct
        raise SurveyError(unknown("construct", code, [each.code for each in self.constructs], where=self.file))

    def demographic(self, code: str) -> Demographic | None:
        """Return a question on the respondent by its code; None if there is none."""
        return next((question for question in self.demographics if question.code == code), None)

    def item(self, code: str) -> Item:
        """Return an item by its code.

        Raises
        ------
        SurveyError
            If there is none, with the nearest code.
        """
        for item in self.items:
            if item.code == code:
                return item
        raise SurveyError(unknown("item", code, self.codes, where=self.file))
