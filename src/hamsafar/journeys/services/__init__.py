"""The verbs of journeys on the running system's history, one module for each room of questions."""
