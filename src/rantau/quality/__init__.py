"""Judges a scale or a fit."""

from rantau.quality.hypotheses import judge_hypotheses
from rantau.quality.measures import Validity, reliability, validity

__all__ = ["Validity", "judge_hypotheses", "reliability", "validity"]
