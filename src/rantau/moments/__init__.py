"""What the data say: the sample and its moments."""

from rantau.moments.compute import Moments, complete_rows, moments, resampled_moments
from rantau.moments.grouped import GroupMoments, Patterns, grouped_moments
from rantau.moments.sample import Sample, sample

__all__ = [
    "GroupMoments",
    "Moments",
    "Patterns",
    "Sample",
    "complete_rows",
    "grouped_moments",
    "moments",
    "resampled_moments",
    "sample",
]
