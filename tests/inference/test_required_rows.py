"""Rows that tests need: the numbers that the sources print, and R's distributions."""

from __future__ import annotations

import pytest

from rantau.errors import OptionError
from rantau.inference.required_rows import path_rows, path_rows_by_gamma, regression_rows, rmsea_power, rmsea_rows

FITS = {"close": (0.05, 0.08), "not close": (0.05, 0.01), "exact": (0.0, 0.05)}


@pytest.mark.parametrize(("path", "root", "gamma"), [(0.197, 160, 146), (0.397, 40, 26), (0.147, 287, 273)])
def test_paths_of_kock_and_hadaya(path: float, root: int, gamma: int) -> None:
    """Kock & Hadaya (2018), the recommendation of the abstract's example, and Tables 3 and 4."""
    assert (path_rows(path), path_rows_by_gamma(path)) == (root, gamma)
    assert (path_rows(-path), path_rows_by_gamma(-path)) == (root, gamma)


def test_paths_at_other_levels() -> None:
    """R: ceiling(((qnorm(.99) + qnorm(.80)) / .2)^2) is 251, with qnorm(.90) 113; qnorm(.95) + qnorm(.95) 271."""
    assert [path_rows(0.2, level=level) for level in (0.99, 0.9)] == [251, 113]
    assert path_rows(0.2, power=0.95) == 271


def test_few_rows_are_corrected_by_gamma_functions() -> None:
    """R: N <- 8; .82 * sqrt(N) * sqrt((N - 1) / 2) * gamma((N - 1) / 2) / gamma(N / 2) is 2.403, with N <- 9 2.538."""
    assert (path_rows_by_gamma(0.82), path_rows(0.82)) == (9, 10)


@pytest.mark.parametrize(
    ("df", "n", "close", "not_close", "exact"),
    [
        (5, 200, 0.1994334, 0.1241002, 0.1881582),
        (10, 200, 0.2937208, 0.1913361, 0.2664492),
        (50, 200, 0.769104659651, 0.608239394793, 0.683949987423),
        (100, 200, 0.95495, 0.8701365, 0.9038754),
    ],
)
def test_power_of_rmsea(df: int, n: int, close: float, not_close: float, exact: float) -> None:
    """MacCallum, Browne & Sugawara (1996), Table 2, to more digits.

    R: f <- function(d, n, e0, e1) { a <- (n - 1) * d * e0^2; b <- (n - 1) * d * e1^2
         if (e1 > e0) 1 - pchisq(qchisq(.95, d, a), d, b) else pchisq(qchisq(.05, d, a), d, b) }
       f(50, 200, .05, .08); f(50, 200, .05, .01); f(50, 200, 0, .05); semTools::findRMSEApower(.05, .08, 50, 200)
    """
    for (null, alternative), expected in zip(FITS.values(), (close, not_close, exact), strict=True):
        assert rmsea_power(df, n, null=null, alternative=alternative) == pytest.approx(expected, abs=6e-8)


@pytest.mark.parametrize(
    ("df", "expected"),
    [
        (2, (3494, 2382, 1928)),
        (5, (1464, 1216, 1028)),
        (10, (782, 750, 651)),
        (50, (214, 268, 243)),
        (100, (132, 178, 164)),
    ],
)
def test_rows_of_rmsea(df: int, expected: tuple[int, int, int]) -> None:
    """R: semTools::findRMSEAsamplesize(.05, .08, df, .8), (.05, .01, df, .8), (0, .05, df, .8).

    MacCallum, Browne & Sugawara (1996), Table 4, have 214 and 268 for df = 50, 132 and 178 for df = 100.
    """
    assert tuple(rmsea_rows(df, null=null, alternative=other) for null, other in FITS.values()) == expected


def test_fewest_rows_are_enough_and_one_less_is_not() -> None:
    for df in (1, 7, 300):
        n = rmsea_rows(df, power=0.9, level=0.99)
        assert rmsea_power(df, n, level=0.99) >= 0.9 > rmsea_power(df, n - 1, level=0.99)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: path_rows(0), "between -1 and 1 and not 0, got 0"),
        (lambda: path_rows_by_gamma(1.2), "between -1 and 1 and not 0, got 1.2"),
        (lambda: path_rows("small"), "got 'small'"),
        (lambda: path_rows(1e-5), "no number of rows up to 10,000,000 is enough"),
        (lambda: path_rows(0.2, power=0.04), "power must lie between 0.05, the chance of an error of the first kind"),
        (lambda: path_rows(0.2, level=95), "level must lie between 0 and 1"),
        (lambda: regression_rows(2.5), "predictors must be a whole number of at least 1"),
        (lambda: regression_rows(2, effect=0), "effect must be a number above 0, got 0"),
        (lambda: rmsea_rows(0), "df must be a whole number of at least 1"),
        (lambda: rmsea_rows(5, alternative=0.05), "null and alternative are both 0.05"),
        (lambda: rmsea_power(5, 100, null=-0.1), "an RMSEA, a number from 0 to 1"),
    ],
)
def test_refusals(call: object, text: str) -> None:
    with pytest.raises(OptionError, match=text):
        call()  # type: ignore[operator]
