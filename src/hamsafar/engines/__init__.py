"""Engines: what implements the ports. Only `wiring` imports them."""
