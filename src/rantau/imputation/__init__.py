"""Missing answers filled many times over, and what the fits to each completed data set say together."""

from rantau.imputation.chi_square import PooledTest
from rantau.imputation.imputations import Imputations
from rantau.imputation.impute import impute
from rantau.imputation.pool import pool
from rantau.imputation.pooled import Pooled

__all__ = ["Imputations", "Pooled", "PooledTest", "impute", "pool"]
