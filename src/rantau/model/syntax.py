"""The model language: lavaan's, with hypotheses in comments.

Reading goes in three steps: text to tokens (`tokens.py`), tokens to statements, statements to a `Model`.
Every error names file, line and column, and shows the line with a caret.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path as FilePath
from typing import NoReturn

from rantau.errors import ModelSyntaxError
from rantau.files import read_text
from rantau.model.exploratory import EFA_PLACE
from rantau.model.habits import arrow, of_label, of_line, of_modifier, of_sign
from rantau.model.hypotheses import Subject, hypotheses_of
from rantau.model.locate import located
from rantau.model.spec import (
    Block,
    Constraint,
    Covariance,
    Definition,
    Expression,
    Intercept,
    Model,
    Modifier,
    Path,
    Scaling,
    Span,
    Term,
    Threshold,
)
from rantau.model.tokens import OPERATORS, Token, tokens_of

_CALLS = {"start": "start", "equal": "equal", "efa": "efa"}
_EXPRESSION_OPERATORS = (":=", "==", "<", ">")
_REFUSED_OPERATORS = {
    "<=": "write `<`: a constraint holds with equality at its boundary.",
    ">=": "write `>`: a constraint holds with equality at its boundary.",
}
_ARROWS = (
    "arrows are not part of the language: write `y ~ x` for a path from x to y, and `x ~~ y` for a covariance. In a "
    "constraint, put a space before the minus: `a < -b`."
)
#: Terms in a row, which are nested as deep when they are computed.
_LONGEST = 200
_PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 4}


def read_model(path: str | FilePath) -> Model:
    """Read a model file.

    Parameters
    ----------
    path
        A UTF-8 text file in the model language; its customary ending is `.sem`.

    Returns
    -------
    Model
        The model, free of any data.

    Raises
    ------
    ModelSyntaxError
        If the file is missing, empty, not UTF-8, or has a fault in the language (file, line and
        column named).

    Examples
    --------
    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "small.sem"
    >>> _ = file.write_text("F =~ a + b + c")
    >>> read_model(file).constructs
    ('F',)
    """
    text = read_text(path, what="model", error=ModelSyntaxError)
    return parse_model(text, source=str(path))


def parse_model(text: str, *, source: str = "<model>") -> Model:
    r"""Read a model from its text.

    Parameters
    ----------
    text
        Statements in the model language: `F =~ a + b`, `Y ~ X`, `a ~~ b`, `y ~ 1`, `ab := a*b`, ...
    source
        What to call it in messages.

    Returns
    -------
    Model
        The model, free of any data.

    Raises
    ------
    ModelSyntaxError
        With line and column.

    Examples
    --------
    >>> model = parse_model("F =~ a + b + c\nY ~ F   # H1 (+) F raises Y")
    >>> model.observed
    ('a', 'b', 'c', 'Y')
    >>> model.hypotheses[0].name, model.hypotheses[0].sign
    ('H1', '+')
    """
    if not isinstance(text, str):
        raise ModelSyntaxError(
            f"a model is read from its text, got {type(text).__name__}; a file is read by rt.read_model(path)."
        )
    # The three ends of lines are one, as in files.
    return _parsed(text.replace("\r\n", "\n").replace("\r", "\n"), str(source))


@lru_cache(maxsize=64)
def _parsed(text: str, source: str) -> Model:
    """Read a text once: models are values, and a simulation fits one a thousand times."""
    tokens, comments = tokens_of(text, source)
    try:
        return _Reader(text, source).read(tokens, comments)
    except RecursionError:
        raise ModelSyntaxError(f"{source}: an expression is nested too deeply to be read.") from None


class _Statement:
    """Collects what the statements say, before it is merged into a Model."""

    def __init__(self) -> None:
        self.blocks: dict[str, tuple[str, dict[str, Term], Span]] = {}
        self.paths: dict[tuple[str, str], Path] = {}
        self.covariances: dict[tuple[str, str], Covariance] = {}
        self.intercepts: dict[str, Intercept] = {}
        self.thresholds: dict[tuple[str, str], Threshold] = {}
        self.scales: dict[str, Scaling] = {}
        self.constraints: list[Constraint] = []
        self.definitions: dict[str, Definition] = {}
        self.labels: set[str] = set()
        self.defined_at: dict[str, Span] = {}


class _Reader:
    """A recursive-descent reader of one text."""

    def __init__(self, text: str, source: str) -> None:
        self.text, self.source = text, source
        self.tokens: tuple[Token, ...] = ()
        self.at = 0
        self.said = _Statement()

    # -- places and errors -------------------------------------------------------------------------

    def fail(self, message: str, span: Span) -> NoReturn:
        raise ModelSyntaxError(located(message, text=self.text, source=self.source, span=span))

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def expect(self, text: str) -> Token:
        if self.token.text != text:
            self.fail(f"expected '{text}' here, got '{self.token.text or 'the end of the line'}'.", self.token.span)
        return self.take()

    def misplaced(self) -> NoReturn:
        """Refuse a sign where nothing like it can stand, with advice for what is meant by habit."""
        before, after = self.tokens[self.at - 1], self.tokens[self.at + 1] if self.token.kind != "end" else self.token
        numbers = before.kind == after.kind == "number"
        self.fail(
            f"'{self.token.text}' does not belong here.{of_sign(self.token.text, between=numbers)}", self.token.span
        )

    # -- statements --------------------------------------------------------------------------------

    def read(self, tokens: tuple[Token, ...], comments: tuple[Token, ...]) -> Model:
        statements = _statements(tokens)
        if not statements:
            self.fail(
                "the model is empty: write at least one line such as `F =~ item1 + item2 + item3`.",
                Span(1, 1),
            )
        for statement in statements:
            last = statement[-1]
            end = Token("end", "", Span(last.span.line, last.span.column + len(last.text)))
            self.tokens, self.at = (*statement, end), 0
            self.statement()
        said = self.said
        for construct, (_, terms, span) in said.blocks.items():
            if construct in terms:
                self.fail(f"'{construct}' cannot measure itself.", span)
        for name, span in said.defined_at.items():
            if name in said.labels:
                self.fail(f"'{name}' is already a parameter's label; give the defined quantity another name.", span)
        return Model(
            blocks=tuple(
                Block(construct, kind, tuple(terms.values()), span)
                for construct, (kind, terms, span) in said.blocks.items()
            ),
            paths=tuple(said.paths.values()),
            covariances=tuple(said.covariances.values()),
            intercepts=tuple(said.intercepts.values()),
            thresholds=tuple(said.thresholds.values()),
            constraints=tuple(said.constraints),
            definitions=tuple(said.definitions.values()),
            hypotheses=hypotheses_of(comments, self.subjects(tokens), self.fail),
            text=self.text,
            source=self.source,
            scales=tuple(said.scales.values()),
        )

    def statement(self) -> None:
        operators = [token for token in self.tokens if token.kind == "operator"]
        sign = arrow(self.tokens)
        if sign is not None:
            self.fail(_ARROWS, sign.span)
        if not operators:
            self.fail(
                f"this line has no operator; a statement needs one of {', '.join(OPERATORS[1:5])}, ~, ==, |."
                f"{of_line(self.tokens)}",
                self.token.span,
            )
        operator = operators[0]
        if operator.text in _REFUSED_OPERATORS:
            self.fail(_REFUSED_OPERATORS[operator.text], operator.span)
        if len(operators) > 1:
            above = [token for token in self.tokens if token.span.line < operators[1].span.line]
            advice = "begin a new line (or a ';')"
            if above and above[-1].text == "+":
                advice = f"line {above[-1].span.line} ends in '+', so that it goes on here. Take that off"
            self.fail(f"a second operator '{operators[1].text}' in one statement; {advice}.", operators[1].span)
        if operator.text in _EXPRESSION_OPERATORS:
            self.expression_statement(operator)
            return
        left = self.left_side(operator)
        if self.token.kind == "name":
            self.fail(
                f"a name has no spaces: write `{left[-1].name}_{self.token.text}`, or `+` between two.", self.token.span
            )
        self.expect(operator.text)
        right = self.terms(operator)
        for name in left:
            for term in right:
                self.say(name, operator, term)

    def left_side(self, operator: Token) -> list[Term]:
        if self.token is operator:
            self.fail(f"nothing stands left of '{operator.text}'.", operator.span)
        terms = [self.term()]
        while self.token.text == "+":
            self.take()
            terms.append(self.term())
        for term in terms:
            if term.name == "1" or len(term.factors) > 1:
                self.fail(f"'{term.name}' cannot stand left of '{operator.text}'.", term.span)
            if any(modifier.kind != "efa" for modifier in term.modifiers):
                self.fail("modifiers belong to the right of the operator.", term.modifiers[0].span)
            if term.modifiers and operator.text not in ("=~", "<~"):
                self.fail(EFA_PLACE, term.modifiers[0].span)
        return terms

    def terms(self, operator: Token) -> list[Term]:
        if self.token.kind == "end":
            self.fail(f"nothing stands right of '{operator.text}'.", self.token.span)
        found = [self.term()]
        while self.token.text == "+":
            self.take()
            if self.token.kind == "end":
                self.fail("the line ends after '+'.", self.token.span)
            found.append(self.term())
        met: dict[str, Term] = {}
        for term in found:
            if term.name in met and not (term.modifiers or met[term.name].modifiers):
                self.fail(f"'{term.name}' is written twice; was another variable meant?", term.span)
            met[term.name] = term
        if self.token.kind != "end":
            if self.token.kind in ("name", "number"):
                self.fail(f"an operator is missing before '{self.token.text}' (a '+'?).", self.token.span)
            self.misplaced()
        return found

    def say(self, left: Term, operator: Token, term: Term) -> None:
        """Enter one `left operator term` into what has been said; a repeated term gathers modifiers."""
        name, span = left.name, left.span
        if term.name == "1" and operator.text != "~":
            self.fail(f"'1' stands for an intercept and goes with '~', not with '{operator.text}'.", term.span)
        if operator.text in ("=~", "<~"):
            kind = "reflective" if operator.text == "=~" else "composite"
            known = self.said.blocks.setdefault(name, (kind, {}, span))
            if known[0] != kind:
                self.fail(f"'{name}' is already {known[0]}; a construct is measured in one way.", span)
            block = left.modifiers + term.modifiers
            known[1][term.name] = self.merged(known[1].get(term.name), Term(term.name, block, term.span))
        elif operator.text == "~" and term.name == "1":
            old = self.said.intercepts.get(name)
            merged = self.merged(old.term if old else None, term)
            self.said.intercepts[name] = Intercept(name, merged, old.span if old else span)
        elif operator.text == "~":
            if name in term.factors:
                self.fail(f"'{name}' is regressed on itself.", term.span)
            before = self.said.paths.get((name, term.name))
            merged = self.merged(before.term if before else None, term)
            self.said.paths[(name, term.name)] = Path(name, merged, before.span if before else span)
        elif operator.text == "~~":
            key = (name, term.name) if (term.name, name) not in self.said.covariances else (term.name, name)
            met = self.said.covariances.get(key)
            merged = self.merged(met.term if met else None, term)
            self.said.covariances[key] = met.replace(term=merged) if met else Covariance(name, merged, span)
        elif operator.text == "~*~":
            if term.name != name:
                self.fail(f"a scale is of one item: write `{name} ~*~ {name}`.", term.span)
            scale = self.said.scales.get(name)
            merged = self.merged(scale.term if scale else None, term)
            self.said.scales[name] = Scaling(name, merged, scale.span if scale else span)
        else:
            there = self.said.thresholds.get((name, term.name))
            merged = self.merged(there.term if there else None, term)
            self.said.thresholds[(name, term.name)] = Threshold(name, merged, there.span if there else span)

    # -- terms and modifiers -----------------------------------------------------------------------

    def term(self) -> Term:
        modifiers: list[Modifier] = []
        span = self.token.span
        while True:
            start = self.at
            modifier = self.modifier()
            if modifier is None:
                self.at = start
                break
            modifiers.append(modifier)
        self.check_modifiers(modifiers)
        token = self.token
        if token.kind == "number":
            following = self.tokens[self.at + 1]
            if following.kind == "name" and following.span.column == token.span.column + len(token.text):
                self.fail(f"write a `*` between '{token.text}' and '{following.text}'.", following.span)
            if following.text in (",", "/") and self.tokens[self.at + 2].kind == "number":
                self.take()
                self.misplaced()
            if token.text not in ("1", "1.0"):
                what = "write `0*1` to fix an intercept at 0" if float(token.text) == 0 else "write `*` and a variable"
                self.fail(f"a number alone is no term; {what}.", token.span)
            self.take()
            return Term("1", tuple(modifiers), span)
        if token.kind != "name":
            self.fail(f"expected a variable, got '{token.text or 'the end of the line'}'.", token.span)
        name = self.take().text
        if name == "NA":
            self.fail("'NA' is no variable's name; `NA*x` frees a parameter.", token.span)
        while self.token.text == ":":
            self.take()
            if self.token.kind != "name":
                self.fail("expected a variable after ':'.", self.token.span)
            name = f"{name}:{self.take().text}"
        if self.token.text == "(":
            known = "known: start(), equal(), c(), efa()."
            self.fail(f"'{name}' is not a modifier; {known}{of_modifier(name)}", token.span)
        return Term(name, tuple(modifiers), span)

    def merged(self, old: Term | None, new: Term) -> Term:
        """Gather the modifiers of a term written more than once."""
        if old is None:
            return new
        said = {(one.kind, one.values) for one in old.modifiers}
        modifiers = old.modifiers + tuple(one for one in new.modifiers if (one.kind, one.values) not in said)
        self.check_modifiers(modifiers)
        return Term(old.name, modifiers, old.span)

    def check_modifiers(self, modifiers: Sequence[Modifier]) -> None:
        """Refuse modifiers of one term that contradict each other; nothing is dropped in silence."""
        said: dict[str, Modifier] = {}
        for modifier in modifiers:
            role = "value" if modifier.kind in ("fixed", "free") else modifier.kind
            first = said.setdefault(role, modifier)
            if modifier.kind == "label":
                self.said.labels.update(str(value) for value in modifier.values)
            if first.kind != modifier.kind or first.values != modifier.values:
                self.fail(
                    f"this term already has {_in_words(first)}; {_in_words(modifier)} contradicts it.", modifier.span
                )

    def modifier(self) -> Modifier | None:
        """Read one modifier and its `*`; None where what comes is not a modifier."""
        token = self.token
        if token.kind == "name" and self.tokens[self.at + 1].text == "(" and token.text in ("c", *_CALLS):
            return self.call(self.take())
        if token.kind not in ("name", "number", "text") and token.text != "-":
            return None
        if token.text == "-":
            self.take()
            if self.token.kind != "number":
                self.fail("'-' stands only before a number.", token.span)
            value: float | str = -float(self.value())
        else:
            value = self.value()
        if self.token.text != "*":
            return None
        if isinstance(value, str) and token.kind == "name" and of_label(value):
            self.fail(f"'{value}' is no label: {of_label(value)}.", token.span)
        self.take()
        return Modifier(_kind(value), (value,), token.span)

    def value(self) -> float | str:
        token = self.take()
        if token.kind == "number":
            if math.isinf(float(token.text)):
                self.fail(f"'{token.text}' is too large a number.", token.span)
            return float(token.text)
        text = token.text.strip("\"'")
        if not text:
            self.fail("an empty label labels nothing.", token.span)
        return text

    def call(self, name: Token) -> Modifier:
        self.expect("(")
        # `start(c(0.5, 0.7))` is `start(0.5, 0.7)`: one value per group.
        nested = name.text != "c" and self.token.text == "c" and self.tokens[self.at + 1].text == "("
        if nested:
            self.at += 2
        values: list[float | str] = []
        while True:
            negative = self.token.text == "-" and bool(self.take())
            if self.token.kind not in ("name", "number", "text"):
                self.fail(f"expected a value inside {name.text}(), got '{self.token.text}'.", self.token.span)
            value = self.value()
            values.append(-value if negative and isinstance(value, float) else value)
            if self.token.text != ",":
                break
            self.take()
        self.expect(")")
        if nested:
            self.expect(")")
        self.expect("*")
        if name.text != "c":
            return Modifier(_CALLS[name.text], tuple(values), name.span)
        kinds = {_kind(value) for value in values} - {"free"}
        if len(kinds) > 1:
            self.fail("c() mixes numbers and labels; give each group the same kind.", name.span)
        return Modifier(kinds.pop() if kinds else "free", tuple(values), name.span)

    # -- expressions -------------------------------------------------------------------------------

    def expression_statement(self, operator: Token) -> None:
        if operator.text != ":=":
            left = self.expression(0)
            self.expect(operator.text)
            right = self.expression(0)
            self.end_of_expression()
            self.said.constraints.append(Constraint(left, operator.text, right, left.span))
            return
        name = self.take()
        if name.kind != "name" or self.token is not operator:
            self.fail("one new name stands left of ':='.", name.span)
        if name.text in self.said.definitions:
            self.fail(f"'{name.text}' is defined twice.", name.span)
        self.said.defined_at[name.text] = name.span
        self.expect(":=")
        begin = self.at
        expression = self.expression(0)
        self.end_of_expression()
        text = "".join(token.text for token in self.tokens[begin : self.at])
        self.said.definitions[name.text] = Definition(name.text, expression, text, name.span)

    def end_of_expression(self) -> None:
        if self.token.kind != "end":
            self.misplaced()

    def expression(self, level: int) -> Expression:
        left, length = self.operand(), 1
        while (strength := _PRECEDENCE.get(self.token.text, 0)) > level:
            operator, length = self.take(), length + 1
            if length > _LONGEST:
                self.fail(
                    f"more than {_LONGEST} terms in a row; define parts by `:=` and put these together.", operator.span
                )
            # `^` binds to the right: 2^3^2 is 2^(3^2).
            right = self.expression(strength - 1 if operator.text == "^" else strength)
            left = Expression(operator.text, "", (left, right), left.span)
        return left

    def operand(self) -> Expression:
        token = self.take()
        if token.text in ("-", "+"):
            # As in R, -2^2 is -(2^2): the sign binds less than `^` and more than `*`.
            inner = self.expression(3)
            return Expression("neg", "", (inner,), token.span) if token.text == "-" else inner
        if token.text == "(":
            inner = self.expression(0)
            self.expect(")")
            return inner
        if token.kind == "number":
            self.at -= 1
            return Expression("number", self.value(), (), token.span)
        if token.kind != "name":
            power = " A power is written `^`." if token.text == "*" else ""
            self.fail(f"expected a number or a name, got '{token.text or 'the end of the line'}'.{power}", token.span)
        if self.token.text != "(":
            return Expression("name", token.text, (), token.span)
        self.take()
        inner = self.expression(0)
        self.expect(")")
        return Expression("call", token.text, (inner,), token.span)

    def subjects(self, tokens: tuple[Token, ...]) -> dict[int, list[Subject]]:
        """Return the paths and definitions on each line on which something is written."""
        found: dict[int, list[Subject]] = {token.span.line: [] for token in tokens if token.kind != "end"}
        for path in self.said.paths.values():
            found[path.term.span.line].append((path.outcome, "~", path.predictor))
        for one in self.said.definitions.values():
            found[one.span.line].append((one.name, ":=", one.text))
        return found


def _statements(tokens: tuple[Token, ...]) -> list[list[Token]]:
    """Cut tokens into statements; a line that ends open, or one that begins with `+`, goes on."""
    opening = {"+", "*", "(", ",", "/", "^", "-", ":", *OPERATORS}
    statements: list[list[Token]] = [[]]
    for position, token in enumerate(tokens):
        current = statements[-1]
        if token.kind != "end":
            current.append(token)
            continue
        following = next((later for later in tokens[position:] if later.kind != "end"), None)
        goes_on = bool(current) and (
            current[-1].text in opening or (following is not None and following.text in ("+", "*"))
        )
        if current and (token.text == ";" or not goes_on):
            statements.append([])
    return [statement for statement in statements if statement]


def _kind(value: float | str) -> str:
    if isinstance(value, float):
        return "fixed"
    return "free" if value == "NA" else "label"


def _in_words(modifier: Modifier) -> str:
    values = ", ".join(f"{value:g}" if isinstance(value, float) else value for value in modifier.values)
    if modifier.kind == "fixed":
        return f"the fixed value {values}"
    return {"free": "`NA*`", "label": f"the label '{values}'"}.get(modifier.kind, f"{modifier.kind}({values})")
