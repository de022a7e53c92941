"""Rotation by gradient projection from many starts at once, then by Newton steps to the last digit."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from rantau.arrays import Array, diagonal, symmetric
from rantau.covariance.exploratory.rotation import Rotation

#: Gradient projection ends at this size of the projected gradient; Newton steps go on from there.
NEAR = 1e-5
STEPS = 2000
#: Minima nearer than this to the lowest are the same.
SAME = 1e-7
#: The step in the imaginary direction by which derivatives are taken.
TINY_STEP = 1e-30


class Turned(NamedTuple):
    """Loadings at a minimum.

    Attributes
    ----------
    turn
        `(m, m)` U: new loadings are old ones times U, and new factors old ones times `U^-T`.
    value
        The criterion.
    agreed
        The share of the starts that ended at this minimum.
    settled
        Whether the gradient vanished.
    """

    turn: Array
    value: float
    agreed: float
    settled: bool


class Border(NamedTuple):
    """The derivatives of the conditions of a minimum.

    Attributes
    ----------
    by_loading, by_among, by_unit
        `(k, p, m)` by loadings; `(k, m, m)` by correlations, each of a pair its half; `(k, p)` by deviations.
    """

    by_loading: Array
    by_among: Array
    by_unit: Array


def conditions(loadings: Array, among: Array, rotation: Rotation, *, multiplied: bool = False) -> Array:
    """Return what vanishes at a minimum, loadings `(..., p, m)` with factor correlations `(..., m, m)`.

    Parameters
    ----------
    loadings, among
        `(..., p, m)` and `(..., m, m)`.
    rotation
        Which criterion, and whether factors correlate.
    multiplied
        Whether the conditions of oblique factors are multiplied out: the same where they hold, and where they do not
        (see `Rotation.errors`) another derivative.

    Returns
    -------
    Array
        `(..., k)`: k is `m (m - 1)` for oblique factors (less the covariances that are nought) and half of that for
        orthogonal ones.

    Notes
    -----
    Jennrich (1973), eq. 27: `L'G` of orthogonal factors is symmetric; and eq. 36: `L'G phi^-1` of oblique ones is
    diagonal. G is the derivative of the criterion. A general factor turns with no other while these stay oblique: it
    is held orthogonal, so that its conditions are those of orthogonal factors.
    """
    weight = row_weights(loadings, among, rotation)
    slope = rotation.criterion.function(loadings * weight, rotation.settings)[1] * weight
    m = loadings.shape[-1]
    product = loadings.mT @ slope
    below, above = np.tril_indices(m, -1)
    if not rotation.oblique:
        return np.asarray(product[..., below, above] - product[..., above, below])
    if not rotation.criterion.general or multiplied:
        own = diagonal(product)[..., :, None]
        stationary = product - own * among if multiplied else product @ np.linalg.inv(among)
        return np.concatenate([stationary[..., below, above], stationary[..., above, below]], axis=-1)
    # Group factors are combinations of orthogonal ones: those that mix only among themselves, and turns with the first.
    inner = product[..., 1:, 1:] @ np.linalg.inv(among[..., 1:, 1:])
    below, above = np.tril_indices(m - 1, -1)
    with_first = product[..., 0, 1:] - (among[..., 1:, 1:] @ product[..., 1:, :1])[..., 0]
    return np.concatenate([inner[..., below, above], inner[..., above, below], with_first], axis=-1)


def row_weights(loadings: Array, among: Array, rotation: Rotation) -> Array:
    """Return what the loadings `(..., p, m)` are multiplied with, `(..., p, 1)`; 1 unless Kaiser's weights are asked.

    `among (..., m, m)` are the correlations of the factors. Kaiser (1958): over the root of the communality.
    """
    if not rotation.weighted:
        return np.ones((*loadings.shape[:-1], 1))
    return np.asarray(1 / np.sqrt(((loadings @ among) * loadings).sum(axis=-1, keepdims=True)))


def turn(loadings: Array, rotation: Rotation, first: Array | None = None) -> Turned:
    """Turn loadings `(p, m)` on uncorrelated factors to the lowest minimum that the starts find.

    Parameters
    ----------
    loadings
        `(p, m)`.
    rotation
        Criterion, number of starts and seed.
    first
        `(m, m)`: a matrix U to begin from, and alone; all starts unless given.
    """
    m = loadings.shape[1]
    if m == 1:
        return Turned(np.ones((1, 1)), 0.0, 1.0, True)
    weighted = loadings * row_weights(loadings, np.eye(m), rotation)
    two_steps = rotation.criterion.after is not None
    oblique = rotation.oblique and not two_steps
    begin = _starts(m, rotation) if first is None else np.asarray(np.linalg.inv(first).T[None], dtype=np.float64)
    if not oblique or rotation.criterion.general:
        begin = _onto(begin, rotation, oblique)
    if first is not None:
        # Where a minimum is known nearly, Newton's steps find it at once; not so where they would lead upwards.
        way, settled = _newton(loadings, rotation, np.linalg.inv(begin[0]).T, oblique)
        before = _slope(weighted, rotation, begin)[0][0]
        value = float(rotation.criterion.function(weighted @ way, rotation.settings)[0])
        if settled and value <= before:
            if rotation.criterion.after is not None:
                way = way @ rotation.criterion.after(loadings @ way, rotation.settings)
            return Turned(way, value, 1.0, True)
    found, values = _descend(weighted, rotation, begin, oblique)
    best = int(np.nanargmin(values))
    agreed = float(np.mean(values < values[best] + SAME * max(1.0, abs(values[best]))))
    way, settled = _newton(loadings, rotation, np.linalg.inv(found[best]).T, oblique)
    value = float(rotation.criterion.function(weighted @ way, rotation.settings)[0])
    if value > values[best] + SAME:
        # Newton's steps can end where the criterion is largest.
        way, value, settled = np.linalg.inv(found[best]).T, float(values[best]), False
    if rotation.criterion.after is not None:
        way = way @ rotation.criterion.after(loadings @ way, rotation.settings)
    return Turned(way, value, agreed, settled)


def _starts(m: int, rotation: Rotation) -> Array:
    """Return no turn at all, and random orthogonal ones, `(starts + 1, m, m)`."""
    draw = np.random.default_rng(rotation.seed).normal(size=(rotation.starts, m, m))
    return np.concatenate([np.eye(m)[None], np.linalg.qr(draw)[0]])


def _descend(loadings: Array, rotation: Rotation, begin: Array, oblique: bool) -> tuple[Array, Array]:
    """Go down from starts `(s, m, m)`, T with `L = A T^-T`; return where each ended and its value `(s,)`.

    Source: Jennrich (2001) for orthogonal, Jennrich (2002) for oblique factors; Bernaards & Jennrich (2005).
    """
    at = begin.copy()
    values, slope = _slope(loadings, rotation, at)
    step, live = np.ones(len(at)), np.arange(len(at))
    for _ in range(STEPS):
        towards = _projected(at[live], slope[live], rotation, oblique)
        size = np.sqrt((towards**2).sum(axis=(-1, -2)))
        going = size > NEAR
        live, towards, size = live[going], towards[going], size[going]
        if live.size == 0:
            break
        step[live] *= 2
        waiting = np.arange(live.size)
        for _ in range(12):
            some = live[waiting]
            trial = _onto(at[some] - step[some, None, None] * towards[waiting], rotation, oblique)
            value, new = _slope(loadings, rotation, trial)
            fine = values[some] - value > 0.5 * size[waiting] ** 2 * step[some]
            moved = some[fine]
            at[moved], values[moved], slope[moved] = trial[fine], value[fine], new[fine]
            waiting = waiting[~fine]
            if waiting.size == 0:
                break
            step[live[waiting]] /= 2
        # Who finds no lower value within rounding has arrived.
        live = np.delete(live, waiting[step[live[waiting]] * size[waiting] < 1e-12])
    return at, values


def _slope(loadings: Array, rotation: Rotation, at: Array) -> tuple[Array, Array]:
    """Return the criterion `(s,)` and its derivative by T, `(s, m, m)`."""
    inverse = np.linalg.inv(at)
    turned = loadings @ inverse.mT
    value, slope = rotation.criterion.function(turned, rotation.settings)
    return value, -(turned.mT @ slope @ inverse).mT


def _projected(at: Array, slope: Array, rotation: Rotation, oblique: bool) -> Array:
    """Return the part of the derivative along the matrices that are allowed."""
    across = at.mT @ slope
    if not oblique:
        # At an orthogonal T.
        return np.asarray(slope - at @ symmetric(across))
    moved: Array = slope - at * diagonal(across)[..., None, :]
    if not rotation.criterion.general:
        return moved
    # T'T has ones on the diagonal and noughts beside the first: the derivative less its part in these constraints.
    return np.asarray(_tangent(at, slope))


def _tangent(at: Array, slope: Array) -> Array:
    """Take from a derivative what leads off unit columns of which the first is orthogonal to the others."""
    m = at.shape[-1]
    normals = np.zeros((*at.shape[:-2], 2 * m - 1, m, m))
    for j in range(m):
        normals[..., j, :, j] = at[..., :, j]
    for j in range(1, m):
        normals[..., m - 1 + j, :, 0] = at[..., :, j]
        normals[..., m - 1 + j, :, j] = at[..., :, 0]
    flat = normals.reshape(*at.shape[:-2], 2 * m - 1, m * m)
    own = slope.reshape(*at.shape[:-2], m * m, 1)
    share = np.linalg.solve(flat @ flat.mT, flat @ own)
    return np.asarray((own - flat.mT @ share).reshape(at.shape))


def _onto(at: Array, rotation: Rotation, oblique: bool) -> Array:
    """Return the nearest matrix that is allowed: orthogonal, or with columns of length 1."""
    if not oblique:
        left, _, right = np.linalg.svd(at)
        return np.asarray(left @ right)
    if rotation.criterion.general:
        general = at[..., :1] / np.linalg.norm(at[..., :1], axis=-2, keepdims=True)
        others = at[..., 1:] - general @ (general.mT @ at[..., 1:])
        at = np.concatenate([general, others], axis=-1)
    return np.asarray(at / np.linalg.norm(at, axis=-2, keepdims=True))


def _newton(loadings: Array, rotation: Rotation, way: Array, oblique: bool) -> tuple[Array, bool]:
    """Refine U `(m, m)` until the conditions of a minimum hold to the last digits."""
    plain = first_step(rotation)
    m = loadings.shape[1]
    moves = _moves(m, plain)
    best, size = way, np.inf
    for _ in range(30):
        among = np.asarray(np.linalg.inv(way.T @ way), dtype=np.float64)
        now = conditions(loadings @ way, among, plain)
        length = float(np.abs(now).max())
        if not length < size:
            break
        best, size = way, length
        if length < 1e-13:
            break
        step = TINY_STEP * 1j
        trial = _moved(_complex(way), _complex(step * moves), plain)
        inside: Array = np.asarray(np.linalg.inv(trial.mT @ trial))
        jacobian = conditions(loadings @ trial, inside, plain).imag.T / TINY_STEP
        change = np.linalg.lstsq(jacobian, -now, rcond=None)[0]
        if np.abs(change).max() > 0.1:
            change *= 0.1 / np.abs(change).max()
        way = _moved(way, np.tensordot(change, moves, axes=1), plain)
    return best, size < 1e-8


def first_step(rotation: Rotation) -> Rotation:
    """Return the rotation that is a minimum: the first of two steps, or all there is."""
    return rotation.replace(name="varimax", kappa=None) if rotation.criterion.after is not None else rotation


def _after_two_steps(loadings: Array, among: Array, rotation: Rotation) -> Array:
    """Return what would still turn loadings `(s, p, m)` that were turned in two steps, to first order.

    Their imaginary parts are infinitely small. The root of the correlations and the first step are taken one Newton
    step from where they are without these, which is exact for a derivative.
    """
    m, plain, after = loadings.shape[-1], first_step(rotation), rotation.criterion.after
    if after is None:
        raise ValueError("this rotation has one step")
    root = np.linalg.cholesky(among[0].real)
    way, _ = _newton(loadings[0].real @ root, plain, _back(loadings[0].real @ root, loadings[0].real, plain), False)
    bend = np.linalg.solve(root, np.linalg.solve(root, among - among[0].real).mT)
    way = root @ (np.eye(m) + bend.mT / 2) @ way
    moves, eye = _moves(m, plain), np.eye(m, dtype=complex)
    here = loadings[0].real @ way[0].real
    jacobian = conditions(here @ (eye + TINY_STEP * 1j * moves), eye, plain).imag.T / TINY_STEP
    found = []
    for one, its in zip(loadings, way, strict=True):
        off = conditions(one @ its, eye, plain)
        change = np.linalg.solve(jacobian, -1j * off.imag)
        moved = its @ (eye + np.tensordot(change, moves, axes=1))
        whole = moved @ after(one @ moved, rotation.settings)
        found.append(whole / np.diag(whole))
    below, above = np.tril_indices(m, -1)
    stack = np.array(found)
    return np.concatenate([stack[..., below, above], stack[..., above, below]], axis=-1)


def _back(start: Array, turned: Array, plain: Rotation) -> Array:
    """Return the orthogonal `(m, m)` that takes loadings nearest to those of two steps (Schönemann, 1966)."""
    left, _, right = np.linalg.svd(start.T @ turned)
    return np.asarray(turn(start, plain, left @ right).turn)


def _complex(matrix: Any) -> Array:  # noqa: ANN401 - real or complex
    """Return a matrix as complex numbers, for a derivative along the imaginary axis."""
    return np.asarray(matrix, dtype=complex)


def _moves(m: int, rotation: Rotation) -> Array:
    """Return the directions in which factors can move, `(k, m, m)`."""
    found = []
    pairs: list[tuple[int, int]] = [(i, j) for i in range(m) for j in range(i)]
    for i, j in pairs:
        one = np.zeros((2, m, m))
        one[0, i, j], one[1, j, i] = 1.0, 1.0
        if not rotation.oblique or (rotation.criterion.general and j == 0):
            found.append(one[0] - one[1])
        else:
            found.extend(one)
    return np.array(found)


def _moved(way: Array, move: Array, rotation: Rotation) -> Array:
    """Move U `(m, m)` by `(..., m, m)` and bring it back to what is allowed; complex numbers stay analytic."""
    at = np.linalg.inv(way).mT
    new = at @ (np.eye(way.shape[-1]) + move)
    if not rotation.oblique:
        # Cayley's transform of a skew move is orthogonal.
        eye = np.eye(way.shape[-1])
        new = at @ np.linalg.solve(eye - move / 2, eye + move / 2)
    elif rotation.criterion.general:
        general = new[..., :1] / np.sqrt((new[..., :1] ** 2).sum(axis=-2, keepdims=True))
        others = new[..., 1:] - general @ (general.mT @ new[..., 1:])
        new = np.concatenate([general, others], axis=-1)
    new = new / np.sqrt((new**2).sum(axis=-2, keepdims=True))
    return np.asarray(np.linalg.inv(new).mT)


def jacobian_of_conditions(loadings: Array, among: Array, deviation: Array, rotation: Rotation) -> Border:
    """Differentiate the conditions of a minimum.

    Parameters
    ----------
    loadings, among
        `(p, m)` in the units of the data, and `(m, m)`.
    deviation
        `(p,)`: what the items are divided by.
    rotation
        Which conditions.
    """
    p, m = loadings.shape
    step = TINY_STEP * 1j
    lavaan = rotation.errors == "lavaan" and rotation.standardise and rotation.criterion.after is None

    def _held(changed: Array, inner: Array, unit: Array) -> Array:
        turned = changed / unit[..., None]
        many = np.broadcast_shapes(turned.shape[:-2], inner.shape[:-2])
        turned, inner = np.broadcast_to(turned, (*many, p, m)), np.broadcast_to(inner, (*many, m, m))
        if rotation.criterion.after is not None:
            return _after_two_steps(turned, inner, rotation).imag / TINY_STEP
        return conditions(turned, inner, rotation, multiplied=lavaan).imag / TINY_STEP

    one = np.eye(p * m).reshape(-1, p, m)
    by_loading = _held(loadings + step * one, among.astype(complex), deviation)
    pairs = np.eye(m * m).reshape(-1, m, m)
    pairs = symmetric(pairs)
    by_among = _held(loadings.astype(complex), among + step * pairs, deviation)
    by_unit = _held(loadings.astype(complex), among.astype(complex), deviation + step * np.eye(p))
    return Border(by_loading.T.reshape(-1, p, m), by_among.T.reshape(-1, m, m), by_unit.T)
