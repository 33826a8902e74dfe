"""SQL of profiles."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from hamsafar.profiles.types import Activity, Trait
from hamsafar.storage.ports import Tx
from hamsafar.storage.types import Column, Kind, Lookup, Remove, Row, Statement, Upsert

_NODE = Column("node", Kind.INT)
_STATE = Column("state", Kind.BYTES)

decode_activity = msgspec.msgpack.Decoder(Activity).decode
_decode_traits = msgspec.msgpack.Decoder(dict[str, Trait]).decode

ACTIVITY = Lookup("activity", ("node", "state"), _NODE)
TRAITS = Lookup("traits", ("node", "state"), _NODE)
PUT_ACTIVITY = Upsert("activity", (_NODE, _STATE), key=("node",), update=("state",))
PUT_TRAITS = Upsert("traits", (_NODE, _STATE), key=("node",), update=("state",))
DROP_ACTIVITY = Remove("activity", _NODE)
DROP_TRAITS = Remove("traits", _NODE)
DROP_TOKENS = Remove("search_token", _NODE)
PUT_TOKENS = Upsert("search_token", (Column("token", Kind.TEXT), _NODE), key=("token", "node"))
FIND_PREFIX = Statement(
    "profiles.find_prefix",
    """SELECT DISTINCT node FROM search_token
    WHERE token >= :low AND token < :high ORDER BY node LIMIT :limit""",
)
FIND_BOTH = Statement(
    "profiles.find_both",
    """SELECT DISTINCT one.node FROM search_token one
    WHERE one.token >= :low AND one.token < :high AND EXISTS (
        SELECT 1 FROM search_token other WHERE other.node = one.node
        AND other.token >= :other_low AND other.token < :other_high)
    ORDER BY one.node LIMIT :limit""",
)
TOKENS = Lookup("search_token", ("node", "token"), _NODE)
NAMES = Statement("profiles.names", "SELECT code, name FROM name")
CHANNELS = Statement("profiles.channels", "SELECT code, name FROM channel")
PEOPLE = Statement(
    "profiles.people",
    """SELECT count(DISTINCT n.person) FROM activity a JOIN node n ON n.id = a.node""",
)
ACTIVE_NODES = Statement("profiles.active_nodes", "SELECT node FROM activity")
STORED = Statement(
    "profiles.stored",
    "SELECT CAST(COALESCE(sum(count), 0) AS BIGINT) FROM total WHERE outcome = 'stored'",
)
EACH_NODE = Statement(
    "profiles.each_node",
    """SELECT n.id, n.kind, n.value, a.state, t.state FROM node n
    LEFT JOIN activity a ON a.node = n.id LEFT JOIN traits t ON t.node = n.id
    WHERE n.id > :after ORDER BY n.id LIMIT :limit""",
)

EACH_TRAITS = Statement(
    "profiles.each_traits",
    "SELECT node, state FROM traits WHERE node > :after ORDER BY node LIMIT :limit",
)
LAST_TRAITS = Statement(
    "profiles.last_traits", "SELECT node, state FROM traits ORDER BY node DESC LIMIT :limit"
)


def read_activity(tx: Tx, nodes: Sequence[int]) -> dict[int, Activity]:
    """Return the activity fold of each of these nodes that has one."""
    rows = tx.lookup(ACTIVITY, nodes)
    return {int(n or 0): decode_activity(state) for n, state in rows if isinstance(state, bytes)}


def read_traits(tx: Tx, nodes: Sequence[int]) -> dict[int, dict[str, Trait]]:
    """Return the traits fold of each of these nodes that has one."""
    return decode_traits(tx.lookup(TRAITS, nodes))


def decode_traits(rows: Sequence[Row]) -> dict[int, dict[str, Trait]]:
    """Return the traits folds of rows (node, state)."""
    return {int(n or 0): _decode_traits(state) for n, state in rows if isinstance(state, bytes)}
