"""Data from a stated population: what a study would find if the model held at these strengths."""

from rantau.simulate.draw import simulate
from rantau.simulate.likert import attenuation, thresholds
from rantau.simulate.population import population_values
from rantau.simulate.power import power
from rantau.simulate.power_result import Power
from rantau.simulate.sample_size import sample_size
from rantau.simulate.write import write_responses

__all__ = [
    "Power",
    "attenuation",
    "population_values",
    "power",
    "sample_size",
    "simulate",
    "thresholds",
    "write_responses",
]
