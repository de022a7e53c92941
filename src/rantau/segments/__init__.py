"""Hidden groups: rows whose paths differ, though no column says which they are."""

from rantau.segments.fimix import Fimix, fimix
from rantau.segments.pos import pos
from rantau.segments.pos_result import Pos

__all__ = ["Fimix", "Pos", "fimix", "pos"]
