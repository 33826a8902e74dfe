"""Where things are kept: the ports every engine implements, and the nouns that cross them.

Answers: how to read and write rows in one transaction, append to and read from the durable log,
keep and scan the history, and spread a scan over threads. Stands on nothing but `kernel`.
"""
