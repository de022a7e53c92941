"""What PLS takes for granted, put to the test: reflective blocks, exogenous predictors, straight lines."""

from rantau.robustness.copula import CopulaTest, copula_endogeneity
from rantau.robustness.nonlinear import Nonlinearity, nonlinearity
from rantau.robustness.tetrads import TetradTest, tetrad_test

__all__ = ["CopulaTest", "Nonlinearity", "TetradTest", "copula_endogeneity", "nonlinearity", "tetrad_test"]
