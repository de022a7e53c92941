"""Data from a stated population: what a study would find if the model held at these strengths."""

from rantau.simulate.draw import simulate
from rantau.simulate.likert import attenuation, thresholds
from rantau.simulate.population import population_values
from rantau.simulate.write import write_responses

__all__ = ["attenuation", "population_values", "simulate", "thresholds", "write_responses"]
