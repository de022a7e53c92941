"""Mode B: regression weights."""

from __future__ import annotations

from rantau.pls.regression import inverses
from rantau.pls.rows import OuterMode

MODE_B = OuterMode("B", inverses, follows=True, inverts=True, source="Wold (1982), mode B: one multiple regression")
