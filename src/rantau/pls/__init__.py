"""The variance-based engine: partial least squares path modelling."""

from rantau.pls.fit import pls
from rantau.pls.request import PlsRequest
from rantau.pls.result import PlsFit

__all__ = ["PlsFit", "PlsRequest", "pls"]
