"""Hamsafar, the intelligent experience engine: one door for people who build on it."""

__version__ = "0.1.0"
__all__ = ["__version__"]
