"""Which parameters are equal across groups, and what is set free for it.

The kinds and their consequences are those of lavaan's `group.equal` (Rosseel, 2012): with equal intercepts the
latent means are free from the second group on, unless `means` are equal too; with equal loadings and factors of
unit variance, so are the factors' variances, unless `lv_variances` are equal too. The moments of covariates
are those of each group. Thresholds are the intercepts of ordered variables: to hold either equal is to hold both, but
under the identification of Wu & Estabrook (2016), which has both.
"""

from __future__ import annotations

from rantau.errors import OptionError, unknown
from rantau.model.composites import Anchors, anchor_of, composites, excrescent_of
from rantau.model.entries import Entries, Entry, Key, key_named
from rantau.model.spec import Model
from rantau.options import choose
from rantau.record import Record

KINDS = (
    "loadings",
    "intercepts",
    "thresholds",
    "means",
    "residuals",
    "residual_covariances",
    "lv_variances",
    "lv_covariances",
    "regressions",
    "composite_loadings",
)
#: How what lies behind ordered answers is told in further groups.
IDENTIFICATION = ("lavaan", "wu_estabrook")


class GroupEquality(Record):
    """What is held equal across groups.

    Attributes
    ----------
    kinds
        Of `KINDS`.
    partial
        The parameters exempt from it, as the user names them.
    wu_estabrook
        Whether what lies behind ordered answers is told as by Wu & Estabrook (2016), and not as lavaan does.
    """

    kinds: tuple[str, ...]
    partial: tuple[str, ...]
    wu_estabrook: bool = False

    @property
    def frees_means(self) -> bool:
        """Whether latent means are free from the second group on."""
        tell = {"intercepts"} if self.wu_estabrook else {"intercepts", "thresholds"}
        return bool(tell & set(self.kinds)) and "means" not in self.kinds

    @property
    def frees_variances(self) -> bool:
        """Whether factor variances set to 1 are free from the second group on."""
        return "loadings" in self.kinds and "lv_variances" not in self.kinds


def group_equality(
    groups: tuple[str, ...],
    equal: tuple[str, ...],
    partial: tuple[str, ...],
    identification: str = IDENTIFICATION[0],
    *,
    ordered: bool = False,
) -> GroupEquality:
    """Check the two options.

    Parameters
    ----------
    groups
        What the groups are called.
    equal
        Kinds of parameters, in lavaan's spelling or ours (`residual.covariances`, `residual_covariances`).
    partial
        Single parameters, such as `F=~x2`; they are held against the table later.
    identification
        One of `IDENTIFICATION`.
    ordered
        Whether there are ordered variables.

    Returns
    -------
    GroupEquality
        With the names of `KINDS`.

    Raises
    ------
    OptionError
        If a kind is not known, or there is one group.
    """
    if (equal or partial) and len(groups) == 1:
        option = "group_equal" if equal else "group_partial"
        raise OptionError(
            f"{option} compares groups, but there is one group; say which variable groups the rows (group=)."
        )
    kinds = [choose("group_equal", one.strip().lower().replace(".", "_").replace("-", "_"), KINDS) for one in equal]
    separate = identification == "wu_estabrook"
    if ordered and not separate and {"intercepts", "thresholds"} & set(kinds):
        kinds += ["intercepts", "thresholds"]
    return GroupEquality(tuple(dict.fromkeys(kinds)), partial, separate)


def equal_entries(
    equality: GroupEquality,
    model: Model,
    entries: Entries,
    latent: tuple[str, ...],
    covariates: tuple[str, ...],
    anchors: Anchors = (),
) -> tuple[Entry, ...]:
    """Return the parameters that are to be equal across groups.

    Parameters
    ----------
    equality
        What the user asked for.
    model
        Which of its blocks are composites.
    entries
        All parameters.
    latent, covariates
        Names, as in the table.
    anchors
        Of the composites, as in the table.

    Returns
    -------
    tuple of Entry
        In the order of the table.

    Raises
    ------
    OptionError
        If `partial` names what is not a parameter, or a loading that is fixed at one value in every group.
    """
    exempt = {_parameter(name, entries) for name in equality.partial}
    formed = {block.construct: block.items[0] for block in composites(model)}
    excrescent = {
        name: anchor_of(block, anchors)
        for block in composites(model)
        for name in excrescent_of(block, anchors).values()
    }
    return tuple(
        entry
        for entry in entries.every
        if entry.key not in exempt and _kind(entry, latent, covariates, formed, excrescent) in equality.kinds
    )


def _kind(
    entry: Entry,
    latent: tuple[str, ...],
    covariates: tuple[str, ...],
    formed: dict[str, str],
    excrescent: dict[str, str],
) -> str:
    """Return the kind of a parameter; of what completes a composite, only its relative weights are of any."""
    if entry.lhs in excrescent:
        return "composite_loadings" if entry.op == "=~" and entry.rhs == excrescent[entry.lhs] else ""
    if entry.op == "=~" and entry.lhs in formed:
        return ""
    return kind_of(entry, latent, covariates)


def kind_of(entry: Entry, latent: tuple[str, ...], covariates: tuple[str, ...]) -> str:
    """Return which of `KINDS` a parameter is; empty for a moment of covariates."""
    if entry.op in ("|", "~*~"):
        return "thresholds" if entry.op == "|" else ""
    if entry.op in ("=~", "<~", "~"):
        return {"=~": "loadings", "<~": "composite_loadings", "~": "regressions"}[entry.op]
    if entry.lhs in covariates or entry.rhs in covariates:
        return ""
    if entry.op == "~1":
        return "means" if entry.lhs in latent else "intercepts"
    of_latent = entry.lhs in latent or entry.rhs in latent
    if entry.lhs == entry.rhs:
        return "lv_variances" if of_latent else "residuals"
    return "lv_covariances" if of_latent else "residual_covariances"


def _parameter(name: str, entries: Entries) -> Key:
    key = key_named(name)
    if key not in entries.known:
        raise OptionError(unknown("parameter in group_partial", name, (entry.name for entry in entries.every)))
    entry = entries.known[key]
    if entry.op == "=~" and entry.fixed[0] is not None and len(set(entry.fixed)) == 1:
        raise OptionError(
            f"group_partial='{name}' releases nothing: this loading is fixed at {entry.fixed[0]:g} in every group. To "
            f"let it differ, let another item set the scale: `{entry.lhs} =~ NA*{entry.rhs} + 1*...`."
        )
    return key
