"""Sentences: what was done and found, in words; every number in them is computed from the findings."""

from rantau.report.sentences.account import account
from rantau.report.sentences.assessment import assessment
from rantau.report.sentences.bias import bias
from rantau.report.sentences.checks import crosscheck, limits, problems
from rantau.report.sentences.compared import skipped
from rantau.report.sentences.fit import covarying, fit, pls_fit
from rantau.report.sentences.groups import groups
from rantau.report.sentences.importance import importance
from rantau.report.sentences.measurement import discriminant, reliability
from rantau.report.sentences.mediation import mediation
from rantau.report.sentences.moderation import moderation
from rantau.report.sentences.prediction import prediction
from rantau.report.sentences.robustness import robustness
from rantau.report.sentences.sample import methods, sample
from rantau.report.sentences.sensitivity import sensitivity
from rantau.report.sentences.structure import explained, hypotheses, population

__all__ = [
    "account", "assessment", "bias", "covarying", "crosscheck", "discriminant", "explained", "fit", "groups",
    "hypotheses", "importance", "limits", "mediation", "methods", "moderation", "pls_fit", "population", "prediction",
    "problems", "reliability", "robustness", "sample", "sensitivity", "skipped",
]  # fmt: skip
