"""propose_survey(): an instrument as far as answers show it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path

import numpy as np

from rantau.errors import OptionError, ResponseError, listing, unknown
from rantau.options import by_name, choose
from rantau.record import Record
from rantau.survey.guess_checks import told_answer
from rantau.survey.guess_keys import likely_reversed
from rantau.survey.guess_scale import BARE, LABELLED, WORDS, Answers, Found, answers_of, scales_of
from rantau.survey.open_file import open_sheet, told_twice
from rantau.survey.platform import bracketed
from rantau.survey.platforms import ROWS as PLATFORMS
from rantau.survey.proposal import (
    GuessedCheck,
    GuessedConstruct,
    GuessedDemographic,
    GuessedItem,
    GuessedScale,
    Proposal,
)
from rantau.survey.reader import Asked
from rantau.survey.sheet import Column, Sheet, shown
from rantau.survey.text import token

_CODE = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
#: `TR1. I trust them`: the code before a question.
_CODED = re.compile(r"\[?([A-Za-z_][A-Za-z0-9_.]*\d)\]?\s*(?:[.:)]|\s[-–—])\s+(\S.*)", re.DOTALL)
#: `DE_3` and `de3a`: a family and a number in it.
_NUMBERED = re.compile(r"(.*?[A-Za-z].*?)[_.]?\d+[A-Za-z]?")
#: Answers of a question on the respondent that still count as categories.
_MOST_CATEGORIES = 12
#: Names before a number that say nothing of what is measured, in lower case.
_NUMBERING = ("q", "v", "x", "p", "no", "item", "var", "question", "pertanyaan", "soal", "butir", "col", "column")
#: What questions with the same labels and no codes are put under.
_POOLED = "Items"


class _Question(Record):
    """A column that may be a question: its code, its wording, and the family it belongs to by its name.

    The code is `running` where the file has none, and it is the number of the question; also for a row of a grid.
    """

    code: str
    wording: str
    family: str
    column: Column
    answers: Answers
    running: bool


def propose_survey(
    path: str | Path,
    *,
    decide: Mapping[str, str] | None = None,
    sheet: str = "",
    encoding: str = "",
    delimiter: str = "",
) -> Proposal:
    """Propose an instrument from the export of a form tool.

    Columns that share a name but for its number are taken for the items of a construct; their scale is recognised
    from all their answers together; an item that runs against the others of its construct is taken for reversed, and
    a question that says what to answer, as most did, for an attention check. All of it is marked as a guess. What the
    answers do not show is left undecided, with the choices.

    Parameters
    ----------
    path
        Any file that `read_responses` reads.
    decide
        Scales of constructs that an earlier proposal left undecided, such as `{"TR": "points1to7"}`.
    sheet, encoding, delimiter
        As for `read_responses`.

    Returns
    -------
    Proposal
        With `.text`, the instrument file; `.doubts`, what is to be decided; `.model`, the measurement part.

    Raises
    ------
    ResponseError
        If the file cannot be read, or holds nothing like a rated question.
    OptionError
        If what is decided is no doubt, or none of its choices.

    Examples
    --------
    >>> proposal = propose_survey("surveys/mobile/responses.csv")
    >>> proposal.constructs[0].code, [item.code for item in proposal.constructs[0].items], proposal.doubts
    ('CUEX', ['CUEX1', 'CUEX2', 'CUEX3'], ())
    """
    opened = open_sheet(path, Asked(encoding, delimiter, sheet, ()))
    told_twice(opened, opened.header)
    questions, left_out = _questions(opened)
    families: dict[str, list[_Question]] = defaultdict(list)
    for question in questions:
        families[question.family].append(question)
    blocks = [(family, group) for name, each in families.items() if name for family, group in _alike(name, each)]
    blocks = [(family, group) for family, group in blocks if len(group) > 1]
    found = scales_of([[question.answers for question in group] for _, group in blocks])
    rated = [(family, group, each) for (family, group), each in zip(blocks, found, strict=True) if each is not None]
    taken = {question.code for _, group, _ in rated for question in group}
    single = list(_singles([question for question in questions if question.code not in taken], rated))
    rated += single
    if not rated:
        raise ResponseError(
            f"{path}: no column looks like a rated question: none holds whole numbers of a scale, or its labels. "
            f"Columns: {listing(shown(opened.header))}."
        )
    taken |= {question.code for _, group, _ in single for question in group}
    order = {question.code: place for place, question in enumerate(questions)}
    rated.sort(key=lambda each: order[each[1][0].code])
    scales = _named([each for *_, each in rated])
    rated, checks = _without_checks(rated, scales)
    rest = [question for question in questions if question.code not in taken]
    demographics, others = _demographics(rest, len(opened.lines))
    proposal = Proposal(
        file=Path(path).name,
        n_obs=len(opened.lines),
        understood=_understood(opened),
        language=_language(found_each for *_, found_each in rated),
        scales=tuple(scales.values()),
        constructs=tuple(_constructs(rated, scales, {question.code for question in questions})),
        demographics=demographics,
        missing=_missing(question.answers for _, group, _ in rated for question in group),
        left_out=(*left_out, *others),
        checks=checks,
    )
    return _settled(proposal, by_name("decide", decide, "{'TR': 'points1to7'}"))


def _settled(proposal: Proposal, decide: Mapping[str, str]) -> Proposal:
    """Return the proposal with what the user decides."""
    doubts = {doubt.about: doubt for doubt in proposal.doubts}
    for construct, scale in decide.items():
        if construct not in doubts:
            if not doubts:
                raise OptionError(
                    "decide= settles what answers do not show, and these leave nothing open. Leave it out."
                )
            raise OptionError(unknown("doubt", construct, doubts, where="decide"))
        proposal = proposal.decided(construct, choose(f"scale of {construct}", scale, doubts[construct].choices))
    return proposal


def _understood(sheet: Sheet) -> str:
    tool = next((each.label for each in PLATFORMS if each.name == sheet.platform), "")
    laid_out = f", laid out by {tool}" if tool else ""
    return f"{Path(sheet.file).name}: {sheet.kind}{laid_out}; {len(sheet.lines)} rows, {len(sheet.columns)} columns."


def _questions(sheet: Sheet) -> tuple[list[_Question], list[tuple[str, str]]]:
    """Return the columns that may be questions, and the others with a reason."""
    own = sheet.own
    questions: list[_Question] = []
    left_out: list[tuple[str, str]] = []
    codes: set[str] = set()
    # A running number of ours is none by which the file calls another column.
    called = {_names(column, 0)[0] for column in sheet.columns}
    for place, column in enumerate(sheet.columns):
        if place in own or column.name == "simulated":
            left_out.append((column.name, "of the form tool itself"))
            continue
        answers = answers_of(column)
        if not column.name:
            left_out.append((f"column {place + 1}", "no name"))
            continue
        if not answers.cells:
            left_out.append((column.name, "no answers"))
            continue
        code, wording, stem = _names(column, 0)
        if code == "Q0":
            ours = (f"Q{number}" for number in count(len(questions) + 1))
            code = next(free for free in ours if free not in codes | called)
        elif code in codes or (code not in (column.name, *column.aliases) and code in sheet.header):
            # Two columns are called so: this one is known by its whole name.
            code, wording = f"{code}_{place + 1}", column.name
        codes.add(code)
        numbered, running = _NUMBERED.fullmatch(code), bool(stem) or not _coded(column, code)
        family = stem or (numbered[1].rstrip("_.") if numbered and not running else "")
        questions.append(_Question(code, wording, family, column, answers, running))
    return questions, left_out


def _coded(column: Column, code: str) -> bool:
    """Say whether the code is the file's own, and not a running number of ours."""
    return any(code == text or text.startswith((f"{code}.", f"{code} ", f"[{code}", f"{code}:", f"{code})"))
               for text in (column.name, *column.aliases, column.name.lstrip("[")))  # fmt: skip


def _names(column: Column, number: int) -> tuple[str, str, str]:
    """Return a code, the wording, and the question above the rows of a grid; empty where there is none."""
    names = (column.name, *column.aliases)
    code = next((name for name in names if _CODE.fullmatch(name)), "")
    parts = bracketed(column.name)
    if code:
        # A word in a grid, such as `Price`, is no code by which its rows belong together.
        word = len(parts) == 2 and code == parts[0] and not _NUMBERED.fullmatch(code) and " " in parts[1]
        return (code, parts[0], parts[1]) if word else (code, column.wording, "")
    coded = _CODED.fullmatch(column.name)
    if coded:
        return coded[1], coded[2].strip(), ""
    if len(parts) == 2:
        # Only where a tool is known to write grids so is a column known by what stands in the brackets.
        return f"Q{number}", parts[0] if parts[0] in column.aliases else column.name, parts[1]
    return f"Q{number}", column.wording or column.name, ""


def _alike(family: str, group: Sequence[_Question]) -> Iterator[tuple[str, list[_Question]]]:
    """Split a family by what its answers are: a prefix such as `Q` covers questions of all sorts."""
    kinds: dict[tuple[object, ...], list[_Question]] = defaultdict(list)
    for question in group:
        answers = question.answers
        if answers.kind:
            kinds[answers.kind, answers.labels if answers.kind == LABELLED else ()].append(question)
    for number, kind in enumerate(kinds):
        yield (family if not number else f"{family}_{number + 1}"), kinds[kind]


def _singles(
    rest: Sequence[_Question], rated: Sequence[tuple[str, list[_Question], Found]]
) -> Iterator[tuple[str, list[_Question], Found]]:
    """Yield questions that share no name with others and are answered on a rating scale all the same.

    Words show by themselves that they are a rating. Bare numbers are one where they span a whole scale that other
    columns have, or part of it under a name that begins like theirs.
    """
    exact = [block for _, block, found in rated if len(found.choices) == 1]
    bounds = {(scale.minimum, scale.maximum) for *_, found in rated for scale in found.choices}
    families = tuple(f"{family}_" for family, *_ in rated)
    worded = [question for question in rest if question.answers.kind == WORDS]
    for question in rest:
        if not question.answers.kind or question in worded:
            continue
        others = [[each.answers for each in block] for block in exact]
        found = scales_of([*others, [question.answers]])[-1]
        if found is None or len(found.choices) > 1:
            continue
        if question.answers.kind == BARE:
            known = question.answers.bounds in bounds and found.choices[0].maximum - found.choices[0].minimum >= 4
            if not (known or question.code.startswith(families)):
                continue
        yield f"{question.code}_construct", [question], found
    for number, (group, found) in enumerate(_pooled(worded)):
        if len(group) == 1:
            yield f"{group[0].code}_construct", group, found
        else:
            yield (_POOLED if not number else f"{_POOLED}_{number + 1}"), group, found


def _pooled(worded: Sequence[_Question]) -> Iterator[tuple[list[_Question], Found]]:
    """Put questions with the same labels together; those of which few labels were chosen, where they fit."""
    groups: dict[str, list[_Question]] = defaultdict(list)
    unclear: list[_Question] = []
    for question in worded:
        found = scales_of([[question.answers]])[0]
        if found is not None and len(found.choices) == 1:
            groups[found.choices[0].name + found.language].append(question)
        elif found is not None:
            unclear.append(question)
    for question in unclear:
        for group in groups.values():
            both = scales_of([[*(each.answers for each in group), question.answers]])[0]
            if both is not None and len(both.choices) == 1:
                group.append(question)
                break
    place = {question.code: number for number, question in enumerate(worded)}
    for group in groups.values():
        group.sort(key=lambda question: place[question.code])
        found = scales_of([[question.answers for question in group]])[0]
        if found is not None:
            yield group, found


def _named(found: Iterable[Found]) -> dict[tuple[object, ...], GuessedScale]:
    """Return each different scale once, under a name of its own."""
    scales: dict[tuple[object, ...], GuessedScale] = {}
    names: Counter[str] = Counter()
    for each in found:
        for scale in each.choices:
            key = (scale.minimum, scale.maximum, scale.labels)
            if key not in scales:
                names[scale.name] += 1
                again = names[scale.name]
                scales[key] = scale if again == 1 else scale.replace(name=f"{scale.name}_{again}")
    return scales


def _without_checks(
    rated: Sequence[tuple[str, list[_Question], Found]], scales: Mapping[tuple[object, ...], GuessedScale]
) -> tuple[list[tuple[str, list[_Question], Found]], tuple[GuessedCheck, ...]]:
    """Take out the questions that say what to answer."""
    kept: list[tuple[str, list[_Question], Found]] = []
    checks: list[GuessedCheck] = []
    last = ""
    for family, group, found in rated:
        asked: list[_Question] = []
        for question in group:
            scale, answer = found.choices[0], None
            if len(found.choices) == 1:
                values = found.numbers_of(question.answers)[question.column.places]
                answer = told_answer(question.wording, values, scale.minimum, scale.labels)
            if answer is None:
                asked.append(question)
                last = question.code
            else:
                name = scales[scale.minimum, scale.maximum, scale.labels].name
                checks.append(GuessedCheck(question.code, question.wording, name, answer, last))
        kept += [(family, asked, found)] if asked else []
    return (kept, tuple(checks)) if kept else (list(rated), ())


def _constructs(
    rated: Sequence[tuple[str, list[_Question], Found]],
    scales: Mapping[tuple[object, ...], GuessedScale],
    codes: set[str],
) -> Iterator[GuessedConstruct]:
    used = set(codes)
    for family, group, found in rated:
        code = re.sub(r"[^A-Za-z0-9_]+", "_", family).strip("_") or "Scale"
        # What stands above a grid is a sentence.
        code = "Grid" if len(code) > 40 or code.count("_") > 3 else code
        code = code if code[0].isalpha() else f"Scale_{code}"
        while code in used:
            code = f"{code}_scale"
        used.add(code)
        values = np.column_stack([found.numbers_of(question.answers)[question.column.places] for question in group])
        names = tuple(scales[scale.minimum, scale.maximum, scale.labels].name for scale in found.choices)
        if len(group) == 1:
            why = "a rated question by itself"
        elif group[0].running and not family.startswith(_POOLED):
            why = "the columns are the rows of one grid; DECIDE whether they measure one thing"
        elif group[0].running:
            why = "the columns have no codes; DECIDE which of them measure what, and make each its own construct"
        elif family.casefold() in _NUMBERING:
            why = "the columns are merely numbered; DECIDE which of them measure what, and make each its own construct"
        else:
            why = "the columns share a name but for its number"
        # Of questions that may measure several things it cannot be said which run against the others.
        keys = ((False, ""),) * len(group) if family.startswith(_POOLED) else likely_reversed(values)
        items = tuple(
            GuessedItem(question.code, question.wording, turned, reason)
            for question, (turned, reason) in zip(group, keys, strict=True)
        )
        grid = family if group[0].running and len(group) > 1 and not family.startswith(_POOLED) else ""
        yield GuessedConstruct(code, items, names, why, found.doubt, grid)


def _demographics(
    rest: Sequence[_Question], n_obs: int
) -> tuple[tuple[GuessedDemographic, ...], list[tuple[str, str]]]:
    """Return questions on the respondent, and columns that are none."""
    found: list[GuessedDemographic] = []
    left_out: list[tuple[str, str]] = []
    for question in rest:
        cells, numeric = question.answers.cells, question.answers.numeric
        labels = dict(question.column.labels)
        if len(cells) <= _MOST_CATEGORIES and (not numeric or len(cells) <= 6 or labels):
            ordered = sorted(cells, key=float) if numeric else cells
            pairs = tuple((cell, labels.get(cell, cell)) for cell in ordered)
            if len({token(cell) for cell in cells}) == len(cells) and len(cells) * 2 <= max(n_obs, 4):
                found.append(GuessedDemographic(question.code, question.wording, "one", pairs, "few different answers"))
                continue
        if numeric and len(cells) < n_obs:
            found.append(GuessedDemographic(question.code, question.wording, "number", (), "whole numbers"))
        elif len(cells) > n_obs / 2:
            left_out.append((question.column.name, "nearly every row has an answer of its own"))
        else:
            found.append(GuessedDemographic(question.code, question.wording, "text", (), "many different texts"))
    return tuple(found), left_out


def _missing(answers: Iterable[Answers]) -> tuple[str, ...]:
    """Return what means no answer; empty cells always do."""
    return tuple(dict.fromkeys(["", *(cell for each in answers for cell in each.missing)]))


def _language(found: Iterable[Found]) -> str:
    """Return the language that most labels are in; English where there are none."""
    languages = Counter(each.language.partition(",")[0] for each in found if each.language)
    return languages.most_common(1)[0][0] if languages else "en"
