"""Hidden groups: rows whose paths differ, though no column says which they are."""

from rantau.segments.fimix import Fimix, fimix

__all__ = ["Fimix", "fimix"]
