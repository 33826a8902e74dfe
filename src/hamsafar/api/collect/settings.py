"""What a browser or app asks for before it sends: where to send, and with which plugins."""

from __future__ import annotations

import msgspec

_ALLOWED = {"__default": {"enabled": True, "integrations": {}}}


def settings_json(write_key: str, protocol: str, host: str) -> bytes:
    """Return the settings document of `@segment/analytics-next` and the mobile libraries.

    `apiHost` sends the client to us with no change in its code; a sample rate of 0 keeps it from
    reporting its own metrics.
    """
    destination = {
        "apiKey": write_key,
        "apiHost": f"{host}/v1",
        "protocol": protocol,
        "addBundledMetadata": True,
        "unbundledIntegrations": [],
        "maybeBundledConfigIds": {},
        "type": "server",
        "versionSettings": {"version": "4.4.7", "componentTypes": ["browser"]},
    }
    return msgspec.json.encode({
        "integrations": {"Segment.io": destination},
        "plan": {"track": _ALLOWED, "identify": _ALLOWED, "group": _ALLOWED},
        "edgeFunction": {},
        "analyticsNextEnabled": True,
        "middlewareSettings": {},
        "enabledMiddleware": {},
        "metrics": {"sampleRate": 0},
        "legacyVideoPluginsEnabled": False,
        "remotePlugins": [],
        "consentSettings": {"allCategories": [], "hasUnmappedDestinations": False},
    })
