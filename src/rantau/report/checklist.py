"""The checklist: what reporting standards ask of a structural equation model, and where the report answers it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.record import Record
from rantau.report.table import Column, Row, Table

if TYPE_CHECKING:
    from rantau.report.prose import Prose


class Demand(Record):
    """One line of the checklist.

    Attributes
    ----------
    name
        Of its words: `checklist.<name>`.
    section
        Of the report that answers it; "" where only the authors can.
    tables
        Any of these tables answers it; empty where the text does.
    """

    name: str
    section: str = ""
    tables: tuple[str, ...] = ()


#: Source: Appelbaum et al. (2018), Table 7.
DEMANDS = (
    Demand("abstract"),
    Demand("theory"),
    Demand("power"),
    Demand("missing", "sample"),
    Demand("mechanism"),
    Demand("distribution", "sample", ("items",)),
    Demand("software", "methods"),
    Demand("convergence", "problems"),
    Demand("global_fit", "fit", ("fit", "pls_fit")),
    Demand("local_fit", "fit"),
    Demand("estimates", "appendix", ("estimates",)),
    Demand("matrix", "appendix", ("correlations",)),
    Demand("respecification"),
    Demand("equivalent"),
)


def checklist(prose: Prose) -> Table:
    """Build the checklist.

    Parameters
    ----------
    prose
        The findings, with the tables that the report holds.

    Returns
    -------
    Table
        One row per demand: yes and where, no, or "you must write this".
    """
    words = prose.words
    rows = tuple(Row((words(f"checklist.{one.name}"), *_answer(prose, one))) for one in DEMANDS)
    columns = (
        Column("item", words("checklist.item")),
        Column("status", words("checklist.status")),
        Column("place", words("checklist.place")),
    )
    return Table("checklist", words("checklist.title"), columns, rows, of_data=False)


def _answer(prose: Prose, demand: Demand) -> tuple[str, str]:
    words = prose.words
    if not demand.section:
        return words("checklist.write"), ""
    answered = any(name in prose.tables for name in demand.tables) if demand.tables else _answered(prose, demand)
    if not answered:
        return words("checklist.no"), ""
    return words("checklist.yes"), words(f"section.{demand.section}")


def _answered(prose: Prose, demand: Demand) -> bool:
    findings = prose.findings
    if demand.name == "missing":
        return findings.responses is not None
    if demand.name == "local_fit":
        return any(fit is not None and fit.converged and fit.statistics.df > 0 for fit in (findings.cfa, findings.sem))
    return any(fit is not None for fit in (findings.cfa, findings.sem, findings.pls))
