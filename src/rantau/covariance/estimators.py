"""A room in one file: each estimator is a recipe of fitting function, standard errors and test."""

from __future__ import annotations

from rantau.options import choose
from rantau.record import Record

#: How standard errors are computed.
STANDARD_ERRORS = ("standard", "robust_sem", "robust_huber_white", "robust_cluster", "first_order", "none")
#: What information they, and the tests, rest on.
INFORMATION = ("expected", "observed", "first_order")
#: What covariances are divided by.
LIKELIHOOD = ("normal", "wishart")


class Estimator(Record):
    """One estimator, by its name in lavaan and Mplus.

    Attributes
    ----------
    name
        As in `estimator=`.
    discrepancy
        The fitting function for complete rows.
    with_gaps
        The fitting function that uses rows with gaps; empty where there is none.
    se, test, information
        What is computed unless the call says otherwise.
    likelihood
        `normal` divides by n and multiplies by n; `wishart` by n - 1.
    test_information
        What the test rests on; that of the standard errors unless it is named.
    source
        The paper.
    ordered
        The fitting function for ordered answers, where the estimator takes them; empty where it does not.
    """

    name: str
    discrepancy: str
    with_gaps: str
    se: str
    test: str
    information: str
    source: str
    likelihood: str = "normal"
    test_information: str = ""
    ordered: str = ""


ROWS = (
    Estimator("ML", "ml", "fiml", "standard", "standard", "expected", "Jöreskog (1967)"),
    Estimator("MLM", "ml", "", "robust_sem", "satorra_bentler", "expected", "Satorra & Bentler (1994)"),
    Estimator("MLMV", "ml", "", "robust_sem", "scaled_shifted", "expected", "Asparouhov & Muthén (2010)"),
    Estimator("MLMVS", "ml", "", "robust_sem", "mean_var_adjusted", "expected", "Satorra & Bentler (1994)"),
    Estimator(
        "MLR", "ml", "fiml", "robust_huber_white", "yuan_bentler_mplus", "observed",
        "Yuan & Bentler (2000); White (1982)",
    ),
    Estimator("MLF", "ml", "fiml", "first_order", "standard", "first_order", "Muthén & Muthén (2017)"),
    Estimator("GLS", "gls", "", "standard", "standard", "expected", "Browne (1974)", "wishart"),
    Estimator(
        "ULS", "uls", "", "standard", "browne_residual_nt", "expected", "Browne (1984)", "wishart",
        ordered="uls_ordered",
    ),
    Estimator("WLS", "wls", "", "standard", "standard", "expected", "Browne (1984)", "wishart", ordered="wls"),
    *(
        Estimator(name, "", "", "robust_sem", test, "expected", source, "wishart", ordered=discrepancy)
        for name, discrepancy, test, source in (
            ("DWLS", "dwls", "standard", "Muthén, du Toit & Spisic (1997)"),
            ("WLSM", "dwls", "satorra_bentler", "Satorra & Bentler (1994)"),
            ("WLSMV", "dwls", "scaled_shifted", "Asparouhov & Muthén (2010)"),
            ("WLSMVS", "dwls", "mean_var_adjusted", "Satorra & Bentler (1994)"),
            ("ULSM", "uls_ordered", "satorra_bentler", "Satorra & Bentler (1994)"),
            ("ULSMV", "uls_ordered", "scaled_shifted", "Asparouhov & Muthén (2010)"),
            ("ULSMVS", "uls_ordered", "mean_var_adjusted", "Satorra & Bentler (1994)"),
        )
    ),
)  # fmt: skip


def spelling(value: object) -> str:
    """Return an option's value as it is written here: lavaan's dots and hyphens are underscores.

    What is no text is refused by its own name where the option is checked: `None` is none of the allowed ones.
    """
    return str(value).strip().lower().replace(".", "_").replace("-", "_")


def estimator_row(name: str) -> Estimator:
    """Return the recipe of an estimator, whatever the case it is written in.

    Raises
    ------
    OptionError
        If there is no such estimator.
    """
    wanted = str(name).strip().upper()
    choose("estimator", wanted, [row.name for row in ROWS])
    return next(row for row in ROWS if row.name == wanted)
