"""From divisions of rows to such that no change of a row to another segment makes better, step by step."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import NamedTuple

import numpy as np

from rantau.arrays import Array, Indices
from rantau.options import Progress, told_to
from rantau.segments.division import Answer, Divider, Division, Wanted

#: A division is better when its objective is larger by more than this, which is rounding.
ROUNDING = 1e-9
#: Moves of single rows that are tried before the best of them are taken.
_BLOCK = 128

#: What asks for segments to be estimated, and ends with the next division, or None where none is better.
_Step = Generator[Wanted, Answer, Indices | None]


class Climbed(NamedTuple):
    """Where a start ended, its objective after each step, and whether no step was left."""

    division: Division
    history: tuple[float, ...]
    settled: bool


def reassign(
    divider: Divider,
    starts: Sequence[Indices],
    *,
    depth: int | None,
    max_iterations: int,
    progress: Progress | None = None,
) -> list[Climbed]:
    """Move rows to other segments as long as that raises the objective, from several starts side by side.

    Moves are put in the order of how much nearer a row is to the other segment than to its own. First many at a time
    are tried: all that lead nearer, the first half of them, the first quarter and so on, as one stack of divisions.
    When none of these is better any more, moves of single rows are tried, a block of the list at a time, and those of a
    block that raise the objective are made together, in the number that raises it most. It ends where no single move is
    better, as moves of one row at a time would.

    Parameters
    ----------
    divider
        Estimates divisions.
    starts
        The segment of each row to begin with, `(n,)` each.
    depth
        How many moves of single rows are tried, in that order, before it gives up; all of them if None.
    max_iterations
        Steps.
    progress
        Called with (done, all) as starts end.

    Returns
    -------
    list of Climbed
        One per start.

    Source: Becker, Rai, Ringle and Völckner (2013): hill climbing by distance, with a search depth.
    """
    tell = told_to(progress)
    ended: dict[int, Climbed] = {}
    climbs = dict(enumerate(_climb(divider, codes, depth, max_iterations) for codes in starts))
    answers: dict[int, Answer | None] = dict.fromkeys(climbs)
    while answers:
        wanted: dict[int, Wanted] = {}
        for start, answer in answers.items():
            try:
                wanted[start] = climbs[start].send(answer) if answer is not None else next(climbs[start])
            except StopIteration as end:
                ended[start] = end.value
                tell(len(ended), len(starts))
        answers = dict(zip(wanted, divider.answers(tuple(wanted.values())), strict=True)) if wanted else {}
    return [ended[start] for start in range(len(starts))]


def _climb(
    divider: Divider, codes: Indices, depth: int | None, max_iterations: int
) -> Generator[Wanted, Answer, Climbed]:
    now = yield from divider.divided(codes)
    history = [now.objective]
    coarse = True
    while np.isfinite(now.objective) and len(history) <= max_iterations:
        rows, to, nearer = moves_in_order(divider, now)
        following = None
        if coarse:
            following = yield from _together(divider, now, rows[nearer > 0], to[nearer > 0])
            coarse = following is not None
        if following is None:
            following = yield from _one_by_one(divider, now, rows[:depth], to[:depth])
        if following is None:
            return Climbed(now, tuple(history), settled=True)
        now = yield from divider.divided(following)
        history.append(now.objective)
    return Climbed(now, tuple(history), settled=False)


def _one_by_one(divider: Divider, now: Division, rows: Indices, to: Indices) -> _Step:
    """Try moves of single rows, and make together those of the first block that has any that is better."""
    for start in range(0, len(rows), _BLOCK):
        some = slice(start, start + _BLOCK)
        objective = yield from divider.moved(now, rows[some], to[some])
        order = np.argsort(-objective, kind="stable")
        order = order[objective[order] > now.objective + ROUNDING]
        if order.size:
            return (yield from _together(divider, now, rows[some][order], to[some][order]))
    return None


def moves_in_order(divider: Divider, now: Division) -> tuple[Indices, Indices, Array]:
    """Return every row with every other segment, `(moves,)` each, and by how much the row is nearer to that one."""
    distances = divider.distances(now)
    rows, to = np.nonzero(now.codes[:, None] != np.arange(divider.segments))
    nearer = distances[rows, now.codes[rows]] - distances[rows, to]
    order = np.argsort(-nearer, kind="stable")
    return rows[order], to[order], nearer[order]


def _together(divider: Divider, now: Division, rows: Indices, to: Indices) -> _Step:
    """Make all moves of a list, the first half, the first quarter, ... or the first; return the best, if better."""
    # A row goes once: where its first move would.
    first = np.sort(np.unique(rows, return_index=True)[1])
    rows, to = rows[first], to[first]
    if not rows.size:
        return None
    lengths = [rows.size]
    while lengths[-1] > 1:
        lengths.append(lengths[-1] // 2)
    tried = np.repeat(now.codes[None], len(lengths), axis=0)
    for codes, length in zip(tried, lengths, strict=True):
        codes[rows[:length]] = to[:length]
    objectives = yield from divider.objectives(tried)
    best = int(np.argmax(objectives))
    return tried[best] if objectives[best] > now.objective + ROUNDING else None
