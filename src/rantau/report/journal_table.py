"""JournalTable: the row of the tables room."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rantau.record import Record

if TYPE_CHECKING:
    from rantau.report.findings import Findings
    from rantau.report.table import Table


class JournalTable(Record):
    """One kind of table that a report may hold.

    Attributes
    ----------
    name
        The table's key: text refers to it as `{table:fit}`.
    needs
        Names of the fields of `Findings` it cannot do without; `cfa or sem` where either will do.
    build
        From findings and language to the table; None where there is nothing to show.
    """

    name: str
    needs: tuple[str, ...]
    build: Callable[[Findings, str], Table | None]

    def possible(self, findings: Findings) -> bool:
        """Say whether the findings hold what the table needs."""
        return all(any(getattr(findings, name) is not None for name in need.split(" or ")) for need in self.needs)

    def table(self, findings: Findings, language: str = "en") -> Table | None:
        """Build the table, or return None where findings or reason for it are lacking."""
        return self.build(findings, language) if self.possible(findings) else None
