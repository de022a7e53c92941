"""Golden cases as the other packages wrote them, laid beside the tables of a fit."""

import json
import warnings
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from rantau.errors import AdmissibilityWarning
from rantau.pls import PlsFit, pls

TESTS = Path(__file__).parent.parent
CASES = sorted(path.stem for path in (TESTS / "golden" / "pls").glob("*.json"))


@cache
def case(name: str) -> dict:
    return json.loads((TESTS / "golden" / "pls" / f"{name}.json").read_text())


@cache
def data(name: str) -> pd.DataFrame:
    frame = pd.read_csv(TESTS / "data" / name)
    return frame.replace(-99, np.nan) if name == "reputation.csv" else frame


@cache
def fitted(name: str, **changes) -> PlsFit:
    """A case's model on its data; `changes` replace its options."""
    golden = case(name)
    options = {**golden["options"], **changes}
    options["modes"] = [tuple(pair) for pair in options.get("modes", [])]
    with warnings.catch_warnings():
        # cSEM calls its own mobile PLSc solution inadmissible too; `test_admissibility` holds us to it.
        warnings.simplefilter("ignore", AdmissibilityWarning)
        return pls(golden["model"], data(golden["data"]), **options)


def matrix(block: dict) -> pd.DataFrame:
    """A `rows cols values` block as a frame; JSON's null is NaN."""
    return pd.DataFrame(np.array(block["values"], dtype=float), index=block["rows"], columns=block["cols"])


def nested(block: dict) -> pd.DataFrame:
    """`{outer: {inner: value}}` as `target name value`."""
    rows = [(target, name, value) for target, inside in block.items() for name, value in inside.items()]
    return pd.DataFrame(rows, columns=["target", "name", "value"])


def long(frame: pd.DataFrame, row: str, column: str) -> pd.DataFrame:
    """A long table as a matrix, zero where it has no row."""
    return frame.pivot_table(index=row, columns=column, values="est", aggfunc="sum", fill_value=0.0)


def worst(ours: pd.DataFrame, theirs: pd.DataFrame) -> float:
    """The largest absolute difference over the cells of theirs; infinite where one side alone is missing."""
    mine = ours.reindex(index=theirs.index, columns=theirs.columns).to_numpy(dtype=float)
    other = theirs.to_numpy(dtype=float)
    if not np.array_equal(np.isnan(mine), np.isnan(other)):
        return np.inf
    return float(np.nanmax(np.abs(mine - other)))
