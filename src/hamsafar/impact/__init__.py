"""Impact: what moves an outcome, and by how much.

Answers: to which touches conversions are owed (`attribution`).
Comes in: `Sequences` with properties, or `Paths`. Goes out: frozen rows with intervals.
Emits no events. Stands on `journeys`, `storage` and `kernel`.
"""

from hamsafar.impact.attribution import MARKOV, MODELS, Options, attribution
from hamsafar.impact.credit import Rule, Shape
from hamsafar.impact.paths import Paths, collapsed
from hamsafar.impact.results import Attribution, Credit, Model

__all__ = [
    "MARKOV",
    "MODELS",
    "Attribution",
    "Credit",
    "Model",
    "Options",
    "Paths",
    "Rule",
    "Shape",
    "attribution",
    "collapsed",
]
