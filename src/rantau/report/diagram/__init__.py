"""The path diagram, ready to be drawn: records, and building them from a model or a fit."""

from rantau.report.diagram.from_fit import diagram
from rantau.report.diagram.from_model import diagram_of
from rantau.report.diagram.records import Diagram, Edge, Node, Options

__all__ = ["Diagram", "Edge", "Node", "Options", "diagram", "diagram_of"]
