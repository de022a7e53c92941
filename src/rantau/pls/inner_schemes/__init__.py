"""Room: how inner proxies are formed. One scheme is one file here and one line in `ROWS`."""

from rantau.pls.inner_schemes.centroid import CENTROID
from rantau.pls.inner_schemes.factorial import FACTORIAL
from rantau.pls.inner_schemes.path import PATH

ROWS = (
    PATH,
    FACTORIAL,
    CENTROID,
)
