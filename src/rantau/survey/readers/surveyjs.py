"""JSON: the results of SurveyJS, one object for each respondent."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from rantau.errors import ResponseError
from rantau.files import read_text
from rantau.survey.reader import Asked, Reader
from rantau.survey.sheet import Source

#: How such a file begins; nothing but JSON does.
_BEGINS = (b"[{", b"[\n", b"[\r\n", b"[ ", b"[\t", b'{"', b"{\n", b"{\r\n", b"{ ")


def read(path: Path, asked: Asked) -> Source:
    """Open a JSON file of results.

    Parameters
    ----------
    path
        A list of objects, an object that holds such a list, or an object on each line. Several answers of one
        question are put between spaces; the rows of a matrix are columns by their own names.
    asked
        Not used: the file says all of it.

    Raises
    ------
    ResponseError
        If it is not JSON, or not a list of answers.
    """
    results = _results(path, read_text(path, what="answers", error=ResponseError))
    flat = [dict(_flat(result)) for result in results]
    # A row of a matrix goes by its own name, unless another question has that name too.
    paths = list(dict.fromkeys(path for result in flat for path in result))
    names = Counter(each[-1] for each in paths)
    header = [each[-1] if names[each[-1]] == 1 else ".".join(each) for each in paths]
    rows = [(number, [result.get(each, "") for each in paths]) for number, result in enumerate(flat, start=1)]
    return Source("JSON", iter([(0, header), *rows]), "row")


def _results(path: Path, text: str) -> list[dict[str, object]]:
    """Return the objects of a file."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as fault:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2 or not all(line.lstrip().startswith("{") for line in lines):
            raise ResponseError(f"{path}: not valid JSON: {fault}. Export the answers again.") from fault
        try:
            found = [json.loads(line) for line in lines]
        except (ValueError, RecursionError) as again:
            raise ResponseError(f"{path}: not valid JSON: {again}. Export the answers again.") from again
    if isinstance(found, dict):
        lists = [value for value in found.values() if isinstance(value, list) and value]
        found = lists[0] if len(lists) == 1 and all(isinstance(each, dict) for each in lists[0]) else [found]
    if not isinstance(found, list) or not found or not all(isinstance(each, dict) and each for each in found):
        raise ResponseError(f"{path}: this JSON is no list of answers: each respondent must be an object in one list.")
    if all("elements" in each or "pages" in each for each in found):
        raise ResponseError(f"{path}: this is a form, not its answers; export the results.")
    return found


def _flat(value: dict[str, object], before: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the path of names to each answer, and the answer as text."""
    for name, each in value.items():
        here = (*before, str(name))
        if isinstance(each, dict):
            yield from _flat(each, here)
        else:
            yield here, _text(each)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return " ".join(_text(each) for each in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)


ROW = Reader(
    "surveyjs",
    "SurveyJS results, and JSON like them",
    (".json", ".jsonl"),
    "https://surveyjs.io/form-library/documentation/handle-survey-results-access",
    _BEGINS,
    (),
    read,
)
