"""Two roads to the second derivatives of full-information likelihood."""

from __future__ import annotations

import numpy as np
import pytest

from rantau.arrays import Array
from rantau.covariance.discrepancies.fiml import in_one_product, pattern_by_pattern
from rantau.covariance.implied import covariance_slopes


@pytest.mark.parametrize("stack", [(), (3,)])
def test_one_product_and_pattern_by_pattern_agree(stack: tuple[int, ...]) -> None:
    generator = np.random.default_rng(7)

    def symmetric() -> Array:
        half = generator.normal(size=(*stack, 4, 5, 5))
        return half + np.swapaxes(half, -1, -2)

    left, right = generator.normal(size=(2, *stack, 5, 7))
    first, second, share = symmetric(), symmetric(), generator.random((*stack, 4))
    one = in_one_product(covariance_slopes(left, right), first, second, share)
    other = pattern_by_pattern(left, right, first, second, share)
    assert one == pytest.approx(other, abs=1e-11)
