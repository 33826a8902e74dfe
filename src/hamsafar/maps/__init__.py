"""Maps: the journey we designed, and how the real ones differ from it.

Answers: how well do real journeys fit a designed map (`conformance`), where and for whom do they
differ, and what does that cost; for a running system through `services`.
Comes in: a designed map (`from_yaml`, `from_json`) and `journeys.Sequences`. Goes out: frozen rows.
Emits no events. Stands on `journeys`, `access`, `storage`, `lang` and `kernel`.

Importing this package does not import numba or PyYAML; the first question does.
"""

from hamsafar.maps.conformance import Picture, conformance
from hamsafar.maps.reading import from_json, from_object, from_yaml, to_json, to_object, to_yaml
from hamsafar.maps.results import CardFit, Conformance, Deviation, Effect, StageFit
from hamsafar.maps.types import JourneyMap

__all__ = [
    "CardFit",
    "Conformance",
    "Deviation",
    "Effect",
    "JourneyMap",
    "Picture",
    "StageFit",
    "conformance",
    "from_json",
    "from_object",
    "from_yaml",
    "to_json",
    "to_object",
    "to_yaml",
]
