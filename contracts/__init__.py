"""Rules of the house that ready-made tools do not know."""
