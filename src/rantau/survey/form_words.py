"""What forms say besides the instrument's own words."""

from __future__ import annotations

#: By language; others fall back to English.
_WORDS = {
    "en": {
        "part": "Part",
        "mark": "Please mark one answer in each row.",
        "number": "Please write a number from {minimum} to {maximum} for each statement.",
        "respondent": "About you",
        "one": "Mark one.",
        "several": "Mark all that apply.",
        "thanks": "Thank you for taking part.",
        "range": "{minimum} = {low}; {maximum} = {high}",
    },
    "id": {
        "part": "Bagian",
        "mark": "Beri tanda pada satu jawaban di setiap baris.",
        "number": "Tuliskan angka dari {minimum} sampai {maximum} untuk setiap pernyataan.",
        "respondent": "Tentang Anda",
        "one": "Pilih satu.",
        "several": "Pilih semua yang sesuai.",
        "thanks": "Terima kasih atas partisipasi Anda.",
        "range": "{minimum} = {low}; {maximum} = {high}",
    },
}
#: The two languages that rantau has words in.
LANGUAGES = tuple(_WORDS)


def words(key: str, language: str, **values: object) -> str:
    """Return a phrase in a language.

    Parameters
    ----------
    key
        Which phrase.
    language
        English where there are no words in it.
    **values
        What stands in its braces.
    """
    return _WORDS.get(language, _WORDS["en"])[key].format(**values)


def lacking(languages: tuple[str, ...]) -> tuple[str, ...]:
    """Return a remark for each language in which the form's own phrases are English."""
    return tuple(
        f"The form's own phrases, such as '{words('mark', 'en')}', are in English in the language '{language}': "
        f"rantau has them in {' and '.join(LANGUAGES)}."
        for language in languages
        if language not in LANGUAGES
    )
