"""Write the OpenAPI document of the API as the code declares it; no server is needed."""

import json
import sys
from unittest.mock import MagicMock

from hamsafar.api.app import create_app

if __name__ == "__main__":
    # Declaring routes calls no service, so a stand-in for them is enough.
    app = create_app(MagicMock())
    json.dump(app.openapi(), sys.stdout, indent=1, sort_keys=True, ensure_ascii=False)
    sys.stdout.write("\n")
