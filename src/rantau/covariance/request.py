"""What is asked of the covariance engine, as one frozen record."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Any

from rantau.covariance.estimators import (
    INFORMATION,
    LIKELIHOOD,
    ROWS,
    STANDARD_ERRORS,
    Estimator,
    estimator_row,
    spelling,
)
from rantau.covariance.exploratory.rotation import Rotation, as_rotation
from rantau.covariance.model_tests import ROWS as TESTS
from rantau.covariance.ordered_request import refuse_with_order, refuse_without_order
from rantau.errors import OptionError
from rantau.model.exploratory import check_exploratory, explored
from rantau.model.group_equality import IDENTIFICATION
from rantau.model.locate import refusal
from rantau.model.ordered import ordered_names
from rantau.model.parameters import free_standing_covariates
from rantau.model.products import Expansion, expand
from rantau.model.spec import Model, Span
from rantau.options import check_switch, choose
from rantau.record import Record

ESTIMATORS = tuple(row.name for row in ROWS)
#: How missing answers are met.
MISSING = ("listwise", "fiml", "fiml_x", "pairwise")
#: What of an ordered variable is fixed, so that the other follows.
PARAMETERIZATION = ("delta", "theta")
#: Other names of what options may be.
_ALIASES = {
    "missing": {"ml": "fiml", "direct": "fiml", "ml_x": "fiml_x", "direct_x": "fiml_x"},
    "se": {"robust": "robust_default"},
}
#: How products of constructs are estimated, with other names for the same.
INTERACTION = ("product_indicators", "moments")
_PRODUCT_INDICATORS = (
    "double_mean_centred", "double_mean_centered", "double_mean_centring", "double_mean_centering", "doublemc",
    "dblcent", "pi",
)  # fmt: skip
#: Other names for how what lies behind ordered answers is told.
IDENTIFICATION_NAMES = {"wu_estabrook_2016": "wu_estabrook", "wu": "wu_estabrook", "default": "lavaan"}
DEFAULT = "default"


class SemRequest(Record):
    """The model and the options of one call, by lavaan's names.

    Attributes
    ----------
    model
        What is claimed.
    estimator
        A row of the room `covariance.estimators`.
    missing
        `listwise`, `fiml`, or `fiml_x` (rows with a gap in a fixed covariate stay).
    group
        The column whose values tell groups apart; empty for one group.
    group_equal, group_partial
        What is held equal across groups, and which parameters are released from that.
    std_lv
        Unit factor variances instead of unit first loadings.
    fixed_x
        Observed exogenous variables keep their sample moments; None does so where a likelihood is maximised. Of
        ordered answers everything is regressed on them then, by probit where ordered, and None does so.
    meanstructure
        Means are part of the model; None leaves it to the estimator and the model.
    growth
        Intercepts of items are zero and those of factors free.
    likelihood
        `normal` or `wishart`; `default` leaves it to the estimator.
    information
        `expected`, `observed`, `first_order`, or `default`.
    se, test
        How standard errors and the test of the model are computed, or `default`.
    sampling_weights, cluster
        Columns; empty for none.
    ordered, parameterization
        The variables whose answers are ordered categories (True for all that explain nothing), and whether the scale
        (`delta`) or the residual variance (`theta`) of what lies behind them is 1.
    identification
        How what lies behind them is told in further groups: as `lavaan` does, or as `wu_estabrook` do.
    interaction, pairs
        How products of constructs are estimated (`moments` is what `rt.sam` does), and how their items are paired.
    rotation
        How the factors of exploratory blocks are turned; None where the model has none.
    """

    model: Model
    estimator: str = "ML"
    missing: str = "listwise"
    group: str = ""
    group_equal: tuple[str, ...] = ()
    group_partial: tuple[str, ...] = ()
    std_lv: bool = False
    fixed_x: bool | None = None
    meanstructure: bool | None = None
    growth: bool = False
    likelihood: str = DEFAULT
    information: str = DEFAULT
    se: str = DEFAULT
    test: str = DEFAULT
    sampling_weights: str = ""
    cluster: str = ""
    interaction: str = INTERACTION[0]
    pairs: str = DEFAULT
    ordered: tuple[str, ...] | bool = ()
    parameterization: str = PARAMETERIZATION[0]
    identification: str = IDENTIFICATION[0]
    rotation: Rotation | None = None

    def __post_init__(self) -> None:
        """Refuse what the engine cannot do, before anything is computed."""
        super().__post_init__()
        check_switch("std_lv", self.std_lv)
        check_switch("fixed_x", self.fixed_x, may_be_none=True)
        check_switch("meanstructure", self.meanstructure, may_be_none=True)
        self._spell()
        self._settle_ordered()
        recipe = estimator_row(self.estimator)
        if self.likelihood == DEFAULT:
            object.__setattr__(self, "likelihood", recipe.likelihood)
        if self.fixed_x is None:
            object.__setattr__(self, "fixed_x", recipe.discrepancy == "ml")
        choose("missing", self.missing, MISSING)
        choose("likelihood", self.likelihood, LIKELIHOOD)
        choose("information", self.information, (*INFORMATION, DEFAULT))
        self._check_errors_and_test()
        if self.missing not in ("listwise", "pairwise") and not recipe.with_gaps:
            raise OptionError(
                f"missing='{self.missing}' needs the likelihood of each row, which estimator '{recipe.name}' does not "
                "use; take estimator='MLR' (robust, with gaps) or 'ML', or missing='listwise'."
            )
        if self.meanstructure is False and self.needs_means:
            raise OptionError(f"{self.needs_means} needs the means: leave meanstructure out, or set it to True.")
        if self.likelihood == "wishart" and self.missing not in ("listwise", "pairwise"):
            raise OptionError(
                "likelihood='wishart' needs complete rows; take likelihood='normal', or missing='listwise'."
            )
        if self.group_partial and not self.group_equal:
            raise OptionError("group_partial releases what group_equal holds equal; state group_equal as well.")
        choose("interaction", self.interaction, INTERACTION)
        _refuse_unsupported(self.model, ordered=bool(self.ordered))
        self._check_rotation()
        products = self.expanded.constructs
        if self.growth and products:
            name = products[0].name
            raise refusal(
                self.model, next(path.term.span for path in self.model.paths if path.predictor == name),
                f"'{name}': products of constructs are centred, which leaves nothing of the means of a growth curve; "
                "growth() cannot estimate them.",
            )  # fmt: skip

    def _check_rotation(self) -> None:
        """Fill in the rotation of a model that has exploratory blocks, and refuse one that has nothing to turn."""
        check_exploratory(self.model)
        blocks = explored(self.model)
        if not blocks:
            if self.rotation is not None:
                raise OptionError(
                    "rotation= turns the factors of exploratory blocks, and the model has none; write "
                    '`efa("block")*f1 + efa("block")*f2 =~ x1 + x2 + ...`, or take rt.efa(data, n_factors=2).'
                )
            return
        rotation = as_rotation("geomin" if self.rotation is None else self.rotation)
        object.__setattr__(self, "rotation", rotation)
        if self.interaction != INTERACTION[0]:
            raise refusal(
                self.model, self.model.block(blocks[0][1][0]).span,
                "rt.sam() measures each construct by itself, which exploratory blocks cannot be; take rt.sem().",
            )  # fmt: skip
        if self.growth:
            raise refusal(
                self.model, self.model.block(blocks[0][1][0]).span,
                "the factors of a growth curve are told apart by its occasions, and are not turned; take sem().",
            )  # fmt: skip
        if not rotation.target:
            return
        shape = (len(rotation.target), len(rotation.target[0]))
        for name, factors in blocks:
            wanted = (len(self.model.block(factors[0]).items), len(factors))
            if shape != wanted:
                raise OptionError(
                    f"target is {shape[0]} by {shape[1]}, and the exploratory block '{name}' has {wanted[0]} items and "
                    f"{wanted[1]} factors."
                )

    @property
    def cut(self) -> tuple[str, ...]:
        """The variables that thresholds cut: the ordered ones, but for fixed covariates, which count as numbers."""
        names = () if isinstance(self.ordered, bool) else self.ordered
        numbers = free_standing_covariates(self.model) if self.fixed_x else set()
        return tuple(name for name in names if name not in numbers)

    @property
    def uncorrelated(self) -> str:
        """Which covariances of the factors of exploratory blocks are nought; see `tabulate`."""
        return "" if self.rotation is None else self.rotation.uncorrelated

    def _spell(self) -> None:
        for name in ("missing", "information", "se", "test", "likelihood"):
            value = spelling(getattr(self, name))
            object.__setattr__(self, name, _ALIASES.get(name, {}).get(value, value))
        wanted = str(self.estimator).strip().upper()
        if wanted == DEFAULT.upper():
            wanted = "WLSMV" if self.ordered else "ML"
        object.__setattr__(self, "estimator", wanted)
        object.__setattr__(self, "parameterization", spelling(self.parameterization))
        object.__setattr__(self, "pairs", spelling(self.pairs))
        how = spelling(self.interaction)
        object.__setattr__(self, "interaction", INTERACTION[0] if how in _PRODUCT_INDICATORS else how)
        for name in ("group_equal", "group_partial"):
            value = getattr(self, name)
            object.__setattr__(self, name, (value,) if isinstance(value, str) else tuple(value))
        object.__setattr__(self, "group_equal", tuple(spelling(kind) for kind in self.group_equal))

    def _settle_ordered(self) -> None:
        """Settle which variables are ordered, and refuse what does not go with that."""
        choose("parameterization", self.parameterization, PARAMETERIZATION)
        how = spelling(self.identification)
        how = choose("identification", IDENTIFICATION_NAMES.get(how, how), IDENTIFICATION)
        object.__setattr__(self, "identification", how)
        row = estimator_row(self.estimator)
        if not self.ordered:
            refuse_without_order(row, self.missing, self.parameterization, how, self.group_equal)
            return
        object.__setattr__(self, "ordered", ordered_names(self.model, self.ordered))
        if self.fixed_x is None:
            object.__setattr__(self, "fixed_x", True)
        refuse_with_order(self)

    def _check_errors_and_test(self) -> None:
        if spelling(self.se) in ("bootstrap", "boot"):
            raise OptionError(
                "bootstrap standard errors come after the fit: rt.bootstrap(fit, draws=5000, seed=1).table()."
            )
        if self.test in ("bollen_stine", "bootstrap"):
            raise OptionError("the Bollen-Stine test comes after the fit: rt.bollen_stine(fit, draws=1000, seed=1).")
        choose("se", self.se, (*STANDARD_ERRORS, "robust_default", DEFAULT))
        choose("test", self.test, (*(row.name for row in TESTS), "none", DEFAULT))
        if self.ordered:
            return
        if self.se == "robust_cluster" and not self.cluster:
            raise OptionError("se='robust_cluster' needs the column that names each row's cluster: cluster='...'.")
        gaps = self.missing not in ("listwise", "pairwise")
        if gaps and self.se == "robust_sem":
            raise OptionError("se='robust_sem' needs complete rows; with gaps take se='robust_huber_white'.")
        needs = next((row for row in TESTS if row.name == self.test), None)
        if gaps and needs is not None and not needs.with_gaps:
            raise OptionError(
                f"test='{self.test}' needs complete rows; with gaps take test='yuan_bentler_mplus' (estimator='MLR')."
            )
        self._check_likelihood()
        self._check_cluster()
        self._check_information()

    def _check_likelihood(self) -> None:
        """Refuse what reads the likelihood of rows where the estimator maximises none."""
        row = estimator_row(self.estimator)
        if row.discrepancy == "ml":
            if self.sampling_weights and "first_order" in (self.recipe.information, self.recipe.se):
                raise OptionError(
                    "the spread of the scores is no information where rows have weights; take estimator='MLR', whose "
                    "standard errors need no such thing."
                )
            return
        others = {
            "sampling_weights": bool(self.sampling_weights),
            "cluster": bool(self.cluster),
            f"se='{self.se}'": self.se in ("robust_huber_white", "robust_cluster", "first_order"),
            f"test='{self.test}'": self.test.startswith("yuan_bentler"),
            "information='first_order'": self.information == "first_order",
        }
        for option, asked in others.items():
            if asked:
                raise OptionError(
                    f"{option} reads the likelihood of each row, which estimator '{row.name}' does not use; take "
                    "estimator='MLR', or for data that are not normal se='robust_sem' and test='satorra_bentler'."
                )

    def _check_information(self) -> None:
        """Refuse what corrects the information by the spread of the scores, where both are one."""
        corrected = {f"se='{self.recipe.se}'": self.recipe.se.startswith("robust")}
        corrected |= {f"test='{each.name}'": each.name == self.recipe.test and each.scaled for each in TESTS}
        what = next((option for option, asked in corrected.items() if asked), "")
        if what and self.recipe.information == "first_order":
            raise OptionError(
                f"{what} sets the information against the spread of the scores, and information='first_order' takes "
                "one for the other; take 'observed' or 'expected'."
            )

    def _check_cluster(self) -> None:
        """Refuse what takes rows of one cluster for independent ones."""
        if not self.cluster:
            return
        row = estimator_row(self.estimator)
        if row.name not in ("ML", "MLR"):
            raise OptionError(
                f"estimator='{row.name}' takes rows for independent, and cluster= says that they are not; take "
                "estimator='MLR', whose standard errors and test sum over clusters."
            )
        if self.se in ("standard", "robust_sem", "first_order"):
            raise OptionError(f"se='{self.se}' takes rows for independent; with cluster= take se='robust_cluster'.")
        if self.information == "first_order":
            raise OptionError("information='first_order' takes rows for independent; take 'observed' or 'expected'.")
        if self.test != DEFAULT and not self.test.startswith("yuan_bentler") and self.test not in ("standard", "none"):
            raise OptionError(f"test='{self.test}' takes rows for independent; take test='yuan_bentler_mplus'.")

    @cached_property
    def recipe(self) -> Estimator:
        """The estimator with every default filled in."""
        row = estimator_row(self.estimator)
        gaps = self.missing not in ("listwise", "pairwise")
        if self.ordered:
            row = row.replace(discrepancy=row.ordered)
            if row.name == "ULS":
                row = row.replace(se="robust_sem", test="standard")
        se, test, information = row.se, row.test, row.information
        if gaps and information == "expected":
            information = "observed"
        if self.sampling_weights and se == "standard":
            se, test = "robust_huber_white", "yuan_bentler_mplus"
        if self.cluster:
            se, test = "robust_cluster", "yuan_bentler_mplus"
        if self.se == "robust_default":
            scores = gaps or row.name == "MLR" or self.sampling_weights
            se = "robust_cluster" if self.cluster else "robust_huber_white" if scores else "robust_sem"
        elif self.se != DEFAULT:
            se = self.se
        elif se == "first_order" and self.information not in (DEFAULT, "first_order") and not self.sampling_weights:
            # MLF is ML with other information; whoever names one has ML's errors from that.
            se = "standard"
        # As in lavaan, errors from the scores of rows ask for what is observed, others do not unless answers have gaps.
        if se in ("robust_huber_white", "robust_cluster"):
            information = "observed"
        elif information == "observed" and not gaps:
            information = "expected"
        if self.test != DEFAULT:
            test = self.test
        if self.information != DEFAULT:
            information = self.information
        discrepancy = row.with_gaps if gaps else row.discrepancy
        # lavaan's rule: the Hessian where the test comes with the estimator, else what is seen of the moments.
        own = test == "yuan_bentler_mplus" and (row.name == "MLR" or bool(self.sampling_weights))
        of_test = "observed_h1" if information == "observed" and not own else information
        return row.replace(discrepancy=discrepancy, se=se, test=test, information=information, test_information=of_test)

    @cached_property
    def expanded(self) -> Expansion:
        """The model with its products written out, which is what is estimated."""
        return expand(self.model, pairs=self.pairs, measured=self.interaction == INTERACTION[0])

    @property
    def needs_means(self) -> str:
        """What in the call has no meaning without means; empty where nothing."""
        about = next(iter(self.model.intercepts), None)
        found = {
            f"missing='{self.missing}'": self.missing not in ("listwise", "pairwise"),
            "ordered=": bool(self.ordered),
            "growth()": self.growth,
            "cluster=": bool(self.cluster),
            "group_equal='means'": "means" in self.group_equal,
            "group_equal='intercepts'": "intercepts" in self.group_equal,
            f"`{about.variable if about else ''} ~ 1` of the model": about is not None,
        }
        return next((what for what, there in found.items() if there), "")

    @property
    def mean_structure(self) -> bool | None:
        """Whether the call asks for means, by an option or by what an option needs."""
        needed = self.missing not in ("listwise", "pairwise") or self.growth or bool(self.cluster)
        needed = needed or bool(self.ordered)
        return True if needed else self.meanstructure


@lru_cache(maxsize=64, typed=True)
def _known(model: Model, **options: Any) -> SemRequest:  # noqa: ANN401 - those of SemRequest
    return SemRequest(model, **options)


def settled(model: Model, **options: Any) -> SemRequest:  # noqa: ANN401 - those of SemRequest
    """Return the request for a model and options, checked once: a simulation asks the same a thousand times.

    Raises
    ------
    ModelSyntaxError, OptionError
        As `SemRequest` does.
    """
    try:
        return _known(model, **options)
    except TypeError:
        # An option that has no hash is none of those that can be; what it should be is said where it is checked.
        return SemRequest(model, **options)


def _refuse_unsupported(model: Model, *, ordered: bool) -> None:
    """Point at the first statement that the engine cannot honour."""
    for block in model.blocks:
        for term in block.terms:
            if len(term.factors) > 1:
                raise refusal(model, term.span, f"a product ('{term.name}') cannot measure a construct.")
    one = next(iter(model.of_answers), None)
    if one is not None and not ordered:
        what = "a threshold" if model.thresholds else "a scale (`~*~`)"
        raise refusal(
            model, one.span,
            f"'{one.variable}' has {what}, but no variable is ordered; name those that are: "
            f"rt.sem(model, data, ordered=['{one.variable}', ...]), or ordered=True for all.",
        )  # fmt: skip
    if not model.observed:
        raise refusal(model, Span(1, 1), "the model says nothing of any observed variable.")
    _refuse_contradictions(model)


def _refuse_contradictions(model: Model) -> None:
    """Refuse loadings stated twice over, and constructs that measure each other in a circle."""
    items = {block.construct: set(block.items) for block in model.blocks}
    for path in model.paths:
        if path.outcome in items.get(path.predictor, ()):
            raise refusal(
                model, path.term.span,
                f"'{path.outcome} ~ {path.predictor}' says again what '{path.predictor} =~ {path.outcome}' says; "
                "drop one of them.",
            )  # fmt: skip
    waiting = dict(items)
    while waiting:
        ready = [name for name, parts in waiting.items() if not parts & waiting.keys()]
        if not ready:
            circle = next(block for block in model.blocks if block.construct in waiting)
            raise refusal(
                model, circle.span,
                f"'{circle.construct}' and its parts measure each other in a circle: {', '.join(waiting)}.",
            )  # fmt: skip
        for name in ready:
            del waiting[name]
