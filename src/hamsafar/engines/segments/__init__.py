"""The history as columnar segment files and manifest rows."""
