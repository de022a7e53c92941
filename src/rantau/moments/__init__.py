"""What the data say: the sample and its moments."""

from rantau.moments.compute import Moments, complete_rows, moments, resampled_moments
from rantau.moments.sample import Sample, sample

__all__ = ["Moments", "Sample", "complete_rows", "moments", "resampled_moments", "sample"]
