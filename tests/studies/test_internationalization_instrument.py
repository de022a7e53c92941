"""What the questionnaire of the internationalisation study asks, and the models that stand on it."""

import re
from pathlib import Path

import numpy as np
import pytest

from rantau.model import read_model
from rantau.survey import read_survey

ROOT = Path(__file__).parents[2]
SURVEY = read_survey(ROOT / "surveys/internationalization/instrument.toml")
MODEL = read_model(ROOT / "models/internationalization.sem")
POPULATION = read_model(ROOT / "models/internationalization_population.sem")
CODEBOOK = (ROOT / "docs/studies/internationalization.md").read_text(encoding="utf-8")
CONSTRUCTS = ("DiasporaEngagement", "NetworkStrength", "AssociationSupport", "InternationalPerformance")
EXOGENOUS = ("DiasporaEngagement", "AssociationSupport")
LANGUAGES = ("en", "id")
PAPERS = ("Diaspora-driven networks", "Suprianto, Sudarmiatin, & Pratikto")

every_item = pytest.mark.parametrize("item", SURVEY.items, ids=lambda item: item.code)
every_construct = pytest.mark.parametrize("construct", SURVEY.constructs, ids=lambda construct: construct.code)


def test_four_constructs_of_five_items_numbered_in_order():
    assert tuple(construct.code for construct in SURVEY.constructs) == CONSTRUCTS
    assert SURVEY.codes == tuple(f"{prefix}{number}" for prefix in ("DE", "NS", "AS", "IP") for number in range(1, 6))


def test_two_items_are_reversed():
    assert [item.code for item in SURVEY.items if item.reversed] == ["DE5", "NS5"]


def test_the_scale_has_seven_labelled_points_in_both_languages():
    (scale,) = SURVEY.scales
    assert (scale.minimum, scale.maximum) == (1, 7)
    assert scale.label_set("en")[::3] == ("Strongly disagree", "Neutral", "Strongly agree")
    assert scale.label_set("id")[::3] == ("Sangat tidak setuju", "Netral", "Sangat setuju")
    assert len(set(scale.label_set("id"))) == len(set(scale.label_set("en"))) == 7


@every_construct
def test_constructs_are_named_defined_and_explained_in_both_languages(construct):
    for wording in (construct.name, construct.definition):
        written = dict(wording.texts)
        assert set(written) == set(LANGUAGES)
        assert written["en"] != written["id"]
    assert construct.theory
    assert construct.source.startswith(PAPERS)


@every_item
def test_items_are_one_full_sentence_in_each_language(item):
    written = dict(item.wording.texts)
    assert set(written) == set(LANGUAGES)
    for text in written.values():
        assert re.fullmatch(r"[A-Z][^.?!;]*\.", text)
        assert 6 <= len(text.split()) <= 25


@every_item
def test_items_ask_one_thing(item):
    assert not re.search(r"\b(and|or|but|because)\b", item.wording.text("en"), re.IGNORECASE)
    assert not re.search(r"\b(dan|atau|tetapi|karena)\b", item.wording.text("id"), re.IGNORECASE)


@every_item
def test_items_are_worded_without_negation(item):
    assert not re.search(r"\b(not|never|no)\b|n't", item.wording.text("en"), re.IGNORECASE)
    assert not re.search(r"\b(tidak|bukan|belum|tak)\b", item.wording.text("id"), re.IGNORECASE)


@every_item
def test_items_speak_for_the_business(item):
    assert re.search(r"\b(our|ours|we)\b", item.wording.text("en"), re.IGNORECASE)
    assert re.search(r"\bkami\b", item.wording.text("id"), re.IGNORECASE)


@every_item
def test_items_rest_on_a_theory_with_a_year_and_a_passage_of_a_named_paper(item):
    assert re.search(r"\b(19|20)\d\d\b", item.theory)
    assert item.source.startswith(PAPERS)
    assert len(item.passage.split()) >= 5


def test_only_the_construct_itself_names_its_subject():
    subjects = {
        "DiasporaEngagement": r"diaspora|Indonesians|orang Indonesia",
        "NetworkStrength": r"export partner|mitra ekspor",
        "AssociationSupport": r"association|asosiasi",
        "InternationalPerformance": r"last three years|tiga tahun terakhir",
    }
    for item in SURVEY.items:
        for language in LANGUAGES:
            named = {code for code, words in subjects.items() if re.search(words, item.wording.text(language), re.I)}
            assert named == {item.construct}, (item.code, language)


@every_item
def test_the_codebook_quotes_each_item_as_it_is_asked(item):
    entry = re.search(rf"^### {item.code}\b.*?(?=^##|\Z)", CODEBOOK, re.MULTILINE | re.DOTALL)
    assert entry is not None
    for text in (*(item.wording.text(language) for language in LANGUAGES), item.passage):
        assert text in entry.group()
    assert ("(reversed)" in entry.group()) == item.reversed


@every_construct
def test_the_codebook_defines_each_construct_as_the_questionnaire_does(construct):
    running = " ".join(CODEBOOK.split())
    for language in LANGUAGES:
        assert construct.name.text(language) in running
        assert construct.definition.text(language) in running


@pytest.mark.parametrize("model", [MODEL, POPULATION], ids=["model", "population"])
def test_models_measure_each_construct_by_its_items(model):
    assert model.constructs == CONSTRUCTS
    for construct in SURVEY.constructs:
        assert model.block(construct.code).items == tuple(item.code for item in construct.items)
    assert {block.kind for block in model.blocks} == {"reflective"}


def test_every_path_and_both_indirect_effects_have_a_hypothesis():
    claims = [(path.outcome, "~", path.predictor) for path in MODEL.paths]
    claims += [(definition.name, ":=", definition.text) for definition in MODEL.definitions]
    assert [(claim.lhs, claim.op, claim.rhs) for claim in MODEL.hypotheses] == claims
    assert [claim.name for claim in MODEL.hypotheses] == [f"H{number}" for number in range(1, 8)]
    assert {claim.sign for claim in MODEL.hypotheses} == {"+"}
    assert all(claim.text for claim in MODEL.hypotheses)


def test_indirect_effects_are_products_of_the_paths_they_run_along():
    label = {path.term.modifiers[0].values[0]: (path.predictor, path.outcome) for path in MODEL.paths}
    for definition, source in zip(MODEL.definitions, EXOGENOUS, strict=True):
        first, second = (label[name] for name in definition.expression.names)
        assert definition.expression.kind == "*"
        assert first == (source, "NetworkStrength")
        assert second == ("NetworkStrength", "InternationalPerformance")


def fixed(term):
    """Return the number a term is fixed to."""
    (modifier,) = term.modifiers
    assert modifier.kind == "fixed"
    return modifier.values[0]


def construct_covariance():
    """Return the constructs' implied covariance, (I - B)^-1 Psi (I - B)^-T (Bollen, 1989, equation 4.11)."""
    place = {code: row for row, code in enumerate(CONSTRUCTS)}
    beta, psi = np.zeros((4, 4)), np.zeros((4, 4))
    for path in POPULATION.paths:
        beta[place[path.outcome], place[path.predictor]] = fixed(path.term)
    for covariance in POPULATION.covariances:
        if covariance.left in place:
            row, column = place[covariance.left], place[covariance.right]
            psi[row, column] = psi[column, row] = fixed(covariance.term)
    spread = np.linalg.inv(np.eye(4) - beta)
    return spread @ psi @ spread.T


def test_the_population_makes_the_same_claims_as_the_model():
    paths = [(path.outcome, path.predictor) for path in POPULATION.paths]
    assert paths == [(path.outcome, path.predictor) for path in MODEL.paths]
    assert all(0 < fixed(path.term) < 0.5 for path in POPULATION.paths)


def test_every_construct_of_the_population_has_unit_variance():
    covariance = construct_covariance()
    np.testing.assert_allclose(np.diag(covariance), 1, rtol=0, atol=1e-12)
    assert np.linalg.eigvalsh(covariance).min() > 0


def test_the_correlations_in_the_comments_are_those_of_the_population():
    diaspora, network, association, performance = range(4)
    correlation = construct_covariance()
    stated = {
        (diaspora, association): 0.35,
        (diaspora, network): 0.47,
        (association, network): 0.34,
        (diaspora, performance): 0.373,
        (association, performance): 0.2885,
        (network, performance): 0.5045,
    }
    for pair, value in stated.items():
        assert correlation[pair] == pytest.approx(value, abs=1e-12)


def test_every_item_of_the_population_has_unit_variance_and_a_loading_in_range():
    residual = {entry.left: fixed(entry.term) for entry in POPULATION.covariances if entry.left == entry.right}
    for block in POPULATION.blocks:
        for term in block.terms:
            assert 0.65 <= fixed(term) <= 0.85
            assert fixed(term) ** 2 + residual[term.name] == pytest.approx(1, abs=1e-12)


def test_the_weakest_effect_is_the_association_and_the_network_carries_most():
    effect = {(path.outcome, path.predictor): fixed(path.term) for path in POPULATION.paths}
    direct = {cause: effect["InternationalPerformance", cause] for cause in EXOGENOUS}
    indirect = {
        cause: effect["NetworkStrength", cause] * effect["InternationalPerformance", "NetworkStrength"]
        for cause in EXOGENOUS
    }
    assert indirect["DiasporaEngagement"] == pytest.approx(0.16)
    assert indirect["AssociationSupport"] == pytest.approx(0.08)
    assert direct["AssociationSupport"] < direct["DiasporaEngagement"] < 0.2
