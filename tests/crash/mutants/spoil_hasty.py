"""Nothing spoilt, all in a hurry: history is flushed and compacted every second, not every minute.

So kills meet flushes, manifests, key files and compaction, not only the pipeline.
"""

import hamsafar.worker.history as history
import hamsafar.worker.loop as loop

history.FLUSH_AFTER_US = 1_000_000
history.FLUSH_ROWS = 500
loop.TIDY_EVERY_S = 0.2
