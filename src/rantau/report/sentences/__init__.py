"""Sentences: what was done and found, in words; every number in them is computed from the findings."""

from rantau.report.sentences.account import account
from rantau.report.sentences.checks import crosscheck, limits, problems
from rantau.report.sentences.compared import skipped
from rantau.report.sentences.fit import covarying, fit, pls_fit
from rantau.report.sentences.measurement import discriminant, reliability
from rantau.report.sentences.moderation import moderation
from rantau.report.sentences.sample import methods, sample
from rantau.report.sentences.sensitivity import sensitivity
from rantau.report.sentences.structure import explained, hypotheses, population

__all__ = [
    "account", "covarying", "crosscheck", "discriminant", "explained", "fit", "hypotheses", "limits", "methods",
    "moderation",    "pls_fit", "population", "problems", "reliability", "sample", "sensitivity", "skipped",
]  # fmt: skip
