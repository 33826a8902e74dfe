"""Identity: which identifiers are one person.

Comes in: events with their normalised identifiers. Goes out: each event's node (`Batch.node`), the
map of nodes to persons (`IdentityView`), and why two identifiers are one person or not. Emits no
events. Stands on `collect`, `storage`, `lang` and `kernel`.

- A **node** is the first sight of an identifier; it never changes.
- A **claim** says that one event named two identifiers: a star from the event's own node to each of
  its others. Of all events that make a claim the earliest counts.
- A **person** is a component of nodes, a pure function of the set of claims: the live ones are
  replayed by (occurred_at, message_id) under `Rules`. So neither the order of arrival nor the
  batching matters, and a late claim may split a person.
- A **severance** takes one claim out of the set until it is undone.

A person is named by its smallest node id. Merge and unmerge change `node.person` alone.

`resolve` holds the rules, `settle` finds the few persons a change touches, `rejudge` judges everybody
after a change of the rules, `stage` runs on the river, `service` answers readers and the worker's jobs.
"""

from __future__ import annotations

from hamsafar.identity.service import IdentityService, Members
from hamsafar.identity.stage import IdentityStage
from hamsafar.identity.types import Limit, Period, Rules

__all__ = ["IdentityService", "IdentityStage", "Limit", "Members", "Period", "Rules"]
