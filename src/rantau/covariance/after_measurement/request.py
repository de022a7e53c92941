"""What is asked of sam(), as one frozen record."""

from __future__ import annotations

from collections.abc import Sequence

from rantau.covariance.estimators import spelling
from rantau.covariance.request import DEFAULT, SemRequest
from rantau.errors import OptionError
from rantau.model.locate import refusal
from rantau.model.spec import Model
from rantau.options import choose, several_names
from rantau.record import Record

METHODS = ("local", "global")
STANDARD_ERRORS = ("twostep", "standard", "ij", "none")
_ALIASES = {"two_step": "twostep", "robust": "ij", "infinitesimal_jackknife": "ij", "naive": "standard"}


class SamRequest(Record):
    """The model and the options of one call of `sam`.

    Attributes
    ----------
    asked
        Model and the options it shares with `sem`.
    method
        `local` or `global`.
    se
        One of `STANDARD_ERRORS`, or `default`.
    robust
        Whether the estimator asks for robust errors.
    blocks
        The constructs that are measured together, once they are known.
    """

    asked: SemRequest
    method: str = METHODS[0]
    se: str = DEFAULT
    robust: bool = False
    blocks: tuple[tuple[str, ...], ...] = ()

    @classmethod
    def of(
        cls,
        model: Model,
        *,
        estimator: str,
        method: str,
        se: str,
        missing: str,
        group: str,
        group_equal: str | Sequence[str],
        group_partial: str | Sequence[str],
        fixed_x: bool,
        meanstructure: bool | None,
    ) -> SamRequest:
        """Check the options of a call; see `sam`."""
        wanted = str(estimator).strip().upper()
        if wanted not in ("ML", "MLR"):
            raise OptionError(
                f"estimator='{estimator}': measurement and structure are estimated by 'ML' here; 'MLR' is the same "
                "with robust standard errors."
            )
        how = _ALIASES.get(spelling(se), spelling(se))
        if how in ("bootstrap", "boot"):
            raise OptionError(
                "bootstrap standard errors come after the fit: rt.bootstrap(fit, draws=5000, seed=1).table()."
            )
        choose("method", spelling(method), METHODS)
        choose("se", how, (*STANDARD_ERRORS, DEFAULT))
        asked = SemRequest(
            model, missing=missing, group=group, fixed_x=fixed_x, meanstructure=meanstructure, interaction="moments",
            group_equal=several_names("group_equal", group_equal, "loadings"),
            group_partial=several_names("group_partial", group_partial, "F =~ x2"),
        )  # fmt: skip
        request = cls(asked, spelling(method), how, wanted == "MLR")
        request.check()
        return request

    def check(self) -> None:
        """Refuse options that contradict each other."""
        products = self.asked.expanded.constructs
        if products:
            name = products[0].name
            where = next(path.term.span for path in self.model.paths if path.predictor == name)
            if self.method == "global":
                raise refusal(
                    self.model, where,
                    f"'{name}': the moments of items say too little of a product of constructs for method='global'; "
                    "take method='local'.",
                )  # fmt: skip
            if self.missing != "listwise":
                raise refusal(
                    self.model, where,
                    f"'{name}': the moments of a product of constructs need complete rows, missing='listwise'; "
                    "rt.sem(model, data, missing='fiml', estimator='MLR') uses rows with gaps.",
                )  # fmt: skip
            if self.errors not in ("ij", "none"):
                raise OptionError(
                    f"se='{self.se}' takes what is estimated to be normal, which the product '{name}' is not; take "
                    "se='ij', or se='none' and rt.bootstrap(fit)."
                )
        if self.errors == "ij" and self.missing != "listwise":
            raise OptionError("se='ij' (estimator='MLR') needs complete rows; take se='twostep', or rt.bootstrap(fit).")

    @property
    def errors(self) -> str:
        """How standard errors are computed, the default filled in."""
        if self.se != DEFAULT:
            return self.se
        return "ij" if self.robust or self.asked.expanded.constructs else "twostep"

    @property
    def model(self) -> Model:
        """What is claimed."""
        return self.asked.model

    @property
    def missing(self) -> str:
        """How missing answers are met."""
        return self.asked.missing

    @property
    def estimator(self) -> str:
        """`ML` or `MLR`."""
        return "MLR" if self.robust else "ML"
