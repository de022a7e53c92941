"""What is handed to a public function and is not of the kind it takes: one error of ours, with what to give instead."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import rantau as rt
from rantau.errors import OptionError, RantauError

MODEL = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\ntextual ~ visual"
PATH = "surveys/mobile/instrument.toml"
ANSWERS = "surveys/mobile/responses.csv"


class Made:
    """What these tests hand in, made once."""

    def __init__(self) -> None:
        self.data = pd.read_csv("tests/data/hs.csv")
        self.sem, self.pls = rt.sem(MODEL, self.data), rt.pls(MODEL, self.data)
        self.survey = rt.read_survey(PATH)
        self.mobile = rt.read_responses(ANSWERS, self.survey)
        self.table = pd.DataFrame({"a": [1, 5, -99], "b": [5, 1, 2]})
        self.keys = {"A": ["a", "-b"]}


@pytest.fixture(scope="module")
def made() -> Made:
    return Made()


WRONG = {
    "a path for a survey": (lambda m: rt.read_responses(ANSWERS, PATH), "survey= takes what rt.read_survey(path)"),
    "no path for answers": (lambda m: rt.read_table(None), "the answers: a path is needed"),
    "no path for a survey": (lambda m: rt.read_survey(None), "the instrument: a path is needed"),
    "a table for a path": (lambda m: rt.read_model(m.table), "the model: a path is needed"),
    "a text for a path": (lambda m: rt.read_model(MODEL), "A model in a text is read by rt.parse_model(text)."),
    "answers for a path": (lambda m: rt.read_table("a,b\n1,2\n" * 99), "this is no name of a file"),
    "a model of one line for a path": (lambda m: rt.read_model("F =~ x1 + x2; " * 20), "by rt.parse_model(text)"),
    "a name that is too long": (lambda m: rt.read_survey("ä" * 130 + ".toml"), "this is no name of a file"),
    "an endless path": (lambda m: rt.read_survey("x" * 3000), "this is no name of a file"),
    "columns as a list": (lambda m: rt.read_responses(ANSWERS, m.survey, columns=["CUSA1"]), "takes values by name"),
    "an encoding that is none": (lambda m: rt.read_table(ANSWERS, encoding=True), "encoding= takes a text, got True"),
    "decisions as a list": (lambda m: rt.propose_survey(ANSWERS, decide=["a"]), "decide= takes values by name"),
    "rules that are none": (lambda m: rt.screen(m.mobile, rules=True), "rules= takes names"),
    "limits as a list": (lambda m: rt.screen(m.mobile, limits=[0.4]), "limits= takes values by name"),
    "a duration that is none": (lambda m: rt.screen(m.mobile, duration=5), "duration= takes a text, got 5"),
    "a share that is a text": (lambda m: rt.frequencies(m.mobile, share="no"), "share= is True or False, got 'no'"),
    "an unknown language": (lambda m: rt.likert(m.mobile, language="xx"), "unknown language 'xx'. Allowed: en, id"),
    "one item for names": (lambda m: rt.correlations(m.table, names=3), "names= takes names"),
    "a scalar for a key": (lambda m: rt.score(m.table, {"A": 1}), "a list of column names is needed"),
    "a text for no answer": (lambda m: rt.score(m.table, m.keys, scale=(1, 5), missing="x"), "missing= takes numbers"),
    "items twice": (lambda m: rt.missing_answers(m.table, items=["a", "a"]), "items names a more than once"),
    "options as lists": (lambda m: rt.sem(MODEL, m.data, se=[]), "unknown se '[]'"),
    "an array of nothing": (lambda m: rt.cfa(MODEL, m.data, group_equal=np.array("x")), "group_equal= takes names"),
    "a fit of PLS as a CFA": (lambda m: rt.reliability(m.data, MODEL, cfa_fit=m.pls), "cfa_fit= takes what rt.cfa("),
    "a CFA as a fit of PLS": (lambda m: rt.validity(m.data, MODEL, pls_fit=m.sem), "pls_fit= takes what rt.pls("),
    "no level": (lambda m: rt.reliability(m.data, MODEL, level=None), "level must lie between 0 and 1"),
    "draws that are a fit": (lambda m: rt.judge_hypotheses(m.sem.model, draws=m.pls), "draws= takes what rt.bootstrap"),
    "hypotheses of a text": (lambda m: rt.judge_hypotheses(MODEL), "model= takes what rt.read_model(path) or"),
    "nothing to draw": (lambda m: rt.diagram(None), "diagram() takes a fit, a model or its text, got NoneType"),
    "stars that are a text": (lambda m: rt.diagram(m.sem, stars="no"), "stars= is True or False, got 'no'"),
    "letters of no size": (lambda m: rt.diagram(m.sem, font_size=0), "font_size is the size of letters in points"),
    "places without numbers": (lambda m: rt.diagram(m.sem, positions=["visual"]), "positions= takes names with their"),
    "draws of a diagram": (lambda m: rt.diagram(m.pls, draws=m.sem), "draws= takes rt.bootstrap(fit) or the frame"),
    "a title that is none": (lambda m: rt.report(m.sem, title=5), "title= takes a text, got 5"),
    "a survey of a report": (lambda m: rt.report(m.sem, survey=PATH), "survey= takes what rt.read_survey(path) gives"),
    "a survey to simulate": (lambda m: rt.simulate("y ~~ 1*y", n=9, seed=1, survey=PATH), "survey= takes what"),
    "fits that are none": (lambda m: rt.pool(None), "pool() takes fits"),
    "a seed of pooling": (lambda m: rt.pool([m.sem, m.sem], seed="x"), "seed must be a whole number"),
    "workers of pooling": (lambda m: rt.pool([m.sem, m.sem], workers=0), "workers must be a whole number"),
    "redundancy that is none": (lambda m: rt.assess(m.pls, redundancy=None), "redundancy= takes fits by rt.redundancy"),
    "a target that is none": (lambda m: rt.importance(m.pls, np.array([1, 2])), "no path of the model leads to"),
    "nothing to write": (lambda m: rt.write_responses(None, "x.csv"), "rt.write_responses() needs answers"),
    "a folder to write to": (lambda m: rt.write_responses(m.mobile, "tests"), "tests: this is a folder"),
    "groups by nothing": (lambda m: rt.invariance(MODEL, m.data, by=None), "by= names the column"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_of_the_wrong_kind_is_told(made, case):
    call, told = WRONG[case]
    with pytest.raises(RantauError) as caught:
        call(made)
    assert told in str(caught.value)
    assert len(str(caught.value)) < 700


def test_one_number_for_no_answer_is_a_list_of_one(made):
    scores = rt.score(made.table, made.keys, scale=(1, 5), missing=-99)
    assert scores["A"].tolist() == rt.score(made.table, made.keys, scale=(1, 5), missing=[-99])["A"].tolist()
    responses = rt.responses_of(made.table, made.keys, scale=(1, 5), missing=-99)
    assert np.isnan(responses.values).sum() == 1
    assert responses.log[0].action == "-99 read as missing"
    with pytest.raises(OptionError, match="leave `scale` and `missing` out"):
        rt.score(made.mobile, missing=-99)
