"""What the data say: the sample and its moments."""

from rantau.moments.asymptotic import asymptotic_covariance, missing_rank, normal_asymptotic_covariance
from rantau.moments.belonging import belonging
from rantau.moments.compute import Moments, answered_rows, complete_rows, resampled_moments, sample_moments
from rantau.moments.grouped import GroupMoments, Patterns, grouped_moments
from rantau.moments.sample import Sample, sample
from rantau.moments.stream import read_moments
from rantau.moments.summary import SummaryStatistics, moments

__all__ = [
    "GroupMoments",
    "Moments",
    "Patterns",
    "Sample",
    "SummaryStatistics",
    "answered_rows",
    "asymptotic_covariance",
    "belonging",
    "complete_rows",
    "grouped_moments",
    "missing_rank",
    "moments",
    "normal_asymptotic_covariance",
    "read_moments",
    "resampled_moments",
    "sample",
    "sample_moments",
]
