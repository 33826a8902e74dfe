"""The rooms of the API, one module per topic; each has a `router`."""
