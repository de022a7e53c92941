"""Prose: a view of findings that also writes numbers into sentences."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from rantau.report.format import format_interval, format_number, format_statement
from rantau.report.indices import indices_of, to_report
from rantau.report.markup import literal
from rantau.report.styles import read_style
from rantau.report.table import Interval
from rantau.report.view import View, trustworthy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rantau.covariance import SemFit
    from rantau.report.findings import Findings
    from rantau.report.table import Kind

ENGINES = ("sem", "pls")
# A reference in parentheses, with the space before it.
_TABLE = re.compile(r" \(\{table:(?P<name>[a-z_]+)\}\)")


class Prose(View):
    """Findings in one language and the number rules of one style.

    Parameters
    ----------
    findings
        What was found.
    language
        `en` or `id`.
    style
        A style's name or file.
    source
        Where the data are from; "" for data of one's own.
    tables, figures
        Keys of what the report holds: sentences refer to no others.
    """

    def __init__(
        self,
        findings: Findings,
        language: str,
        style: str = "apa7",
        *,
        source: str = "",
        tables: Iterable[str] = (),
        figures: Iterable[str] = (),
    ) -> None:
        super().__init__(findings, language)
        self.style = style
        self.source = source
        self.look = read_style(style, language)
        self.tables = frozenset(tables)
        self.figures = frozenset(figures)

    def num(self, value: float, kind: Kind = "decimal", *, decimals: int | None = None) -> str:
        """Write a number."""
        return format_number(value, kind, self.look, decimals=decimals)

    def stat(self, symbol: str, value: float, kind: Kind = "decimal") -> str:
        """Write a statistic with its symbol: `CFI = .941`."""
        return format_statement(symbol, value, kind, self.look)

    def say(self, key: str, **values: str | int) -> str:
        """Return a sentence, without the references to tables that the report does not hold."""
        return self._referring(self.words(key, **values))

    def say_counted(self, key: str, count: int, **values: str | int) -> str:
        """Return the sentence for one or for several."""
        return self._referring(self.words.counted(key, count, **values))

    def _referring(self, text: str) -> str:
        gone = (found.group() for found in _TABLE.finditer(text) if found.group("name") not in self.tables)
        for reference in gone:
            text = text.replace(reference, "")
        return text

    def names(self, codes: Iterable[str]) -> str:
        """Return the names of constructs, joined as a sentence does."""
        return self.words.listing([self.named(code) for code in codes])

    def named(self, code: str) -> str:
        """Return the name of a construct, safe in marked text; a question as asked stands in quotation marks."""
        asked = {part for part in code.split(":") if (found := self._question(part)) is not None and found.name is None}
        shown = (f"“{self.construct(part)}”" if part in asked else self.construct(part) for part in code.split(":"))
        return literal(" × ".join(shown))

    def engine(self, name: str) -> str:
        """Return the short name of an engine."""
        return self.words(f"engine.{name}")

    def ends(self, values: Mapping[str, float], kind: Kind) -> dict[str, str]:
        """Return the smallest and the largest of some values as written, and whose they are."""
        low, high = min(values, key=values.__getitem__), max(values, key=values.__getitem__)
        return {
            "low": self.num(values[low], kind),
            "high": self.num(values[high], kind),
            "low_name": self.named(low),
            "high_name": self.named(high),
        }

    def fit_statement(self, fit: SemFit) -> str:
        """Write the fit of a model as APA asks: χ²(df, N) = ..., p, CFI, TLI, RMSEA with its interval, SRMR."""
        return self.look.words.separator.join(self.fit_statements(fit))

    def fit_statements(self, fit: SemFit) -> tuple[str, str]:
        """Write the test of exact fit, and the indices of close fit, in the versions to be reported."""
        found, separator = indices_of(fit), self.look.words.separator
        test, df = to_report(found, "chisq"), to_report(found, "df").value
        # Corrections of mean and variance leave degrees of freedom that are no whole number.
        degrees = str(int(df)) if df.is_integer() else self.num(df)
        chisq = f"χ^{{2}}({degrees}{separator}*N* = {self.words.whole(fit.n_obs)})"
        exact = (
            self.stat(self._versioned(chisq, test.version), test.value),
            self.stat("*p*", to_report(found, "pvalue").value, "p"),
        )
        cfi, tli, rmsea = (to_report(found, name) for name in ("cfi", "tli", "rmsea"))
        limits = Interval(to_report(found, "rmsea_ci_lower").value, to_report(found, "rmsea_ci_upper").value)
        indices = (
            self.stat(self._versioned("CFI", cfi.version), cfi.value, "index"),
            self.stat(self._versioned("TLI", tli.version), tli.value, "index"),
            self.stat(self._versioned("RMSEA", rmsea.version), rmsea.value, "index"),
            f"{self.words('head.ci', percent='90')} {format_interval(limits, 'index', self.look)}",
            self.stat("SRMR", found["srmr"], "index"),
        )
        return separator.join(exact), separator.join(indices)

    def _versioned(self, symbol: str, version: str) -> str:
        return self.words(f"index.{version}", symbol=symbol) if version else symbol

    @property
    def engines(self) -> tuple[str, ...]:
        """The engines that estimated the whole model."""
        return tuple(name for name in ENGINES if getattr(self.findings, name) is not None)

    @property
    def n_obs(self) -> int:
        """The rows analysed: those of the answers, or of the first fit."""
        all_of = self.findings
        found = (all_of.responses, all_of.sem, all_of.cfa, all_of.pls, all_of.grouped)
        return next((one.n_obs for one in found if one is not None), 0)

    def trusted(self, name: str) -> bool:
        """Say whether the fit in a field of the findings is there and can be trusted."""
        return trustworthy(getattr(self.findings, name))


def known(values: Mapping[str, float]) -> dict[str, float]:
    """Return the values that are numbers."""
    return {name: float(value) for name, value in values.items() if not math.isnan(value)}


def join(*sentences: str) -> str:
    """Put sentences behind one another; "" where there is none."""
    seen: set[str] = set()

    def first(found: re.Match[str]) -> str:
        new = found.group() not in seen
        seen.add(found.group())
        return found.group() * new

    # A paragraph names a table in parentheses once.
    return _TABLE.sub(first, " ".join(sentence for sentence in sentences if sentence))
