"""What is claimed: the model as a value, free of any data and any engine."""

from __future__ import annotations

from functools import cached_property

from rantau.record import Record


class Span(Record):
    """Where a statement stands in its file, for messages.

    Attributes
    ----------
    line, column
        Counted from 1, as editors do.
    """

    line: int
    column: int


class Modifier(Record):
    """What is written before the `*` of a term.

    Attributes
    ----------
    kind
        `fixed` (a number), `free` (`NA`), `label`, `start`, `equal`, or `efa`.
    values
        One entry, or one per group when written with `c()`: numbers as floats, names as text.
    span
        Where it is written.
    """

    kind: str
    values: tuple[float | str, ...]
    span: Span


class Term(Record):
    """One variable on the right of an operator, with its modifiers.

    Attributes
    ----------
    name
        The variable; `a:b` for a product.
    modifiers
        In the order written; several terms for one variable are merged into one.
    span
        Where it is written.
    """

    name: str
    modifiers: tuple[Modifier, ...]
    span: Span

    @property
    def factors(self) -> tuple[str, ...]:
        """The variables of a product; the variable itself where there is no product."""
        return tuple(self.name.split(":"))


class Block(Record):
    """A construct and what measures it.

    Attributes
    ----------
    construct
        Its name.
    kind
        `reflective` (`=~`) or `composite` (`<~`).
    terms
        Its items, or lower-order constructs.
    span
        Where it begins.
    """

    construct: str
    kind: str
    terms: tuple[Term, ...]
    span: Span

    @property
    def items(self) -> tuple[str, ...]:
        """The names of the terms, in order."""
        return tuple(term.name for term in self.terms)


class Path(Record):
    """A regression of `outcome` on one predictor (`outcome ~ predictor`)."""

    outcome: str
    term: Term
    span: Span

    @property
    def predictor(self) -> str:
        """The name of the predictor; `a:b` for an interaction."""
        return self.term.name


class Covariance(Record):
    """A covariance, or a variance where both sides are one variable (`left ~~ right`)."""

    left: str
    term: Term
    span: Span

    @property
    def right(self) -> str:
        """The name of the other variable."""
        return self.term.name


class Intercept(Record):
    """A mean or intercept (`variable ~ 1`); `term.name` is `1`."""

    variable: str
    term: Term
    span: Span


class Threshold(Record):
    """A threshold of an ordered item (`item | t1`)."""

    variable: str
    term: Term
    span: Span


class Scaling(Record):
    """The scale of what lies behind an ordered item (`item ~*~ item`): one over its standard deviation."""

    variable: str
    term: Term
    span: Span


class Expression(Record):
    """An arithmetic expression as a tree.

    Attributes
    ----------
    kind
        `number`, `name`, `call`, or an operator: `+ - * / ^ neg`.
    value
        The number, the name, or the function's name; empty for an operator.
    operands
        The parts, left to right.
    span
        Where it begins.
    """

    kind: str
    value: float | str
    operands: tuple[Expression, ...]
    span: Span

    @property
    def names(self) -> tuple[str, ...]:
        """Every name in the expression, once, in the order met."""
        own = (str(self.value),) if self.kind == "name" else ()
        below = (name for operand in self.operands for name in operand.names)
        return tuple(dict.fromkeys((*own, *below)))


class Constraint(Record):
    """`left == right`, `left < right` or `left > right`."""

    left: Expression
    operator: str
    right: Expression
    span: Span


class Definition(Record):
    """A quantity computed from the parameters (`name := expression`).

    Attributes
    ----------
    name
        What it is called.
    expression
        How it is computed.
    text
        The expression as printed: the source without spaces.
    span
        Where it is written.
    """

    name: str
    expression: Expression
    text: str
    span: Span


class Hypothesis(Record):
    """A hypothesis, from a comment such as `# H3 (+) Networks raise performance`.

    Attributes
    ----------
    name
        `H3`.
    sign
        `+`, `-`, or empty where the direction is open.
    text
        What follows the sign.
    lhs, op, rhs
        The path (`outcome ~ predictor`) or definition (`name := expression`) it is about.
    span
        Where the comment stands.
    """

    name: str
    sign: str
    text: str
    lhs: str
    op: str
    rhs: str
    span: Span


class Model(Record):
    """A whole model file.

    Attributes
    ----------
    blocks
        Constructs with their items, in the order of the file.
    paths, covariances, intercepts, thresholds
        The other statements, one record per right-hand variable.
    constraints, definitions
        Restrictions and derived quantities.
    hypotheses
        From the `# H1 (+)` comments.
    text
        The source, for located messages.
    source
        The file's name, or `<model>`.
    scales
        The statements `item ~*~ item`.
    """

    blocks: tuple[Block, ...]
    paths: tuple[Path, ...]
    covariances: tuple[Covariance, ...]
    intercepts: tuple[Intercept, ...]
    thresholds: tuple[Threshold, ...]
    constraints: tuple[Constraint, ...]
    definitions: tuple[Definition, ...]
    hypotheses: tuple[Hypothesis, ...]
    text: str
    source: str
    scales: tuple[Scaling, ...] = ()

    @property
    def terms(self) -> tuple[Term, ...]:
        """Every variable on the right of an operator, with its modifiers: of blocks, then of the other statements."""
        stated = (*self.paths, *self.covariances, *self.intercepts, *self.of_answers)
        return (*(term for block in self.blocks for term in block.terms), *(one.term for one in stated))

    @property
    def of_answers(self) -> tuple[Threshold | Scaling, ...]:
        """What is said of ordered answers: thresholds and scales."""
        return (*self.thresholds, *self.scales)

    @property
    def constructs(self) -> tuple[str, ...]:
        """The names that stand left of `=~` or `<~`, in order."""
        return tuple(block.construct for block in self.blocks)

    @property
    def has_products(self) -> bool:
        """Whether a path leads from a product of variables, `Y ~ X:M`."""
        return any(len(path.term.factors) > 1 for path in self.paths)

    @property
    def has_higher_orders(self) -> bool:
        """Whether a construct is measured by constructs."""
        return any(item in self.constructs for block in self.blocks for item in block.items)

    @cached_property
    def observed(self) -> tuple[str, ...]:
        """Every variable that must be a column of the data, in the order met."""
        constructs = set(self.constructs)
        met = [item for block in self.blocks for item in block.items]
        for path in self.paths:
            met += [path.outcome, *path.term.factors]
        for covariance in self.covariances:
            met += [covariance.left, *covariance.term.factors]
        met += [intercept.variable for intercept in self.intercepts]
        met += [one.variable for one in self.of_answers]
        return tuple(name for name in dict.fromkeys(met) if name not in constructs)

    @cached_property
    def controls(self) -> tuple[str, ...]:
        """The control variables: columns that lead to something, that nothing leads to and no hypothesis is about.

        A model without constructs has none: there the columns are what it is about.
        """
        claims = {(one.lhs, one.rhs) for one in self.hypotheses if one.op == "~"}
        defined = {one.lhs for one in self.hypotheses if one.op == ":="}
        labels = {name for one in self.definitions if one.name in defined for name in one.expression.names}
        about = {path.outcome for path in self.paths} | {item for block in self.blocks for item in block.items}
        for path in self.paths:
            labelled = {str(value) for one in path.term.modifiers if one.kind == "label" for value in one.values}
            if (path.outcome, path.predictor) in claims or labelled & labels:
                about |= set(path.term.factors)
        met = dict.fromkeys(name for path in self.paths for name in path.term.factors)
        return tuple(name for name in met if self.blocks and name in self.observed and name not in about)

    def block(self, construct: str) -> Block:
        """Return the block that measures a construct; KeyError if there is none."""
        for block in self.blocks:
            if block.construct == construct:
                return block
        raise KeyError(construct)
