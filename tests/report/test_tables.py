"""Journal tables: the right numbers in the right cells, names for codes, and warnings where fits cannot be trusted."""

import math
import re
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from study_findings import ROOT, gaps, heywood, mobile, not_converged, simulated

from rantau.covariance import cfa, sem
from rantau.inference import bootstrap
from rantau.model import parse_model
from rantau.pls import pls
from rantau.quality import judge_hypotheses
from rantau.report import tables as room
from rantau.report.collect import collect
from rantau.report.findings import Findings, Variant
from rantau.report.prose import Prose
from rantau.report.sentences import sensitivity
from rantau.report.styles import read_style
from rantau.report.table import Interval, Marked, value_of
from rantau.report.tables import ROWS
from rantau.report.tables.population import true_values
from rantau.report.word_table import column_widths, needs_landscape
from rantau.report.words import read_words
from rantau.survey import read_responses, read_survey, screen

BY_NAME = {row.name: row for row in ROWS}


def table(name, findings=None, language="en"):
    return BY_NAME[name].table(mobile() if findings is None else findings, language)


def body(made):
    return [row for row in made.rows if row.kind == "body"]


def row_of(made, label):
    return next(row for row in body(made) if value_of(row.cells[0]) == label)


def cell(made, label, column):
    place = [one.key for one in made.columns].index(column)
    return value_of(row_of(made, label).cells[place])


def notes(made):
    return " ".join(note.text for note in made.notes)


def test_every_file_of_the_room_has_its_line():
    files = {path.stem for path in Path(room.__file__).parent.glob("*.py")} - {"__init__"}
    assert {row.name for row in ROWS} == files
    assert len(ROWS) == len(files)


def test_what_a_table_needs_are_fields_of_findings():
    fields = set(Findings.field_names())
    for row in ROWS:
        assert {name for need in row.needs for name in need.split(" or ")} <= fields


def test_without_its_parts_a_table_is_left_out():
    bare = Findings(mobile().model)
    assert [row.name for row in ROWS if row.table(bare)] == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
@pytest.mark.parametrize("make", [mobile, gaps, simulated])
def test_every_table_is_said_in_both_languages(row, make):
    one, other = row.table(make(), "en"), row.table(make(), "id")
    assert (one is None) == (other is None)
    if one is not None:
        assert one.title != other.title
        assert [column.key for column in one.columns] == [column.key for column in other.columns]
        english = set(re.findall(r"[a-z]{4,}", notes(one).lower()))
        assert not english & {"menurut", "adalah", "dengan"}
        assert not {"which", "where", "with"} & set(re.findall(r"[a-z]{4,}", notes(other).lower()))


def test_screening_flow_counts_a_row_once():
    raw = mobile().screening.responses
    values, cells = np.array(raw.values), np.array(raw.raw)
    values[0] = np.nan
    values[2], cells[2] = values[1], cells[1]
    screening = screen(raw.replace(values=values, raw=cells), exclude=("missing", "duplicate"))
    steps = {step.rule: [step.flagged, step.left_out, step.left] for step in screening.flow()}
    assert steps == {"missing": [1, 1, 249], "longstring": [5, 0, 249], "duplicate": [1, 1, 248]}
    assert screening.kept.n_obs == 248


def test_screening_table_says_where_the_rules_come_from():
    made = table("screening")
    assert cell(made, "The same answer to more than 50% of the items in a row", "source") == "Curran (2016)"
    assert cell(made, "The same answer to more than 50% of the items in a row", "flagged") == 5
    assert cell(made, "Rows analysed", "left") == 250


def test_items_are_those_of_the_model_in_the_language_of_the_report():
    made = table("items", language="id")
    codes = [value_of(row.cells[0]) for row in body(made)]
    assert codes == list(mobile().model.observed)
    assert cell(made, "IMAG1", "wording").startswith("Operator seluler saya dapat dipercaya")
    # As test_describe holds against SPSS-type formulas.
    assert cell(made, "IMAG1", "mean") == pytest.approx(7.64)
    assert cell(made, "IMAG1", "skew") == pytest.approx(-0.912, abs=5e-4)


def test_reversed_items_are_marked():
    made = table("items", simulated())
    assert cell(made, "DE5", "wording").endswith("(R)")
    assert not cell(made, "DE4", "wording").endswith("(R)")
    assert "(R) marks reversed items" in notes(made)
    assert "(R)" not in notes(table("items"))


def test_measurement_table_gives_each_engine_its_own_numbers():
    made, found = table("measurement"), mobile()
    cfa = found.cfa.standardized()
    own = cfa[(cfa.lhs == "Image") & (cfa.rhs == "IMAG1")].iloc[0]
    assert cell(made, "IMAG1", "cfa_loading") == own.est_std
    assert cell(made, "IMAG1", "cfa_ci") == Interval(own.ci_low, own.ci_high)
    loadings = found.pls.loadings().set_index("item")["est"]
    assert cell(made, "IMAG1", "pls_loading") == loadings["IMAG1"]
    for column in ("alpha", "omega", "rho_a", "rho_c", "ave", "ave_cfa"):
        assert cell(made, "Customer satisfaction", column) == found.reliability.loc["Satisfaction", column]


def test_single_items_have_no_loading_and_no_reliability():
    made = table("measurement")
    for column in ("alpha", "omega", "rho_a", "rho_c", "ave"):
        assert math.isnan(cell(made, "Customer complaints", column))
    assert math.isnan(cell(made, "CUSCO", "cfa_loading"))
    assert math.isnan(cell(made, "CUSCO", "pls_loading"))
    assert "single item" in notes(made)


def test_composites_show_weights_and_are_not_judged_by_agreement():
    found = mobile()
    model = parse_model(found.model.text.replace("Image        =~", "Image <~"))
    made = table("measurement", found.replace(model=model, cfa=None, sem=None))
    assert "weight" in [column.key for column in made.columns]
    assert math.isnan(cell(made, "Image", "rho_c"))
    assert not math.isnan(cell(made, "Perceived value", "rho_c"))


def test_fornell_larcker_table_has_roots_of_ave_on_its_diagonal():
    made, found = table("discriminant"), mobile()
    ave = found.pls.reliability()["ave"]
    assert cell(made, "3. Perceived value", "c3") == pytest.approx(math.sqrt(ave["Value"]))
    assert row_of(made, "3. Perceived value").cells[5].bold
    assert cell(made, "1. Image", "c2") is None
    # Image is answered on average at 7.54 (the mean of its five items' means).
    assert cell(made, "1. Image", "mean") == pytest.approx(found.description["mean"][:5].mean())
    assert math.isnan(cell(made, "5. Customer complaints", "c5"))


def test_htmt_stands_below_and_its_one_sided_bounds_above():
    made, found = table("htmt"), mobile()
    assert cell(made, "4. Customer satisfaction", "c1") == found.validity.htmt.loc["Satisfaction", "Image"]
    names = [(one.lhs, one.op, one.rhs) for one in found.draws.quantities]
    draws = found.draws.values[:, names.index(("Satisfaction", "htmt", "Image"))]
    assert cell(made, "1. Image", "c4") == pytest.approx(np.quantile(draws, 0.95), abs=0.01)
    assert cell(table("htmt", found.replace(draws=None)), "1. Image", "c4") is None


def test_own_loadings_are_bold_in_the_cross_loadings():
    made = table("cross_loadings")
    for row in body(made):
        assert sum(one.bold for one in row.cells[1:] if isinstance(one, Marked)) == 1


def test_fit_table_has_the_known_chi_square_and_no_cut_off_column():
    made = table("fit")
    # lavaan 0.6: chisq 189.424, df 105, CFI .941, RMSEA .057 (models/mobile.sem).
    assert cell(made, "CFA", "chisq") == pytest.approx(189.424, abs=5e-4)
    assert cell(made, "CFA", "df") == 105
    assert cell(made, "CFA", "ratio") == pytest.approx(189.424 / 105, abs=1e-4)
    found = mobile().sem.fit_indices()
    assert cell(made, "CB-SEM", "rmsea_ci") == Interval(found["rmsea_ci_lower"], found["rmsea_ci_upper"])
    assert {column.spanner for column in made.columns if column.key.startswith("rmsea")} == {"RMSEA"}
    assert "Hu and Bentler (1999)" in notes(made)
    assert "Hu dan Bentler (1999)" in notes(table("fit", language="id"))


def test_fit_table_shows_scaled_and_robust_indices_beside_the_plain_ones():
    made = table("fit", gaps())
    labels = [value_of(row.cells[0]) for row in body(made)]
    assert labels == ["CFA", "scaled", "robust", "CB-SEM", "scaled", "robust"]
    found = gaps().cfa.fit_indices()
    plain, scaled, robust = body(made)[:3]
    keys = [one.key for one in made.columns]

    def shown(row, key):
        return value_of(row.cells[keys.index(key)])

    assert shown(plain, "chisq") == found["chisq"]
    assert shown(scaled, "chisq") == found["chisq_scaled"]
    assert math.isnan(shown(robust, "chisq"))
    for row, ending in ((plain, ""), (scaled, "_scaled"), (robust, "_robust")):
        assert shown(row, "cfi") == found[f"cfi{ending}"]
        assert shown(row, "rmsea_ci") == Interval(found[f"rmsea_ci_lower{ending}"], found[f"rmsea_ci_upper{ending}"])
    assert shown(scaled, "ratio") == pytest.approx(found["chisq_scaled"] / 105)
    assert [one.kind for one in made.columns if one.key == "df"] == ["integer"]
    told = notes(made)
    assert "*N* = 250; full-information maximum likelihood." in told
    assert "Scaled: the test is the Yuan-Bentler scaled χ^{2} (Yuan & Bentler, 2000)" in told
    assert "if the answers were normal and none were missing (Zhang & Savalei, 2023)" in told
    assert [value_of(row.cells[0]) for row in body(table("fit", gaps(), "id"))][1] == "terskala"


def test_degrees_of_freedom_that_are_not_whole_are_shown_as_they_are():
    model, data = parse_model("S =~ CUSA1 + CUSA2 + CUSA3; I =~ IMAG1 + IMAG4 + IMAG5"), mobile().responses.frame()
    made = table("fit", Findings(model, cfa=cfa(model, data, estimator="MLMVS")))
    assert [one.kind for one in made.columns if one.key == "df"] == ["decimal"]
    assert 0 < value_of(body(made)[1].cells[2]) < 8
    assert "adjusted χ^{2} (Satorra & Bentler, 1994)" in notes(made)
    made = table("fit", Findings(model, cfa=cfa(model, data, test="browne_residual_adf")))
    assert [value_of(row.cells[0]) for row in body(made)] == ["CFA", "residual-based"]
    assert table("information", Findings(model, cfa=cfa(model, data, estimator="GLS"))) is None


def test_notes_of_full_information_name_its_rows_and_moments():
    assert "the CFA and its ω on all answers given (*n* = 250)" in notes(table("measurement", gaps()))
    assert "of the factor model by full-information maximum likelihood" in notes(table("measurement", gaps()))
    assert "CB-SEM: full-information maximum likelihood, robust standard errors" in notes(table("paths", gaps()))
    made = table("correlations", gaps())
    assert "maximum likelihood estimates from all answers given" in notes(made)
    moments = gaps().sem.moments
    assert cell(made, "1. IMAG1", "mean") == pytest.approx(moments.mean[0, 0])
    assert cell(made, "1. IMAG1", "sd") == pytest.approx(math.sqrt(moments.covariance[0, 0, 0]))


def test_criteria_of_models_of_different_variables_are_not_to_be_compared():
    model = parse_model("Image =~ IMAG1 + IMAG2 + IMAG3\nImage ~ CUSA1")
    answers = mobile().responses
    both = Findings(model, cfa=cfa(model, answers), sem=sem(model, answers))
    assert "are not to be compared with each other" in notes(table("information", both))
    assert "fitted to the same answers" in notes(table("information"))


def test_information_criteria_follow_from_likelihood_and_parameters():
    frame = table("information").frame().set_index("model")
    # lavaan 0.6: 48 free parameters in the measurement model (153 moments less 105 degrees of freedom).
    assert frame.loc["CFA", "npar"] == 153 - 105
    n = mobile().cfa.n_obs
    for fit in ("CFA", "CB-SEM"):
        row = frame.loc[fit]
        assert row.aic == pytest.approx(2 * row.npar - 2 * row.logl)
        assert row.bic == pytest.approx(math.log(n) * row.npar - 2 * row.logl)


def test_items_show_gaps_only_where_there_are_some():
    found = mobile()
    assert "missing" not in [column.key for column in table("items").columns]
    assert "*n* = 250 for every item; no answer is missing" in notes(table("items"))
    gappy = found.description.copy()
    gappy.loc["IMAG1", ["n", "missing"]] = [240, 0.04]
    made = table("items", found.replace(description=gappy))
    assert cell(made, "IMAG1", "n") == 240
    assert cell(made, "IMAG1", "missing") == pytest.approx(4.0)
    assert cell(made, "IMAG2", "missing") == 0.0


SHORT = {"supported": "Yes", "not supported": "No", "contradicted": "Contrary"}


def test_paths_table_puts_names_and_routes_for_codes_and_the_engines_side_by_side():
    made = table("paths")
    assert list(dict.fromkeys(column.spanner for column in made.columns)) == ["", "CB-SEM", "PLS-SEM"]
    frame = made.frame().set_index("hypothesis")
    assert frame.loc["H1\u00a0(+)", "path"] == "Image → Customer expectations"
    assert frame.loc["H11\u00a0(+)", "path"] == "Image → Customer satisfaction → Customer loyalty"
    found = mobile().hypotheses.set_index("hypothesis")
    assert frame.loc["H11\u00a0(+)", "sem_est"] == found.loc["H11", "sem_est"]
    assert frame.loc["H11\u00a0(+)", "pls_ci_high"] == found.loc["H11", "pls_ci_high"]
    for engine in ("sem", "pls"):
        assert list(frame[f"{engine}_decision"]) == [SHORT[one] for one in found[f"{engine}_decision"]]
    assert table("paths", language="id").frame().set_index("hypothesis").loc["H8\u00a0(+)", "sem_decision"] == "Tidak"


@pytest.mark.parametrize("language", ["en", "id"])
def test_paths_of_two_engines_stand_upright_in_readable_type_without_standard_errors(language):
    made = table("paths", language=language)
    assert "sem_se" in made.frame()
    printed, style = made.as_printed(), read_style("apa7", language)
    assert not {"sem_se", "pls_se"} & set(printed.frame())
    assert not needs_landscape(printed, style)
    assert column_widths(printed, style, landscape=False)[1] >= 8
    alone = table("paths", mobile().replace(pls=None, draws=None), language)
    assert alone.as_printed() == alone


def test_quantities_computed_from_paths_carry_a_note():
    made = table("paths")
    marked = {value_of(row.cells[0]) for row in body(made) if isinstance(row.cells[1], Marked)}
    assert marked == {"H11\u00a0(+)", "H12\u00a0(+)"}
    assert [note.mark for note in made.notes if note.kind == "specific"] == ["a"]


def test_paths_without_a_hypothesis_appear_with_an_empty_cell():
    found = mobile()
    model = found.model.replace(hypotheses=found.model.hypotheses[1:])
    made = table("paths", found.replace(model=model))
    first = body(made)[0]
    assert [value_of(one) for one in first.cells[:2]] == ["", "Image → Customer expectations"]
    assert not math.isnan(value_of(first.cells[2]))
    assert value_of(first.cells[6]) == ""


@pytest.mark.parametrize("engine", ["sem", "pls"])
def test_effects_add_up(engine):
    made = table("effects")
    frame = made.frame().rename(columns={f"{engine}_est": "est"})
    for pair, rows in frame.groupby("row_group"):
        parts = rows[~rows["effect"].isin(["Total", "All indirect routes"])]["est"].sum()
        assert parts == pytest.approx(rows[rows["effect"] == "Total"]["est"].item()), pair


def test_effects_by_covariances_have_intervals_of_draws_and_paths_those_of_the_fit():
    found = mobile()
    frame = table("effects", found).frame().set_index(["row_group", "effect"])
    pair = "Image → Customer loyalty"
    assert {"Direct", "All indirect routes", "Total"} <= set(frame.loc[pair].index)
    drawn = found.sem_draws.table(of="effects_standardized").set_index(["lhs", "op", "rhs"])
    total, direct = frame.loc[(pair, "Total")], frame.loc[(pair, "Direct")]
    assert total["sem_p"] == drawn.loc[("Loyalty", "total", "Image"), "p"]
    assert total["sem_se"] == drawn.loc[("Loyalty", "total", "Image"), "se"]
    path = found.sem.standardized().query("lhs == 'Loyalty' and op == '~' and rhs == 'Image'").iloc[0]
    assert (direct["sem_est"], direct["sem_p"]) == (path.est_std, path.p)
    assert "from 20,000 Monte Carlo draws of the parameters (MacKinnon et al., 2004; Preacher & Selig, 2012)" in notes(
        table("effects", found)
    )


def test_effects_without_draws_are_by_the_delta_method():
    found = mobile().replace(sem_draws=None, pls=None, draws=None)
    made = table("effects", found)
    total = made.frame().set_index(["row_group", "effect"]).loc[("Image → Customer loyalty", "Total")]
    own = found.sem.effects(standardized=True).query("lhs == 'Loyalty' and rhs == 'Image' and kind == 'total'").iloc[0]
    assert (total["sem_est"], total["sem_se"], total["sem_p"]) == (own.est, own.se, own.p)
    assert made.title == "Direct, indirect, and total effects (CB-SEM)"
    assert "CB-SEM: intervals and *p* by the delta method." in notes(made)


def test_what_is_defined_has_one_interval_in_all_tables():
    """A defined quantity that is a route's product stands among the paths and among the effects."""
    draw = np.random.default_rng(4).normal(size=(200, 3)).cumsum(axis=1)
    model = parse_model("m ~ a*x\ny ~ b*m\nab := a*b  # H1 (+) indirect")
    fit = sem(model, pd.DataFrame(draw, columns=["x", "m", "y"]))
    for parts in ((fit,), (fit, bootstrap(fit, draws=300))):
        found = collect(parts)
        defined = table("paths", found).frame().set_index("hypothesis").loc["H1\u00a0(+)"]
        effects = table("effects", found).frame().set_index("effect")
        route = effects.loc["Indirect via m"]
        for column in ("sem_est", "sem_se", "sem_ci_low", "sem_ci_high", "sem_p"):
            assert defined[column] == route[column]
        judged = found.hypotheses.iloc[0]
        assert judged.sem_p == route["sem_p"]
    assert "from 300 bootstrap draws" in notes(table("effects", found))
    assert "with percentile interval and *p* from 300 bootstrap draws" in notes(table("paths", found))


def test_inner_table_holds_both_engines():
    made, found = table("inner"), mobile()
    assert cell(made, "Perceived value", "sem_r2") == found.sem.r_squared()["Value"]
    assert cell(made, "Perceived value", "adjusted") == found.pls.r_squared().loc["Value", "adjusted"]
    assert cell(made, "Image", "f2") == found.pls.f_squared().loc["Expectation", "Image"]


def test_estimates_mark_fixed_parameters_with_a_dash():
    made = table("estimates")
    assert math.isnan(cell(made, "Image → IMAG1", "se"))
    assert cell(made, "Image → IMAG1", "est") == 1.0
    assert not math.isnan(cell(made, "Image → IMAG2", "se"))


def test_item_correlations_are_those_of_the_answers():
    made = table("correlations")
    frame = mobile().responses.frame()
    assert cell(made, "2. IMAG2", "i1") == pytest.approx(np.corrcoef(frame["IMAG1"], frame["IMAG2"])[0, 1])
    assert cell(made, "1. IMAG1", "i1") is None


def test_notes_say_on_which_rows_numbers_rest_where_answers_are_missing():
    found = mobile()
    assert "different rows" not in notes(table("measurement")) + notes(table("htmt"))
    values = np.array(found.responses.values)
    values[:5, found.responses.columns.index("IMAG1")] = np.nan
    gappy = found.replace(responses=found.responses.replace(values=values))
    told = notes(table("measurement", gappy))
    assert "α on those that answer every item of a construct (*n* = 245 to 250), the CFA and its ω on those" in told
    assert "PLS-SEM on all (*n* = 250), with the item's mean in the place of a missing answer." in told
    assert "with the item's mean in the place of a missing answer" in notes(table("htmt", gappy))
    assert "*n* = 245 hingga 250" in notes(table("measurement", gappy, "id"))


def test_crosscheck_says_which_fit_its_numbers_are_of():
    found = mobile()
    joined = [found.verification.of(name) for name in ("CFA", "SEM", "PLS")]
    checks = tuple(check for one in joined for check in one.checks)
    frame = table("crosscheck", found.replace(verification=found.verification.replace(checks=checks))).frame()
    assert list(dict.fromkeys(frame["row_group"])) == ["CFA", "CB-SEM", "PLS-SEM"]
    assert "row_group" not in table("crosscheck").frame()


def test_crosscheck_shows_small_differences_as_powers_of_ten():
    made = table("crosscheck")
    assert cell(made, "Loadings", "difference") == "2.0 × 10^{−8}"
    assert cell(made, "Loadings", "compared") == 2
    assert cell(made, "Adjusted R²", "package") == "statsmodels 0.15.0"
    assert cell(table("crosscheck", language="id"), "Muatan faktor", "difference") == "2,0 × 10^{−8}"


def test_population_values_are_standardised_and_their_products_follow():
    truth = true_values(simulated())
    # models/internationalization_population.sem states them in standard deviations already.
    assert truth["NetworkStrength", "~", "DiasporaEngagement"] == pytest.approx(0.40)
    assert truth["DiasporaEngagement", "=~", "DE1"] == pytest.approx(0.80)
    assert truth["indirect_de", ":=", "de_ns*ns_ip"] == pytest.approx(0.16)


def test_a_population_in_other_units_gives_the_same_standardised_values():
    found = simulated()
    stated = found.population.copy()
    # The same population with network strength measured in units half as large.
    own, op, other = stated["lhs"] == "NetworkStrength", stated["op"], stated["rhs"] == "NetworkStrength"
    stated.loc[own & (op == "=~"), "value"] /= 2
    stated.loc[own & (op == "~"), "value"] *= 2
    stated.loc[other & (op == "~"), "value"] /= 2
    stated.loc[own & other & (op == "~~"), "value"] *= 4
    assert true_values(found.replace(population=stated)) == pytest.approx(true_values(found))


def test_population_table_says_which_intervals_cover():
    made = table("population", simulated())
    for row in body(made):
        truth, interval, covers = (value_of(row.cells[place]) for place in (1, 3, 4))
        assert covers == ("yes" if interval.low <= truth <= interval.high else "no")


SHOWING_SEM = ["measurement", "fit", "paths", "inner", "estimates"]


@pytest.mark.parametrize("name", SHOWING_SEM)
@pytest.mark.parametrize(("language", "start"), [("en", "**Not to be trusted:"), ("id", "**Tidak dapat dipercaya:")])
def test_an_inadmissible_fit_is_flagged_first_in_every_table_of_its_numbers(name, language, start):
    made = table(name, heywood(), language)
    assert made.notes[0].text.startswith(start)
    assert "a1" in made.notes[0].text


def test_an_inadmissible_fit_decides_nothing():
    assert value_of(body(table("paths", heywood()))[0].cells[6]) == "—"


@pytest.mark.parametrize("name", SHOWING_SEM)
def test_numbers_of_a_fit_that_did_not_converge_are_left_out(name):
    made = table(name, not_converged())
    assert made.notes[0].text.startswith("**Not to be trusted: structural model (CB-SEM).**")
    keys = {"measurement": ("cfa_", "omega", "ave_cfa"), "inner": "sem_", "paths": "sem_"}.get(name, "")
    places = [at for at, column in enumerate(made.columns) if column.kind != "text" and column.key.startswith(keys)]
    shown = [value_of(row.cells[place]) for row in body(made) for place in places]
    numbers = [
        one
        for value in shown
        if value is not None
        for one in ((value.low, value.high) if isinstance(value, Interval) else (value,))
    ]
    assert numbers
    assert all(math.isnan(one) for one in numbers)
    if name == "paths":
        assert not made.frame()["pls_est"].isna().any()


def test_both_languages_have_the_same_texts_with_the_same_places():
    english, indonesian = (dict(read_words(language).texts) for language in ("en", "id"))
    # Some texts are needed in one language only: names that the other leaves as they are, problems in English.
    own = {key for key in english.keys() ^ indonesian.keys() if not key.startswith(("kind.", "problem."))}
    assert own == set()
    for key in english.keys() & indonesian.keys():
        places = [
            sorted(set(re.findall(r"<[a-z_]+>|\{table:[a-z_]+\}|@+[a-z]+\d{4}", text)))
            for text in (english[key], indonesian[key])
        ]
        if not key.startswith("problem."):
            assert places[0] == places[1], key


@lru_cache(maxsize=1)
def screened():
    """Findings with the results from all rows and from those without a flag."""
    base = mobile()
    screening = screen(base.screening.responses, rules=("longstring", "irv", "mahalanobis"), flags_to_exclude=2)
    fits = []
    for name, rows in (("all", screening.responses), ("unflagged", screening.unflagged)):
        factor, composite = sem(base.model, rows), pls(base.model, rows)
        draws = bootstrap(composite, draws=50)
        judged = judge_hypotheses(base.model, sem=factor, draws=draws)
        fits.append(Variant(name, rows.n_obs, factor, None, composite, draws, judged))
    return base.replace(screening=screening, sensitivity=tuple(fits))


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_sensitivity_table_shows_both_results_side_by_side(language):
    findings = screened()
    made = table("sensitivity", findings, language)
    whole, unflagged = findings.sensitivity
    spanners = {column.spanner for column in made.columns} - {""}
    assert {str(whole.n) in text or str(unflagged.n) in text for text in spanners} == {True}
    rows = body(made)
    assert len(rows) == 2 * 12
    first = [value_of(each) for each in rows[0].cells]
    ours = whole.sem.standardized().set_index(["lhs", "op", "rhs"])["est_std"][("Expectation", "~", "Image")]
    others = unflagged.sem.standardized().set_index(["lhs", "op", "rhs"])["est_std"][("Expectation", "~", "Image")]
    assert first[2] == pytest.approx(ours)
    assert first[5] == pytest.approx(others)
    assert first[-1] == pytest.approx(others - ours)


def test_sensitivity_in_words_names_the_decisions_that_change():
    findings = screened()
    text = sensitivity(Prose(findings, "en", tables=["sensitivity"]))
    assert f"the {findings.sensitivity[1].n} rows that no rule flags ({{table:sensitivity}})" in text
    before, after = (one.hypotheses.set_index("hypothesis") for one in findings.sensitivity)
    changed = [
        f"{name} by {engine}"
        for column, engine in (("sem_decision", "CB-SEM"), ("pls_decision", "PLS-SEM"))
        for name in before.index
        if before[column][name] != after[column][name]
    ]
    assert all(each in text for each in changed)
    assert ("Every hypothesis is decided alike." in text) == (not changed)
    assert "The path that changes most is" in text
    assert sensitivity(Prose(mobile(), "en")) == ""
    failed = findings.replace(sensitivity=(findings.sensitivity[0], Variant("unflagged", 3, fault="Too few rows.")))
    told = sensitivity(Prose(failed, "en"))
    assert told == "From the 3 rows that no rule flags the model could not be estimated: Too few rows."
    assert table("sensitivity", failed) is None


def test_steps_of_screening_by_the_number_of_flags():
    made = table("screening", screened())
    label = "Flagged by at least two rules"
    assert cell(made, label, "left_out") == screened().screening.excluded.sum()
    assert (
        cell(made, "A pattern of answers far from all others (Mahalanobis distance, *p*\u00a0<\u00a0.001)", "flagged")
        == 16
    )


def test_the_profile_of_the_sample():
    survey = read_survey(ROOT / "surveys/personality/instrument.toml")
    responses = read_responses(ROOT / "surveys/personality/responses.csv", survey)
    findings = Findings(mobile().model, survey=survey, responses=responses)
    made = table("profile", findings)
    assert cell(made, "Women", "n") == 1881
    assert cell(made, "Women", "share") == pytest.approx(100 * 1881 / 2800)
    assert cell(made, "No answer", "n") == 223
    assert cell(made, "Respondents", "mean") == pytest.approx(28.782, abs=1e-3)
    assert cell(made, "Respondents", "range") == "3–86"
    assert cell(table("profile", findings, "id"), "Perempuan", "n") == 1881
    assert table("profile") is None
