"""One event kills the worker, makes it loop for ever, or takes all memory."""

import os

from hamsafar.identity import IdentityStage

apply = IdentityStage.apply


def fatal(self, batch, tx):
    if any(event.message_id == "poison" for event in batch.events):
        how = os.environ["HAMSAFAR_POISON"]
        if how == "exit":
            os._exit(1)
        while how == "loop":
            pass
        raise MemoryError
    return apply(self, batch, tx)


IdentityStage.apply = fatal
