"""Estimates again: resampling, through `fit.refit`, without knowing the engine."""

from rantau.inference.bollen_stine import BollenStine, bollen_stine
from rantau.inference.bootstrap import bootstrap
from rantau.inference.draws import Draws
from rantau.inference.fit_test import FitTest, fit_test
from rantau.inference.monte_carlo import monte_carlo

__all__ = ["BollenStine", "Draws", "FitTest", "bollen_stine", "bootstrap", "fit_test", "monte_carlo"]
