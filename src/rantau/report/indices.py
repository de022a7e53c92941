"""Which of its fit indices a fit of the covariance engine is to be judged by, and reported with."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rantau.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rantau.covariance import SemFit

#: Versions of an index beside the plain one, under the endings of their names: computed from the corrected test,
#: estimating what the index would be under normal answers without gaps, and of another test altogether.
SCALED, ROBUST, RESIDUAL = "scaled", "robust", "residual"
NAN = math.nan


class Index(Record):
    """One index of a fit.

    Attributes
    ----------
    value
        NaN where the fit has none.
    version
        Empty for the plain index, `scaled`, `robust` or `residual`.
    """

    value: float
    version: str = ""


def indices_of(fit: SemFit) -> dict[str, float]:
    """Return every index of a fit by its name."""
    return {str(name): float(value) for name, value in fit.fit_indices().items()}


def version_of(found: Mapping[str, float], name: str, version: str) -> float:
    """Return one version of an index, NaN where there is none."""
    return float(found.get(f"{name}_{version}" if version else name, NAN))


def versions(found: Mapping[str, float]) -> tuple[str, ...]:
    """Return the versions that there are beside the plain one."""
    return tuple(
        version
        for version in (SCALED, ROBUST, RESIDUAL)
        if not all(math.isnan(version_of(found, name, version)) for name in ("chisq", "cfi", "tli", "rmsea"))
    )


def to_report(found: Mapping[str, float], name: str) -> Index:
    """Return an index in the version to be reported.

    Parameters
    ----------
    found
        From `indices_of`.
    name
        Its plain name: `chisq`, `df`, `pvalue`, `cfi`, `rmsea_ci_lower`.

    Returns
    -------
    Index
        The robust version where there is one, as it estimates what the plain index does; of the test itself the
        scaled version.

    Source
    ------
    Brosseau-Liard, Savalei & Li (2012); Brosseau-Liard & Savalei (2014); Zhang & Savalei (2023) for gaps.
    """
    # The limits of RMSEA belong to the version of RMSEA itself.
    of = "rmsea" if name.startswith("rmsea") else name
    for version in (ROBUST, SCALED, RESIDUAL):
        if not math.isnan(version_of(found, of, version)):
            return Index(version_of(found, name, version), version)
    return Index(version_of(found, name, ""))
