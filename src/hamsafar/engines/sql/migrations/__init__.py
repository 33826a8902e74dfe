"""Alembic environment: how a data folder becomes this release's."""
