"""How each kind of query is answered: a walk over the ground its scope leaves, and its numbers told.

A module for each kind has one function that walks and returns a `Run`; a run tells its result, with
what must be hidden hidden, and lists the people of any number of it.
"""
