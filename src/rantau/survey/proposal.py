"""What is guessed of an instrument from its answers, and how that is written down."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping

from rantau.errors import listing
from rantau.record import Record

#: Stands for a scale that is not decided: no scale can be called so, and reading the instrument says which can.
UNDECIDED = "?"


class GuessedScale(Record):
    """A scale: its name, bounds, labels (one per point, two for the ends, or none), and what speaks for it."""

    name: str
    minimum: int
    maximum: int
    labels: tuple[str, ...]
    why: str


class GuessedItem(Record):
    """An item: its code, its wording (empty where the file has none), whether it runs against the others, and why."""

    code: str
    wording: str
    reversed: bool = False
    why: str = ""


class GuessedConstruct(Record):
    """A construct: its items and the names of the scales it could have; more than one is for the user to decide.

    `name` is what stands above its items in the form, where they are the rows of a grid.
    """

    code: str
    items: tuple[GuessedItem, ...]
    scales: tuple[str, ...]
    why: str
    doubt: str = ""
    name: str = ""


class GuessedDemographic(Record):
    """A question on the respondent, with the cells that become its categories."""

    code: str
    wording: str
    kind: str
    categories: tuple[tuple[str, str], ...]
    why: str


class GuessedCheck(Record):
    """An attention check: its scale, the answer that it asks for, and the question behind which it stands."""

    code: str
    wording: str
    scale: str
    answer: int
    after: str


class Doubt(Record):
    """What the user must decide.

    Attributes
    ----------
    about
        The code of a construct.
    text
        What makes it unclear.
    choices
        Names of scales, the likeliest first.
    """

    about: str
    text: str
    choices: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.about}: {self.text} Choices: {' or '.join(self.choices)}."


class Proposal(Record):
    """An instrument as far as answers show it.

    Attributes
    ----------
    file
        The answers.
    n_obs
        How many rows they have.
    understood
        What kind of file they are in.
    language
        Of the labels and wordings.
    scales, constructs, demographics
        As guessed.
    missing
        What means no answer.
    left_out
        Pairs of a column's name and why it is no question.
    checks
        Questions that say what to answer.
    """

    file: str
    n_obs: int
    understood: str
    language: str
    scales: tuple[GuessedScale, ...]
    constructs: tuple[GuessedConstruct, ...]
    demographics: tuple[GuessedDemographic, ...]
    missing: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]
    checks: tuple[GuessedCheck, ...] = ()

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """What the user must decide before the instrument can be read."""
        return tuple(Doubt(each.code, each.doubt, each.scales) for each in self.constructs if len(each.scales) > 1)

    @property
    def text(self) -> str:
        """The instrument file, its guesses marked."""
        return "\n".join(_lines(self)) + "\n"

    def decided(self, construct: str, scale: str) -> Proposal:
        """Return the proposal with one doubt settled."""
        chosen = tuple(
            each.replace(scales=(scale,), why=f"{each.why}; scale as decided") if each.code == construct else each
            for each in self.constructs
        )
        return self.replace(constructs=chosen)

    @property
    def model(self) -> str:
        """A model file with the measurement part alone."""
        width = max((len(each.code) for each in self.constructs), default=0)
        lines = [f"{each.code:{width}} =~ {' + '.join(item.code for item in each.items)}" for each in self.constructs]
        head = [
            "# The measurement part, from the proposed instrument. Add what you claim, such as",
            "#   Loyalty ~ Trust    # H1 (+) Trust raises loyalty",
            "",
        ]
        return "\n".join([*head, *lines]) + "\n"

    def plan(self, name: str, responses: str, reading: Mapping[str, str]) -> str:
        """Return the study plan that goes with it, by the covariance engine alone: the model has no paths yet.

        Parameters
        ----------
        name
            Of the study, as its files are called.
        responses
            The name of the file with the answers.
        reading
            How it is read, by the keys of `[data]`; empty for what it shows.
        """
        told = "".join(f"{key} = {_quoted(value)}\n" for key, value in reading.items() if value)
        return f"""# Run it with:  rantau run analysis/{name}.toml
title = {{ {self.language} = "Untitled" }}  # WRITE
survey = "../surveys/{name}/instrument.toml"
model = "../models/{name}.sem"
output = "../reports/{name}"
engines = ["covariance"]  # as soon as the model has a path: ["covariance", "pls"]

[data]
responses = "../surveys/{name}/{responses}"
{told}# source = "Author (year)"  # whose answers they are, unless they are your own

[screen]
exclude = []  # rules whose flagged rows are left out; `rantau list screens` shows every rule

[report]
language = "{self.language}"
"""

    def __str__(self) -> str:
        items = sum(len(each.items) for each in self.constructs)
        return (
            f"Proposal from {self.file}: {len(self.constructs)} constructs, {items} items, {len(self.demographics)} "
            f"questions on the respondent, {len(self.doubts)} to decide"
        )

    __repr__ = __str__


def _quoted(text: str) -> str:
    """Return a text as TOML has it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _lines(proposal: Proposal) -> Iterator[str]:
    language = proposal.language

    def worded(text: str) -> str:
        return f"{{ {language} = {_quoted(text)} }}"

    yield "#:schema instrument.schema.json"
    yield f"# Proposed from {_plain(proposal.understood)}"
    yield "# GUESS: worked out from the answers; see whether it is right."
    yield "# DECIDE: the answers do not show it; put one of the choices in the place of '?'."
    yield "# WRITE: the file does not hold it."
    yield ""
    yield f"title = {worded('Untitled')}  # WRITE"
    yield f'languages = ["{language}"]  # GUESS; with more, every text is written in each'
    yield 'source = ""  # WRITE: where the items come from'
    yield f"missing = [{', '.join(map(_quoted, proposal.missing))}]  # GUESS: what means no answer"
    for scale in proposal.scales:
        yield from ("", f"[scales.{scale.name}]  # GUESS: {_plain(scale.why)}")
        yield from (f"minimum = {scale.minimum}", f"maximum = {scale.maximum}")
        if scale.labels:
            yield f"labels.{language} = [{', '.join(map(_quoted, scale.labels))}]"
        else:
            yield f'# labels.{language} = ["...", "..."]  # WRITE: one for each point, or the two ends'
    for construct in proposal.constructs:
        yield from _construct(construct, worded)
    for check in proposal.checks:
        yield from ("", "[[attention_checks]]  # GUESS: it says what to answer", f"code = {_quoted(check.code)}")
        yield from (f"wording = {worded(check.wording)}", f"scale = {_quoted(check.scale)}", f"answer = {check.answer}")
        yield from ((f"after = {_quoted(check.after)}",) if check.after else ())
    for question in proposal.demographics:
        yield from ("", f"[[demographics]]  # GUESS: {_plain(question.why)}", f"code = {_quoted(question.code)}")
        yield f"wording = {worded(question.wording or question.code)}{'' if question.wording else '  # WRITE'}"
        if question.categories:
            yield "categories = ["
            for code, label in question.categories:
                unknown = "  # WRITE: what it means" if code == label and code.lstrip("-").isdecimal() else ""
                yield f"  {{ code = {_quoted(code)}, label = {worded(label)} }},{unknown}"
            yield "]"
        else:
            yield f'kind = "{question.kind}"'
    if proposal.left_out:
        yield from ("", "# Columns that are no questions here; they are kept beside the answers:")
        yield from (f"#   {_plain(name)}: {_plain(why)}" for name, why in proposal.left_out)


def _construct(construct: GuessedConstruct, worded: Callable[[str], str]) -> Iterator[str]:
    decided = len(construct.scales) == 1
    yield from ("", "", f"[[constructs]]  # GUESS: {_plain(construct.why)}")
    yield f"code = {_quoted(construct.code)}"
    yield f"name = {worded(construct.name or construct.code)}  # WRITE"
    if decided:
        yield f"scale = {_quoted(construct.scales[0])}"
    else:
        yield f"scale = {_quoted(UNDECIDED)}  # DECIDE: {' or '.join(construct.scales)}. {_plain(construct.doubt)}"
    for item in construct.items:
        yield from ("", "[[constructs.items]]", f"code = {_quoted(item.code)}")
        yield f"wording = {worded(item.wording or item.code)}{'' if item.wording else '  # WRITE'}"
        if item.reversed:
            yield f"reversed = true  # GUESS: {_plain(item.why)}"
        elif item.why:
            yield f"reversed = false  # DECIDE: {_plain(item.why)}"


def _plain(text: str) -> str:
    """Return a text that stays within its comment."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def summary(proposal: Proposal) -> Iterator[str]:
    """Yield what a user should look at first, a line each."""
    yield proposal.understood
    for construct in proposal.constructs:
        codes = listing((f"{item.code}{' (reversed?)' if item.reversed else ''}" for item in construct.items), most=8)
        yield f"{construct.code}: {codes}; scale {' or '.join(construct.scales)}"
    if proposal.checks:
        yield f"Attention checks: {listing(each.code for each in proposal.checks)}"
    if proposal.demographics:
        yield f"On the respondent: {listing(each.code for each in proposal.demographics)}"
    if proposal.left_out:
        yield f"No questions: {listing(name for name, _ in proposal.left_out)}"
