"""Wiring: settings to engines to services to one frozen `Hamsafar`. Knows everything; decides little."""
