"""The web app manifest of a language, with which browsers can install the site like an app."""

import msgspec

from aggregator.site.templates import hashed
from aggregator.site.views import Site

PAPER, FILL = "#faf8f4", "#0b5a6f"  # as in style.css and the icon


def manifest(site: Site, release: str) -> bytes:
    """JSON (W3C Web Application Manifest). `release`: relative path from the language's folder to the release's top."""
    return msgspec.json.encode(
        {
            "name": site.title,
            "lang": site.language,
            "dir": site.direction,
            "id": "./",
            "start_url": "./",
            "scope": release,
            "display": "minimal-ui",
            "background_color": PAPER,
            "theme_color": FILL,
            "icons": [
                {"src": release + hashed("icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
                {"src": release + hashed("icon.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
                {"src": release + hashed("icon.png"), "sizes": "512x512", "type": "image/png", "purpose": "any"},
            ],
        }
    )
