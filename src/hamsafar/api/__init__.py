"""The API: HTTP in, JSON out. The only room that knows Pydantic, cookies and status codes.

Comes in: requests of the console, of programs with a token, and of event collection. Goes out:
JSON by the OpenAPI document it serves, server-sent events, the console's files. Every route
declares who may call it (`gate`); start-up fails if one does not. Stands on `wiring`'s services.

`create_app` makes the FastAPI application, `create_root` puts event collection before it.
"""

from hamsafar.api.app import create_app
from hamsafar.api.root import create_root
from hamsafar.api.services import Services

__all__ = ["Services", "create_app", "create_root"]
