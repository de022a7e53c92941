"""The keys that an instrument file may have; the schema that editors complete by is made from them."""

from __future__ import annotations

from pydantic import Field

from rantau.toml_file import TomlTable

#: Kinds of questions on the respondent.
KINDS = ("one", "several", "number", "text")


class ScaleTable(TomlTable):
    """The answers that items allow: whole numbers between two bounds, with labels."""

    minimum: int = Field(description="The lowest answer.")
    maximum: int = Field(description="The highest answer.")
    labels: dict[str, list[str]] = Field(
        default_factory=dict,
        description="In each language, one label per point from lowest to highest, or the two ends.",
    )


class ItemTable(TomlTable):
    """One question."""

    code: str = Field(description="The name of its column in the answers and in model files.")
    wording: dict[str, str] = Field(description="The question as asked, in each language.")
    reversed: bool = Field(default=False, description="Whether a high answer means little of the construct.")
    scale: str | ScaleTable | None = Field(
        default=None, description="The name of a scale, or one of its own; without it, that of the construct."
    )
    missing: list[str] | None = Field(
        default=None, description="What means no answer, as written in the file; without it, as for the survey."
    )
    source: str = Field(default="", description="The citation of this item.")
    theory: str = Field(default="", description="The theory behind it.")
    passage: str = Field(default="", description="The passage it rests on.")


class ConstructTable(TomlTable):
    """What a set of items measures; of higher order where it has parts in the place of items."""

    code: str = Field(description="Its name in model files.")
    name: dict[str, str] = Field(description="Its name for readers, in each language.")
    definition: dict[str, str] = Field(default_factory=dict, description="What it is, in each language.")
    theory: str = Field(default="", description="The theory behind it.")
    source: str = Field(default="", description="The citation of its scale.")
    scale: str | ScaleTable | None = Field(
        default=None, description="The name of a scale, or one of its own, for all items that name none."
    )
    instruction: dict[str, str] = Field(
        default_factory=dict, description="What respondents read above its items, in each language."
    )
    parts: list[str] = Field(
        default_factory=list, description="For a construct of higher order: the codes of its constructs."
    )
    items: list[ItemTable] = Field(default_factory=list, description="Its questions.")


class CheckTable(TomlTable):
    """A question whose right answer is known, to find respondents who do not read."""

    code: str = Field(description="The name of its column in the answers.")
    wording: dict[str, str] = Field(description="The question as asked, in each language.")
    scale: str | ScaleTable = Field(description="The name of a scale, or one of its own.")
    answer: int | str = Field(description="The right answer: a point of the scale, or a label of it.")
    after: str = Field(default="", description="The code of the question behind which it is asked.")
    missing: list[str] | None = Field(default=None, description="What means no answer, as written in the file.")
    source: str = Field(default="", description="The citation of this check.")


class CategoryTable(TomlTable):
    """One answer of a question on the respondent."""

    code: str = Field(description="As written in the file of answers.")
    label: dict[str, str] = Field(description="As respondents read it, in each language.")


class DemographicTable(TomlTable):
    """A question on who answers."""

    code: str = Field(description="The name of its column in the answers.")
    wording: dict[str, str] = Field(description="The question as asked, in each language.")
    name: dict[str, str] = Field(
        default_factory=dict,
        description="What reports call it, in each language, such as Age; without it, the question as asked.",
    )
    kind: str = Field(
        default="",
        json_schema_extra={"enum": ["", *KINDS]},
        description="one of the categories, several of them, a number, or a text; without it one where there are "
        "categories, a number where there are bounds, else a text.",
    )
    categories: list[CategoryTable] = Field(default_factory=list, description="The answers to choose from.")
    eligible: list[str] = Field(
        default_factory=list,
        description="The codes of the categories whom the survey is for; the screen `eligibility` flags the others.",
    )
    minimum: float | None = Field(default=None, description="The lowest number allowed.")
    maximum: float | None = Field(default=None, description="The highest number allowed.")
    missing: list[str] | None = Field(default=None, description="What means no answer, as written in the file.")
    source: str = Field(default="", description="The citation of this question.")


class SurveyTable(TomlTable):
    """An instrument: what was asked, on which scale, to measure what."""

    title: dict[str, str] = Field(description="For readers, in each language.")
    languages: list[str] = Field(
        description='The languages of the texts, such as ["en", "id"]; the first is fallen back to.'
    )
    source: str = Field(default="", description="The citation of the instrument.")
    missing: list[str] = Field(
        default_factory=lambda: [""], description='What means no answer, as written in the file, such as ["", "-99"].'
    )
    introduction: dict[str, str] = Field(
        default_factory=dict, description="What respondents read first, in each language."
    )
    order: list[str] = Field(
        default_factory=list,
        description="The codes of all questions as they are presented; the code of a construct stands for its items.",
    )
    scales: dict[str, ScaleTable] = Field(default_factory=dict, description="Scales that items refer to by name.")
    constructs: list[ConstructTable] = Field(description="What is measured.")
    attention_checks: list[CheckTable] = Field(default_factory=list, description="Questions with a known answer.")
    demographics: list[DemographicTable] = Field(default_factory=list, description="Questions on who answers.")
