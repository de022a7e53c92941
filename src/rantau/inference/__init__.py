"""Estimates again: resampling, through `fit.refit`, without knowing the engine."""

from rantau.inference.bootstrap import bootstrap
from rantau.inference.draws import Draws

__all__ = ["Draws", "bootstrap"]
