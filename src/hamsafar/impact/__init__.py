"""Impact: what moves an outcome, and by how much.

Answers: what drives a conversion, a silence or a rating (`drivers`), and to which touches
conversions are owed (`attribution`).
Comes in: `Sequences` with properties and traits, or `TouchPaths`. Goes out: frozen rows with
intervals, which open to the people behind them.
Emits no events. Stands on `journeys`, `expr`, `storage` and `kernel`.
"""

from hamsafar.impact.attribution import MARKOV, MODELS, Options, attribution
from hamsafar.impact.credit import Rule, Shape
from hamsafar.impact.driver_results import EVERYBODY, SIDES, Driver, Drivers
from hamsafar.impact.drivers import USUAL, Rules, drivers
from hamsafar.impact.paths import TouchPaths, collapsed
from hamsafar.impact.results import Attribution, Credit, Model
from hamsafar.impact.taint import TaintRules, taint
from hamsafar.impact.taint_results import Side, Taint, TaintPoint
from hamsafar.impact.touches import PathRules, Touch, TouchKind, touch_paths
from hamsafar.impact.types import (
    Candidate,
    Channels,
    Churns,
    Events,
    Findings,
    FirstTime,
    Nature,
    Outcome,
    Property,
    Rates,
    Reaches,
    Source,
    Trait,
    What,
)

__all__ = [
    "EVERYBODY",
    "MARKOV",
    "MODELS",
    "SIDES",
    "USUAL",
    "Attribution",
    "Candidate",
    "Channels",
    "Churns",
    "Credit",
    "Driver",
    "Drivers",
    "Events",
    "Findings",
    "FirstTime",
    "Model",
    "Nature",
    "Options",
    "Outcome",
    "PathRules",
    "Property",
    "Rates",
    "Reaches",
    "Rule",
    "Rules",
    "Shape",
    "Side",
    "Source",
    "Taint",
    "TaintPoint",
    "TaintRules",
    "Touch",
    "TouchKind",
    "TouchPaths",
    "Trait",
    "What",
    "attribution",
    "collapsed",
    "drivers",
    "taint",
    "touch_paths",
]
