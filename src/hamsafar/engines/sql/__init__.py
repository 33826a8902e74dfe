"""The Database port on SQLite and PostgreSQL."""
