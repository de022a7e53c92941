"""A room of fit indices: one file for each family, its rows in lavaan's order."""

from __future__ import annotations

from collections.abc import Callable, Collection

from rantau.covariance.fit_indices.absolute import (
    critical_n,
    cross_validation,
    goodness_of_fit,
    mcdonald,
    weighted_residual,
)
from rantau.covariance.fit_indices.cfi import cfi, cfi_robust, cfi_scaled
from rantau.covariance.fit_indices.chisq import (
    baseline,
    baseline_scaled,
    chisq,
    chisq_residual,
    chisq_scaled,
    chisq_shift,
)
from rantau.covariance.fit_indices.counts import npar, ntotal
from rantau.covariance.fit_indices.incremental import incremental, incremental_robust, incremental_scaled
from rantau.covariance.fit_indices.information_criteria import adjusted_bic, information_criteria, scaling_factors
from rantau.covariance.fit_indices.rmsea import rmsea, rmsea_robust, rmsea_scaled
from rantau.covariance.fit_indices.srmr import crmr, rmr, srmr, srmr_bentler, srmr_mplus
from rantau.covariance.fit_indices.tli import tli, tli_robust, tli_scaled
from rantau.covariance.model_test import Statistics
from rantau.record import Record


class FitIndex(Record):
    """One index or family of indices.

    Attributes
    ----------
    name
        Of the row.
    function
        From `Statistics` to one number per name in `gives`.
    gives
        The names in `fit_indices()`: lavaan's, in snake case.
    source
        The paper.
    short
        Those of the names that a summary shows.
    needs
        What the statistics must have for these names to be there: see `Statistics.has`; empty where nothing.
    """

    name: str
    function: Callable[[Statistics], tuple[float, ...]]
    gives: tuple[str, ...]
    source: str
    short: tuple[str, ...] = ()
    needs: str = ""


def _as(names: tuple[str, ...], kind: str) -> tuple[str, ...]:
    return tuple(f"{name}_{kind}" for name in names)


_TEST = ("chisq", "df", "pvalue")
_BASELINE = tuple(f"baseline_{name}" for name in _TEST)
_RESIDUAL = _as(_TEST, "residual")
_SCALED = ("chisq_scaled", "df_scaled", "pvalue_scaled", "chisq_scaling_factor")
_INCREMENTAL = ("nnfi", "rfi", "nfi", "pnfi", "ifi", "rni")
_LIMITS = ("rmsea", "rmsea_ci_lower", "rmsea_ci_upper", "rmsea_pvalue")
_RMSEA = (*_LIMITS, "rmsea_notclose_pvalue")
_CRITERIA = ("logl", "unrestricted_logl", "aic", "bic")


ROWS = (
    FitIndex("npar", npar, ("npar",), "Jöreskog (1969)", ("npar",)),
    FitIndex("chisq", chisq, ("fmin", *_TEST), "Jöreskog (1967)", ("fmin", *_TEST)),
    FitIndex("chisq_scaled", chisq_scaled, _SCALED, "Satorra & Bentler (1994)", _SCALED, "scaled"),
    FitIndex(
        "chisq_shift", chisq_shift, ("chisq_shift_parameter",), "Asparouhov & Muthén (2010)",
        ("chisq_shift_parameter",), "shift",
    ),
    FitIndex("chisq_residual", chisq_residual, _RESIDUAL, "Browne (1984)", _RESIDUAL, "residual"),
    FitIndex("baseline", baseline, _BASELINE, "Bentler & Bonett (1980)", _BASELINE),
    FitIndex(
        "baseline_scaled", baseline_scaled, (*_as(_BASELINE, "scaled"), "baseline_chisq_scaling_factor"),
        "Satorra & Bentler (1994)", (), "scaled",
    ),
    FitIndex("cfi", cfi, ("cfi",), "Bentler (1990)", ("cfi",)),
    FitIndex("tli", tli, ("tli",), "Tucker & Lewis (1973)", ("tli",)),
    FitIndex("cfi_scaled", cfi_scaled, ("cfi_scaled",), "Bentler (1990)", ("cfi_scaled",), "scaled"),
    FitIndex("tli_scaled", tli_scaled, ("tli_scaled",), "Tucker & Lewis (1973)", ("tli_scaled",), "scaled"),
    FitIndex("cfi_robust", cfi_robust, ("cfi_robust",), "Brosseau-Liard & Savalei (2014)", ("cfi_robust",), "robust"),
    FitIndex("tli_robust", tli_robust, ("tli_robust",), "Brosseau-Liard & Savalei (2014)", ("tli_robust",), "robust"),
    FitIndex("incremental", incremental, _INCREMENTAL, "Bentler & Bonett (1980); Bollen (1986, 1989)"),
    FitIndex(
        "incremental_scaled", incremental_scaled, _as(_INCREMENTAL, "scaled"),
        "Bentler & Bonett (1980); Bollen (1986, 1989)", (), "scaled",
    ),
    FitIndex(
        "incremental_robust", incremental_robust, ("nnfi_robust", "rni_robust"), "Brosseau-Liard & Savalei (2014)", (),
        "robust",
    ),
    FitIndex(
        "information_criteria", information_criteria, _CRITERIA, "Akaike (1974); Schwarz (1978)", _CRITERIA,
        "likelihood",
    ),
    FitIndex("ntotal", ntotal, ("ntotal",), "Jöreskog (1969)", ("ntotal",)),
    FitIndex("adjusted_bic", adjusted_bic, ("bic2",), "Sclove (1987)", ("bic2",), "likelihood"),
    FitIndex(
        "scaling_factors", scaling_factors, ("scaling_factor_h1", "scaling_factor_h0"),
        "Asparouhov & Muthén (2005)", (), "scaled_likelihood",
    ),
    FitIndex(
        "rmsea", rmsea,
        (*_LIMITS[:3], "rmsea_ci_level", _LIMITS[3], "rmsea_close_h0", "rmsea_notclose_pvalue", "rmsea_notclose_h0"),
        "Browne & Cudeck (1993); MacCallum, Browne & Sugawara (1996)", _LIMITS,
    ),
    FitIndex(
        "rmsea_scaled", rmsea_scaled, _as(_RMSEA, "scaled"), "Steiger & Lind (1980)", _as(_LIMITS, "scaled"), "scaled"
    ),
    FitIndex(
        "rmsea_robust", rmsea_robust, _as(_RMSEA, "robust"), "Brosseau-Liard, Savalei & Li (2012)",
        _as(_LIMITS, "robust"), "robust",
    ),
    FitIndex("rmr", rmr, ("rmr", "rmr_nomean"), "Jöreskog & Sörbom (1981)"),
    FitIndex("srmr", srmr, ("srmr",), "Bentler (1995)", ("srmr",)),
    FitIndex("srmr_bentler", srmr_bentler, ("srmr_bentler", "srmr_bentler_nomean"), "Bentler (1995)"),
    FitIndex("crmr", crmr, ("crmr", "crmr_nomean"), "Bollen (1989)"),
    FitIndex("srmr_mplus", srmr_mplus, ("srmr_mplus", "srmr_mplus_nomean"), "Asparouhov & Muthén (2018)"),
    FitIndex("critical_n", critical_n, ("cn_05", "cn_01"), "Hoelter (1983)"),
    FitIndex("goodness_of_fit", goodness_of_fit, ("gfi", "agfi", "pgfi"), "Steiger (1989)"),
    FitIndex("mcdonald", mcdonald, ("mfi",), "McDonald (1989)"),
    FitIndex("weighted_residual", weighted_residual, ("wrmr",), "Yu (2002)", (), "ordered"),
    FitIndex("cross_validation", cross_validation, ("ecvi",), "Browne & Cudeck (1989)"),
)  # fmt: skip
#: What a summary shows, where it applies.
SHORT = tuple(name for row in ROWS for name in row.short)


def fit_index_values(statistics: Statistics, wanted: Collection[str] = ()) -> tuple[tuple[str, float], ...]:
    """Return the indices that apply as (name, value), in the order of the rows: all, or of the rows with one wanted."""
    applying = [row for row in ROWS if statistics.has(row.needs)]
    if wanted:
        applying = [row for row in applying if any(name in wanted for name in row.gives)]
    return tuple(pair for row in applying for pair in zip(row.gives, row.function(statistics), strict=True))
