"""How a missing answer is drawn, given the answers to the other items."""

from rantau.imputation.method import Method
from rantau.imputation.methods.normal import normal
from rantau.imputation.methods.pmm import pmm

#: The first is the default.
ROWS: tuple[Method, ...] = (
    Method("pmm", pmm, "predictive mean matching", "Little (1988)"),
    Method("normal", normal, "regression", "Rubin (1987)"),
)
