"""Cut-offs, each with its source: a set is a file of this folder, or one of the user's own."""

from __future__ import annotations

from pathlib import Path

from rantau.errors import OptionError
from rantau.options import choose
from rantau.record import Record
from rantau.toml_file import TomlTable, read_toml

_FOLDER = Path(__file__).parent
#: The sets that come along.
SETS = tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))
#: What can be said of a value: it meets the criterion, nearly so, not, or there is nothing to meet.
MET, FAIR, FAILED, OPEN = "yes", "borderline", "no", ""


class Criterion(Record):
    """When a value is good enough.

    Attributes
    ----------
    at_least, above, below
        What it has to be; all None where grades put it into words.
    fair
        Where it begins, or ceases, to be acceptable.
    most
        From where on there is too much of it.
    grades, words
        Bounds, and one word more than bounds.
    source
        The paper.
    """

    at_least: float | None
    above: float | None
    below: float | None
    fair: float | None
    most: float | None
    grades: tuple[float, ...]
    words: tuple[str, ...]
    source: str

    @property
    def text(self) -> str:
        """The criterion as it is written in a table."""
        if self.grades:
            return ", ".join(f"{word} from {bound:g}" for bound, word in zip(self.grades, self.words[1:], strict=True))
        if self.below is not None:
            return f"< {self.below:g}" if self.fair is None else f"< {self.below:g} (< {self.fair:g} acceptable)"
        if self.above is not None:
            return f"> {self.above:g}"
        ends = f">= {self.at_least:g}" if self.fair is None else f">= {self.at_least:g} (>= {self.fair:g} acceptable)"
        return ends if self.most is None else f"{ends}, <= {self.most:g}"

    def judge(self, value: float) -> str:
        """Say whether a value is good enough: `yes`, `borderline`, `no`, or empty where nothing is asked of it."""
        if value != value or self.grades:  # noqa: PLR0124 - NaN
            return OPEN
        if self.below is not None:
            return MET if value < self.below else FAIR if self.fair is not None and value < self.fair else FAILED
        if self.above is not None:
            return MET if value > self.above else FAILED
        if self.most is not None and value > self.most:
            return FAIR
        good = self.at_least is not None and value >= self.at_least
        return MET if good else FAIR if self.fair is not None and value >= self.fair else FAILED

    def grade(self, value: float) -> str:
        """Put a value into words; empty where there are none, or no value."""
        if value != value or not self.grades:  # noqa: PLR0124 - NaN
            return ""
        return self.words[sum(value >= bound for bound in self.grades)]


class Cutoffs(Record):
    """A set of criteria under names."""

    name: str
    title: str
    criteria: tuple[tuple[str, Criterion], ...]

    def __getitem__(self, name: str) -> Criterion:
        """Return one criterion."""
        return dict(self.criteria)[name]


class _CriterionTable(TomlTable):
    at_least: float | None = None
    above: float | None = None
    below: float | None = None
    fair: float | None = None
    most: float | None = None
    grades: list[float] | None = None
    words: list[str] | None = None
    source: str


class _SetTable(TomlTable):
    title: str
    criteria: dict[str, _CriterionTable]


def read_cutoffs(name: str | Path) -> Cutoffs:
    """Read a set of cut-offs.

    Parameters
    ----------
    name
        One of `SETS`, or the path of a `.toml` file of one's own that has the criteria of `hair2022.toml`.

    Raises
    ------
    OptionError
        If there is no such set, or the file lacks a criterion, or one says nothing or too much.

    Examples
    --------
    >>> read_cutoffs("hair2022")["ave"].judge(0.48)
    'no'
    """
    own = str(name).endswith(".toml")
    path = Path(name) if own else _FOLDER / f"{choose('cutoffs', str(name), SETS)}.toml"
    read = read_toml(path, _SetTable, what="cut-offs", error=OptionError)
    found = []
    for key, table in read.criteria.items():
        grades, words = tuple(table.grades or ()), tuple(table.words or ())
        asked = [one for one in (table.at_least, table.above, table.below) if one is not None]
        if len(asked) + bool(grades) != 1:
            raise OptionError(f"{path}: [criteria.{key}] needs one of at_least, above, below and grades.")
        if len(words) != (len(grades) + 1 if grades else 0):
            raise OptionError(f"{path}: [criteria.{key}] needs one word more than it has grades, in rising order.")
        if list(grades) != sorted(grades):
            raise OptionError(f"{path}: [criteria.{key}] has grades that do not rise.")
        found.append(
            (
                key,
                Criterion(
                    table.at_least, table.above, table.below, table.fair, table.most,
                    grades, words, table.source,
                ),
            )
        )  # fmt: skip
    if own:
        needed = [key for key, _ in read_cutoffs("hair2022").criteria]
        for key in needed:
            if key not in dict(found):
                raise OptionError(f"{path}: [criteria.{key}] is missing. Copy it from the set hair2022.")
        for key in dict(found):
            choose("criterion", key, needed)
    return Cutoffs(Path(name).stem if own else str(name), read.title, tuple(found))
