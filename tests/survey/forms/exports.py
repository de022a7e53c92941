"""What form tools export for our forms, in their own layouts.

KoBoToolbox: https://support.kobotoolbox.org/export_download.html; ODK Central: https://docs.getodk.org/central-submissions;
LimeSurvey: https://www.limesurvey.org/manual/Exporting_results; SurveyJS: its results are JSON as they are stored.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence

from rantau.survey import Survey
from rantau.survey.form_parts import MOST_CHOICES, choices_of, parts_of
from rantau.survey.form_words import words
from rantau.survey.instrument import Category, Demographic, Question

Answered = dict[str, "int | str | list[str] | None"]


def placed(survey: Survey) -> Iterator[tuple[str, Question]]:
    """Yield each question with the name of the part that it is in."""
    for number, part in enumerate(parts_of(survey), start=1):
        yield from ((f"part{number}", question) for question in part.questions)


def worded(question: Question, answer: object, language: str) -> str:
    """Return an answer as a respondent reads it."""
    if answer is None:
        return ""
    if isinstance(question, Demographic):
        return {each.code: each.label.text(language) for each in question.categories}.get(str(answer), str(answer))
    few = question.scale.points <= MOST_CHOICES
    return dict(choices_of(question.scale, language))[int(str(answer))] if few else str(answer)


def coded(answer: object) -> str:
    if isinstance(answer, list):
        return " ".join(answer)
    return "" if answer is None else str(answer)


def delimited(header: Sequence[str], rows: Sequence[Sequence[object]], *, delimiter: str, encoding: str) -> bytes:
    memory = io.StringIO()
    writer = csv.writer(memory, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerow(header)
    writer.writerows(rows)
    return memory.getvalue().encode(encoding)


def kobo(survey: Survey, rows: Sequence[Answered], *, language: str = "", groups: bool = True) -> bytes:
    """Export of KoBoToolbox: XML values or labels, with the groups in the header or without."""

    def name(part: str, question: Question) -> str:
        own = question.wording.text(language) if language else question.code
        return f"{part}/{own}" if groups else own

    header = ["start", "end"]
    for part, question in placed(survey):
        header.append(name(part, question))
        header += [f"{name(part, question)}/{each.label.text(language) if language else each.code}"
                   for each in several(question)]  # fmt: skip
    header += ["__version__", "_id", "_uuid", "_submission_time", "_validation_status", "_notes", "_status",
               "_submitted_by", "_tags", "_index"]  # fmt: skip
    table = []
    for number, row in enumerate(rows, start=1):
        line = ["2026-03-01T09:00:00.000+07:00", "2026-03-01T09:08:00.000+07:00"]
        for _, question in placed(survey):
            answer = row[question.code]
            if several(question):
                assert isinstance(answer, list)
                line.append(" ".join(worded(question, each, language) if language else each for each in answer))
                line += [str(int(each.code in answer)) for each in several(question)]
            else:
                line.append(worded(question, answer, language) if language else coded(answer))
        line += ["vQp7", str(1000 + number), f"0b1c-{number}", "2026-03-01T02:09:00", "", "", "submitted_via_web", "",
                 "", str(number)]  # fmt: skip
        table.append(line)
    return delimited(header, table, delimiter=";", encoding="utf-8-sig")


def odk(survey: Survey, rows: Sequence[Answered]) -> bytes:
    """Export of ODK Central: groups and names with a hyphen between."""
    header = ["SubmissionDate", "start", "end", *(f"{part}-{question.code}" for part, question in placed(survey)),
              "meta-instanceID", "KEY", "SubmitterID", "SubmitterName", "AttachmentsPresent", "AttachmentsExpected",
              "Status", "ReviewState", "DeviceID", "Edits", "FormVersion"]  # fmt: skip
    table = [
        ["2026-03-01T02:09:00.000Z", "2026-03-01T09:00:00.000+07:00", "2026-03-01T09:08:00.000+07:00",
         *(coded(row[question.code]) for _, question in placed(survey)),
         f"uuid:{number}", f"uuid:{number}", "12", "Public link", "0", "0", "", "", "", "0", "1"]
        for number, row in enumerate(rows)
    ]  # fmt: skip
    return delimited(header, table, delimiter=",", encoding="utf-8")


def limesurvey(survey: Survey, rows: Sequence[Answered], *, headings: str, answers: str, language: str) -> bytes:
    """Export of LimeSurvey: headings `codes` or `questions`, answers as `codes` or in `full`."""
    tool = {
        ("codes", "en"): ["id", "submitdate", "lastpage", "startlanguage", "seed", "startdate", "datestamp"],
        ("questions", "en"): ["Response ID", "Date submitted", "Last page", "Start language", "Seed", "Date started",
                              "Date last action"],
        ("questions", "id"): ["ID Respon", "Tanggal dikirim", "Halaman terakhir", "Bahasa awal", "Seed",
                              "Tanggal dimulai", "Tanggal tindakan terakhir"],
    }  # fmt: skip
    header = list(tool.get((headings, language), tool["codes", "en"]))
    asked: list[tuple[Question, Category | None]] = []
    for number, part in enumerate(parts_of(survey), start=1):
        array = part.scale is not None and part.scale.points <= MOST_CHOICES
        told = part.instruction.text(language) if part.instruction else words("mark", language)
        for question in part.questions:
            plain = (
                re.sub("[^A-Za-z0-9]", "", question.code) if headings == "codes" else question.wording.text(language)
            )
            above = f"part{number}" if headings == "codes" else told
            for category in several(question) or (None,):
                asked.append((question, category))
                if category is not None:
                    plain_category = category.code if headings == "codes" else category.label.text(language)
                    header.append(
                        f"{plain}[{plain_category}]" if headings == "codes" else f"{plain} [{plain_category}]"
                    )
                elif array:
                    header.append(f"{above}[{plain}]" if headings == "codes" else f"{above} [{plain}]")
                else:
                    header.append(plain)
    yes = {"codes": "Y", "en": "Yes", "id": "Ya"}["codes" if answers == "codes" else language]
    table = []
    for number, row in enumerate(rows, start=1):
        line = [
            str(number),
            "2026-03-01 09:08:11",
            "3",
            language,
            "18372",
            "2026-03-01 09:00:01",
            "2026-03-01 09:08:11",
        ]
        for question, category in asked:
            answer = row[question.code]
            if category is not None:
                assert isinstance(answer, list)
                line.append(yes if category.code in answer else "")
            else:
                line.append(coded(answer) if answers == "codes" else worded(question, answer, language))
        table.append(line)
    return delimited(header, table, delimiter=",", encoding="utf-8-sig")


def surveyjs(rows: Sequence[Answered]) -> bytes:
    """Results of SurveyJS: what was not answered is not there."""
    results = [{code: answer for code, answer in row.items() if answer not in (None, [])} for row in rows]
    return json.dumps(results, ensure_ascii=False, indent=1).encode("utf-8")


def several(question: Question) -> tuple[Category, ...]:
    return question.categories if isinstance(question, Demographic) and question.kind == "several" else ()
