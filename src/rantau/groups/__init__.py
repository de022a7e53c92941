"""Groups of rows, known or hidden: whether they are measured alike, and whether their paths differ."""

from rantau.groups.compare import compare_groups
from rantau.groups.comparison import GroupComparison
from rantau.groups.levels import invariance

__all__ = ["GroupComparison", "compare_groups", "invariance"]
