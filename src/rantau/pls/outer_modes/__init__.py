"""Room: how items are weighted. One mode is one file here and one line in `ROWS`."""

from rantau.pls.outer_modes.mode_a import MODE_A
from rantau.pls.outer_modes.mode_b import MODE_B
from rantau.pls.outer_modes.unit import UNIT

ROWS = (
    MODE_A,
    MODE_B,
    UNIT,
)
