"""SurveyJS: a form as JSON, for the form library of that name and the tools built on it."""

from __future__ import annotations

import json

from rantau.survey.form_kind import FormKind, Made
from rantau.survey.form_parts import MOST_CHOICES, Part, choices_of, parts_of
from rantau.survey.form_words import lacking, words
from rantau.survey.instrument import Demographic, Question, Scale, Survey, Wording

#: The name under which the library looks for a text in the language it falls back to.
_DEFAULT = "default"


def make(survey: Survey, languages: tuple[str, ...], required: bool) -> Made:
    """Make the JSON: a page for each part, a question for each code, so that answers come back by code alone.

    A matrix would nest the answers of its rows under a name of its own; a question of its own does not.

    Parameters
    ----------
    survey
        The instrument.
    languages
        Those to include; the first is the one fallen back to.
    required
        Whether rated questions must be answered.
    """
    writer = _Writer(languages, required)
    form: dict[str, object] = {
        "title": writer.text(survey.title),
        "locale": languages[0],
        "showQuestionNumbers": "on",
        "completedHtml": writer.say("thanks"),
    }
    if survey.introduction is not None:
        form["description"] = writer.text(survey.introduction)
    form["pages"] = [writer.page(number, part) for number, part in enumerate(parts_of(survey), start=1)]
    content = json.dumps(form, ensure_ascii=False, indent=2) + "\n"
    return Made(content.encode("utf-8"), lacking(languages))


class _Writer:
    """Turns records into the objects of the format, in the languages wanted."""

    def __init__(self, languages: tuple[str, ...], required: bool) -> None:
        self.languages = languages
        self.required = required

    def text(self, wording: Wording) -> object:
        return self._text({language: wording.text(language) for language in self.languages})

    def say(self, key: str, **values: object) -> object:
        return self._text({language: words(key, language, **values) for language in self.languages})

    def _text(self, texts: dict[str, str]) -> object:
        """Return one text, or an object with one for each language."""
        if len(set(texts.values())) == 1:
            return texts[self.languages[0]]
        # The library shows `default` where it has no text in the language in use.
        first, *others = self.languages
        return {_DEFAULT: texts[first], first: texts[first]} | {language: texts[language] for language in others}

    def page(self, number: int, part: Part) -> dict[str, object]:
        page: dict[str, object] = {"name": f"part{number}"}
        if part.scale is None:
            page["title"] = self.say("respondent")
        elif part.instruction is not None:
            page["title"] = self.text(part.instruction)
        page["elements"] = [self.element(question) for question in part.questions]
        return page

    def element(self, question: Question) -> dict[str, object]:
        found: dict[str, object] = {"name": question.code, "title": self.text(question.wording)}
        if isinstance(question, Demographic):
            return found | self._demographic(question)
        if self.required:
            found["isRequired"] = True
        return found | self._rating(question.scale)

    def _rating(self, scale: Scale) -> dict[str, object]:
        if scale.points > MOST_CHOICES:
            return {"type": "text", "inputType": "number", "min": scale.minimum, "max": scale.maximum}
        by_language = {language: dict(choices_of(scale, language)) for language in self.languages}
        points = range(scale.minimum, scale.maximum + 1)
        labelled = len(scale.label_set(self.languages[0])) == scale.points
        if labelled:
            choices = [
                {"value": point, "text": self._text({name: texts[point] for name, texts in by_language.items()})}
                for point in points
            ]
            return {"type": "radiogroup", "colCount": 0, "choices": choices}
        ends = {}
        if scale.labels:
            ends = {
                "minRateDescription": self._text({name: texts[points[0]] for name, texts in by_language.items()}),
                "maxRateDescription": self._text({name: texts[points[-1]] for name, texts in by_language.items()}),
            }
        return {"type": "rating", "rateMin": scale.minimum, "rateMax": scale.maximum} | ends

    def _demographic(self, question: Demographic) -> dict[str, object]:
        if question.kind == "text":
            return {"type": "text"}
        if question.kind == "number":
            bounds = {"min": question.minimum, "max": question.maximum}
            return {"type": "text", "inputType": "number"} | {
                name: _plain(bound) for name, bound in bounds.items() if bound is not None
            }
        choices = [{"value": each.code, "text": self.text(each.label)} for each in question.categories]
        return {"type": "radiogroup" if question.kind == "one" else "checkbox", "choices": choices}


def _plain(number: float) -> float | int:
    return int(number) if number == int(number) else number


ROW = FormKind(
    "surveyjs",
    "SurveyJS and the tools built on it: paste the JSON into the creator",
    ".json",
    "https://surveyjs.io/form-library/documentation/design-survey/create-a-simple-survey",
    make,
)
