"""Judges a scale or a fit."""

from rantau.quality.hypotheses import judge_hypotheses
from rantau.quality.keying import items_against_their_scale
from rantau.quality.measures import Validity, reliability, validity

__all__ = ["Validity", "items_against_their_scale", "judge_hypotheses", "reliability", "validity"]
