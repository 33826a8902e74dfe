"""Lets `python -m hamsafar.cli` run the command line, and the processes behind `hamsafar up`.

A child process loads nothing but its own code, so that it is back soon after a crash.
"""

import gc
import sys
from importlib import import_module

CHILDREN = {
    "api-process": "hamsafar.cli.api_process",
    "worker-process": "hamsafar.cli.worker_process",
}

if __name__ == "__main__":
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    # Code lives as long as the process: looking through it for garbage only costs time.
    gc.disable()
    module = import_module(CHILDREN.get(wanted, "hamsafar.cli.main"))
    gc.freeze()
    gc.enable()
    module.main()
