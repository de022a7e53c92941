"""The search for the state of a board that is easiest to read: barycentre order first, then descent."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from rantau.report.layout.board import Board, State
from rantau.report.layout.legibility import Legibility

#: How many of the starts are followed down.
DESCENTS = 10


def best_state(board: Board) -> State:
    """Return the cheapest state found: descent from the best of several starts, always the same ones.

    Parameters
    ----------
    board
        The structural nodes and their arrows.

    Returns
    -------
    State
        Orders, lanes and height.
    """
    reader = Legibility(board)
    base = board.sizes[:, 1].max() * 1.15 + 28
    # Items stand above or below their construct, so only one without any may stand on the axis.
    allowed = {i: ((1, -1, 2, -2) if board.parts[i].items else (0, 1, -1, 2, -2)) for i in board.middle}
    first, last = outer_columns(board)
    if len(board.middle) <= 6:
        starts = list(product(*((1, -1) for _ in board.middle)))
    else:
        starts = [tuple((1, -1)[(n // run) % 2] for n in range(len(board.middle))) for run in (1, 2, 3)]
    states = [State(first, last, tuple(zip(board.middle, lanes, strict=True)), base) for lanes in starts]
    states.sort(key=reader.cost)
    return min((_descended(reader, state, allowed, base) for state in states[:DESCENTS]), key=reader.cost)


def outer_columns(board: Board) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Order all ranks by barycentre sweeps and return the outer two."""
    layers = [
        [i for i, part in enumerate(board.parts) if part.rank == rank]
        for rank in sorted({part.rank for part in board.parts})
    ]
    place = {i: n - (len(layer) - 1) / 2 for layer in layers for n, i in enumerate(layer)}
    for sweep in range(8):
        for layer in layers if sweep % 2 else layers[::-1]:
            means = {}
            for i in layer:
                near = [place[a] + place[b] - place[i] for a, b in board.arrows.tolist() if i in (a, b)]
                means[i] = sum(near) / len(near) if near else place[i]
            layer.sort(key=means.__getitem__)
            place |= {i: n - (len(layer) - 1) / 2 for n, i in enumerate(layer)}
    return tuple(layers[0]), tuple(layers[-1]) if len(layers) > 1 else ()


def _descended(reader: Legibility, state: State, allowed: Mapping[int, tuple[int, ...]], base: float) -> State:
    """Return the state to which single changes lead down from another."""
    cost = reader.cost(state)
    for _ in range(6):
        before = cost
        for changed in _neighbours(state, allowed, base):
            other = reader.cost(changed)
            if other < cost - 1e-9:
                state, cost = changed, other
        if cost >= before:
            break
    return state


def _neighbours(state: State, allowed: Mapping[int, tuple[int, ...]], base: float) -> list[State]:
    """Return the states one change away: another height, one node on another lane, two of a column swapped."""
    found = [state.replace(height=base * factor) for factor in (1.0, 1.25, 1.6)]
    for n, (i, lane) in enumerate(state.lanes):
        for other in allowed[i]:
            if other != lane:
                found.append(state.replace(lanes=(*state.lanes[:n], (i, other), *state.lanes[n + 1 :])))
    for name in ("first", "last"):
        column = getattr(state, name)
        for n in range(len(column) - 1):
            swapped = (*column[:n], column[n + 1], column[n], *column[n + 2 :])
            found.append(state.replace(**{name: swapped}))
    return found
