"""Attribution: how conversions are owed to the touches before them: `attribution(paths)`.

Example:
    >>> paths = TouchPaths.from_texts(["ad > mail", "ad", "mail"], [30, 10, 0], nulls=[10, 40, 20])
    >>> found = attribution(paths, ("last", "markov"), Options(replicates=0))
    >>> [(row.touch, row.conversions) for row in found.model("last").rows]
    [('mail', 30.0), ('ad', 10.0)]
    >>> found.conversions, found.nulls
    (40.0, 70.0)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from hamsafar.impact.credit import Rule, Shape, weights
from hamsafar.impact.markov import MAX_ORDER, chain_of, flows, removal_effects
from hamsafar.impact.paths import F64, TouchPaths, collapsed, loops, self_loops, summed
from hamsafar.impact.resample import Replicas, replicas_of
from hamsafar.impact.results import Attribution, Credit, Model
from hamsafar.kernel.errors import BadInput

MARKOV = "markov"
MODELS: tuple[str, ...] = (*Rule, MARKOV)
MAX_REPLICATES = 2_000
_TAILS = (0.025, 0.975)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How attribution is computed.

    Attributes:
        order: of the Markov model, 1 … 4: how many touches back the next one depends on.
        collapse: count a run of one touch as one. It changes `linear`, `position`, `time_decay`
            and Markov of order 2 and more; order 1 does not feel it.
        shape: of `position` and `time_decay`.
        replicates: of the bootstrap by customer; 0: no intervals.
        seed: of the bootstrap.
    """

    order: int = 1
    collapse: bool = True
    shape: Shape = field(default_factory=Shape)
    replicates: int = 200
    seed: int = 1

    def __post_init__(self) -> None:
        """Check the numbers.

        Raises:
            BadInput: replicates are not 0 … `MAX_REPLICATES`, or the order not 1 … 4.
        """
        if not 0 <= self.replicates <= MAX_REPLICATES:
            message = f"replicates must be 0 … {MAX_REPLICATES}, not {self.replicates}"
            raise BadInput(message, where="replicates")
        if not 1 <= self.order <= MAX_ORDER:
            raise BadInput(f"order must be 1 … {MAX_ORDER}, not {self.order}", where="order")


DEFAULTS = Options()


def attribution(
    paths: TouchPaths, models: Sequence[str] | None = None, options: Options = DEFAULTS
) -> Attribution:
    """Share the conversions of paths out among their touches.

    Conversions without any touch are owed to nobody. Rules look at paths that converted alone;
    Markov also at those that did not.

    Args:
        paths: what people met.
        models: of `MODELS`; None: all that the paths allow (`time_decay` needs times).
        options: order, loops, shapes, bootstrap.

    Raises:
        BadInput: an unknown model, one twice, or one the paths do not allow.
    """
    chosen = _chosen(paths, models)
    used = collapsed(paths) if options.collapse else paths
    is_touched = used.lengths > 0
    used = replace(
        used,
        conversions=np.where(is_touched, used.conversions, 0.0),
        nulls=np.where(is_touched, used.nulls, 0.0),
        value=np.where(is_touched, used.value, 0.0),
    )
    replicas = replicas_of(used, options.replicates, options.seed)
    return Attribution(
        models=tuple(_modelled(name, used, options, replicas) for name in chosen),
        conversions=float(paths.conversions.sum()),
        attributed=float(used.conversions.sum()),
        untouched=float(paths.conversions.sum() - used.conversions.sum()),
        nulls=float(paths.nulls.sum()),
        open=paths.open,
        value=float(paths.value.sum()),
        attributed_value=float(used.value.sum()),
        self_loops=self_loops(paths),
        loops=loops(paths),
        is_collapsed=options.collapse,
        replicates=len(replicas),
        paths=paths,
    )


def _chosen(paths: TouchPaths, models: Sequence[str] | None) -> tuple[str, ...]:
    if models is None:
        return tuple(m for m in MODELS if m != Rule.TIME_DECAY or paths.before_s is not None)
    for place, name in enumerate(models):
        if name not in MODELS:
            message = f"there is no model {name!r}; take of {', '.join(MODELS)}"
            raise BadInput(message, where=f"models[{place}]")
        if name in models[:place]:
            raise BadInput(f"{name!r} is asked for twice", where=f"models[{place}]")
    return tuple(models)


def _modelled(name: str, paths: TouchPaths, options: Options, replicas: Replicas) -> Model:
    if name == MARKOV:
        return _markov(paths, options, replicas)
    given = weights(paths, Rule(name), options.shape)
    owner = paths.path_of
    count = _by_touch(paths, given * paths.conversions[owner])
    value = _by_touch(paths, given * paths.value[owner])
    return Model(
        name=str(name),
        order=None,
        rows=_rows(paths, (count, value), replicas.of_weights(given), None),
    )


def _markov(paths: TouchPaths, options: Options, replicas: Replicas) -> Model:
    chain = chain_of(paths, options.order)
    lived = paths.conversions + paths.nulls
    effects = removal_effects(flows(chain, lived, paths.conversions))
    worth = removal_effects(flows(chain, lived, paths.value))
    count = _normal(effects) * paths.conversions.sum()
    value = _normal(worth) * paths.value.sum()
    drawn = replicas.of_chain(options.order)
    return Model(
        name=MARKOV, order=options.order, rows=_rows(paths, (count, value), drawn, effects)
    )


def _normal(effects: F64) -> F64:
    total = effects.sum()
    found: F64 = effects / total if total > 0 else effects
    return found


def _by_touch(paths: TouchPaths, amounts: F64) -> F64:
    return summed(paths.code, amounts, len(paths.touches))


def _rows(
    paths: TouchPaths, owed: tuple[F64, F64], drawn: tuple[F64, F64], effects: F64 | None
) -> tuple[Credit, ...]:
    """Return the rows of a model.

    Args:
        paths: whose touches.
        owed: f64[touches] conversions and value.
        drawn: f64[b, touches] of each in the replicates.
        effects: f64[touches], removal effects.
    """
    count, value = owed
    total = count.sum()
    bounds = [np.quantile(one, _TAILS, axis=0) if len(one) else None for one in drawn]
    rows = [
        Credit(
            touch=touch,
            conversions=float(count[c]),
            low=None if bounds[0] is None else float(bounds[0][0, c]),
            high=None if bounds[0] is None else float(bounds[0][1, c]),
            share=float(count[c] / total) if total > 0 else 0.0,
            value=float(value[c]),
            value_low=None if bounds[1] is None else float(bounds[1][0, c]),
            value_high=None if bounds[1] is None else float(bounds[1][1, c]),
            removal_effect=None if effects is None else float(effects[c]),
        )
        for c, touch in enumerate(paths.touches)
    ]
    return tuple(sorted(rows, key=lambda row: (-row.conversions, row.touch)))
