"""Names a framework or another program calls; each with its reason. Read by `contracts/dead_code.py`."""

from hamsafar.access.ports import NullWebhookSender
from hamsafar.engines.sql.arrays import BinaryArrayDumper
from hamsafar.ledger.ports import NullRoleBook
from hamsafar.maps.ports import NullLives
from hamsafar.simulate import Settings

BinaryArrayDumper.dump  # psycopg calls it for every parameter of that type
NullWebhookSender  # every port has a Null, for those who assemble the services themselves
Settings.bench  # documented in docs/reference/simulator.md, called by the pipeline's benchmark
_.capture_signals  # uvicorn.Server calls it around serving
_.downgrade  # Alembic looks it up by name
_.render  # starlette calls it to write an answer's body
NullLives  # every port has a Null
NullRoleBook  # every port has a Null
