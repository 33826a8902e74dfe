"""Spoils the service's processes, when PYTHONPATH and HAMSAFAR_MUTANT ask for it."""

import importlib
import os
import sys

name = os.environ.get("HAMSAFAR_MUTANT", "")
if name and "hamsafar" in " ".join(sys.orig_argv):
    importlib.import_module(f"spoil_{name}")
