"""Whether a formative construct is what it is called."""

from __future__ import annotations

from rantau.quality.cutoffs import FAILED, MET
from rantau.quality.finding import Evidence, Found

_WORDS = {MET: "says what another measure of it says", FAILED: "does not say enough of what another measure says"}


def formative_validity(evidence: Evidence) -> Found:
    """Judge the path from a formative construct to another measure of the same thing.

    Source: Chin (1998); Cheah, Sarstedt, Ringle, Ramayah and Ting (2018) on redundancy analysis.
    """
    known = dict(evidence.redundancy)
    for name in evidence.formative:
        if name in known:
            yield evidence.finding("redundancy", name, known[name], _WORDS)
        else:
            how = f"give redundancy=[rt.redundancy(fit, data, construct='{name}', against=...)]"
            yield evidence.not_tested("redundancy", name, how)
