"""What is claimed: the model language and the parameters it implies."""

from rantau.model.spec import Model
from rantau.model.syntax import parse_model, read_model

__all__ = ["Model", "parse_model", "read_model"]
