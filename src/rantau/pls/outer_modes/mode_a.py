"""Mode A: correlation weights."""

from __future__ import annotations

from rantau.pls.rows import OuterMode

MODE_A = OuterMode("A", None, follows=True, inverts=False, source="Wold (1982), mode A: simple regressions")
