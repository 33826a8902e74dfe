"""The shapes of JSON: what the API takes and gives. Pydantic lives here and nowhere below."""
