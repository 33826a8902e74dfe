"""Names a framework or another program calls; each with its reason. Read by `contracts/dead_code.py`."""

from hamsafar.access.ports import NullWebhookSender
from hamsafar.engines.sql.arrays import BinaryArrayDumper
from hamsafar.friction.ports import NullFeed
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
NullFeed  # every port has a Null
_.dead_click  # a detector's kernel is looked up by the detector's name
_.drop_after_error  # a detector's kernel is looked up by the detector's name
_.drop_off  # a detector's kernel is looked up by the detector's name
_.error_to_support  # a detector's kernel is looked up by the detector's name
_.had_to_repeat  # a detector's kernel is looked up by the detector's name
_.repeated_contact  # a detector's kernel is looked up by the detector's name
_.transfer_without_context  # a detector's kernel is looked up by the detector's name
