"""Hidden groups: rows whose paths differ, though no column says which they are."""

from rantau.segments.explain import explain_segments
from rantau.segments.explanation import Explanation
from rantau.segments.fimix import fimix
from rantau.segments.fimix_result import Fimix
from rantau.segments.pos import pos
from rantau.segments.pos_result import Pos

__all__ = ["Explanation", "Fimix", "Pos", "explain_segments", "fimix", "pos"]
