"""The Markov model of attribution, solved exactly: what would be lost without a touch.

Paths are taken as a chain: start → touch → … → conversion or nothing. The removal effect of a
touch is the share of conversions lost when everybody who comes to it converts no more. Nothing
is simulated: the chain is solved as a linear system.

With order 1 all removal effects follow from one inverse. With N = (I - Q)⁻¹ and h = N r,
    P(conversion that meets c) = N[start, c] / N[c, c] · h[c],
since N[start, c] / N[c, c] is the chance ever to come to c.

Source: Anderl, Becker, von Wangenheim, Schumann, "Mapping the customer journey", IJRM 33 (2016);
Kemeny, Snell, "Finite Markov Chains" (1960), chapter 3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hamsafar.impact.paths import F64, TouchPaths, summed
from hamsafar.kernel.errors import BadInput
from hamsafar.storage.types import I64

MAX_ORDER = 4
MAX_STATES = 200_000
_DENSE = 400
"""Up to this many touches order 1 is solved by a dense inverse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Every step of every path, as pairs of states.

    Attributes:
        touches: how many there are.
        states: how many states there are; the first is the start.
        last: i64[states], the touch a state stands on; -1 for the start.
        source, target: i64[k], the states of each step; a path's last step leads to -1.
        path: i64[k], whose step it is.
    """

    touches: int
    states: int
    last: I64
    source: I64
    target: I64
    path: I64


@dataclass(frozen=True, slots=True, kw_only=True)
class Flows:
    """A chain with weights: how often each step was made.

    Attributes:
        chain: which steps.
        inner: f64[k], weight of each step between states; steps to an end weigh 0 here.
        won: f64[states], weight of conversions (or their value) out of each state.
        out: f64[states], weight of all steps out of each state.
    """

    chain: Chain
    inner: F64
    won: F64
    out: F64


def chain_of(paths: TouchPaths, order: int) -> Chain:
    """Return the steps of paths that have touches; a state is the last `order` touches.

    Raises:
        BadInput: the order is not 1 … `MAX_ORDER`, or there are too many states.
    """
    if not 1 <= order <= MAX_ORDER:
        raise BadInput(f"order must be 1 … {MAX_ORDER}, not {order}", where="order")
    width = len(paths.touches) + 1
    place = np.arange(len(paths.code)) - np.repeat(paths.starts[:-1], paths.lengths)
    key = np.zeros(len(paths.code), np.int64)
    for back in range(min(order, len(paths.code))):
        shifted = np.roll(paths.code, back) + 1
        key += np.where(place >= back, shifted, 0) * width**back
    found, state = np.unique(key, return_inverse=True)
    if len(found) > MAX_STATES:
        raise BadInput(
            f"order {order} makes {len(found):,} states; at most {MAX_STATES:,} can be solved:"
            " take a lower order or fewer touches",
            where="order",
        )
    state = state + 1
    full = paths.lengths > 0
    before = np.where(place == 0, 0, np.roll(state, 1))
    ends = paths.starts[1:][full] - 1
    rows = np.flatnonzero(full)
    return Chain(
        touches=len(paths.touches),
        states=len(found) + 1,
        last=np.concatenate([[-1], found % width - 1]),
        source=np.concatenate([before, state[ends]]),
        target=np.concatenate([state, np.full(len(ends), -1)]),
        path=np.concatenate([paths.path_of, rows]),
    )


def flows(chain: Chain, lived: F64, won: F64) -> Flows:
    """Return the chain weighted.

    Args:
        chain: of the paths.
        lived: f64[n], how often each path was lived, to any end.
        won: f64[n], what its conversions count: their number or their value.
    """
    weight = lived[chain.path]
    is_end = chain.target < 0
    return Flows(
        chain=chain,
        inner=np.where(is_end, 0.0, weight),
        won=summed(chain.source[is_end], won[chain.path[is_end]], chain.states),
        out=summed(chain.source, weight, chain.states),
    )


def removal_effects(flow: Flows) -> F64:
    """Return f64[touches]: the share of conversions lost without each touch, 0 … 1.

    All zeros when nothing converts.
    """
    chain = flow.chain
    if is_simple(chain):
        return _by_inverse(flow)
    return _by_solving(flow)


def is_simple(chain: Chain) -> bool:
    """Return whether each touch is one state, and they are few: then an inverse does."""
    is_one = np.array_equal(chain.last, np.arange(-1, chain.touches))
    return is_one and chain.touches <= _DENSE


def _by_inverse(flow: Flows) -> F64:
    chain = flow.chain
    size = chain.states
    is_inner = chain.target >= 0
    place = chain.source[is_inner] * size + chain.target[is_inner]
    matrix = summed(place, flow.inner[is_inner], size * size)
    effects = effects_by_inverse(matrix.reshape(1, size, size), flow.won[None], flow.out[None])
    return effects.reshape(-1)


def effects_by_inverse(inner: F64, won: F64, out: F64) -> F64:
    """Return f64[b, touches], removal effects of b chains of order 1 at once.

    Args:
        inner: f64[b, s, s], weights of the steps between states; state 0 is the start.
        won: f64[b, s], weights of conversions out of each state.
        out: f64[b, s], weights of all steps out of each state.
    """
    safe = np.where(out > 0, out, 1.0)
    size = out.shape[1]
    inverse = np.linalg.inv(np.eye(size) - inner / safe[:, :, None])
    hit = np.einsum("bst,bt->bs", inverse, won / safe)
    diagonal = np.einsum("bss->bs", inverse)
    met = inverse[:, 0, :] / diagonal * hit
    whole = np.where(hit[:, :1] > 0, hit[:, :1], 1.0)
    found: F64 = np.clip(met[:, 1:] / whole, 0.0, 1.0)
    return found


def _by_solving(flow: Flows) -> F64:
    # Loaded when first needed: scipy takes long to import.
    from scipy import sparse  # noqa: PLC0415
    from scipy.sparse.linalg import splu  # noqa: PLC0415

    chain = flow.chain
    size = chain.states
    safe = np.where(flow.out > 0, flow.out, 1.0)
    is_inner = chain.target >= 0
    source, target = chain.source[is_inner], chain.target[is_inner]
    steps = sparse.csc_array(
        (flow.inner[is_inner] / safe[source], (source, target)), shape=(size, size)
    )
    one = sparse.eye_array(size, format="csc")
    gain = flow.won / safe
    whole = float(splu(sparse.csc_matrix(one - steps)).solve(gain)[0])
    effects = np.zeros(chain.touches)
    if whole <= 0:
        return effects
    for touch in range(chain.touches):
        # Whoever comes to the touch converts no more: nothing flows into its states.
        kept = sparse.diags_array((chain.last != touch).astype(np.float64), format="csc")
        left = float(splu(sparse.csc_matrix(one - steps @ kept)).solve(gain)[0])
        effects[touch] = min(1.0, max(0.0, 1.0 - left / whole))
    return effects
