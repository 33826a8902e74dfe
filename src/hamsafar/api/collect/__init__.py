"""Collection over HTTP: the Segment wire, spoken to unchanged client libraries.

Comes in: `POST /v1/{identify,track,page,screen,group,alias,batch}` and their short forms, the
settings and the browser library a client asks for. Goes out: `{"success":true}` once the events
are synced to the log, else `{"code","message","success":false}`. Raw ASGI, no framework: the body
goes into the log as it came, and what an event says is read by the pipeline.
Stands on `collect` (limits, keys, group commit) and the `EventLog` and `KeyRing` it is given.
"""

from hamsafar.api.collect.app import CollectApp, CollectParts, create_collect_app
from hamsafar.api.collect.halt import halt
from hamsafar.api.collect.origin import PublicUrl

__all__ = ["CollectApp", "CollectParts", "PublicUrl", "create_collect_app", "halt"]
