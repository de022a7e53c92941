"""The same numbers from somebody else's code: semopy, statsmodels and pingouin beside a fit of ours."""

from rantau.crosscheck.run import crosscheck
from rantau.crosscheck.verification import Check, Skipped, Verification

__all__ = ["Check", "Skipped", "Verification", "crosscheck"]
