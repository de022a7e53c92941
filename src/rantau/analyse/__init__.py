"""From a plan to findings: everything read and checked, then everything estimated; nothing is written."""

from rantau.analyse.beyond import Progress
from rantau.analyse.check import Material, check_study
from rantau.analyse.estimate import analyse

__all__ = ["Material", "Progress", "analyse", "check_study"]
