"""What a server says with each published file: one table of headers, as rules for nginx, Caddy, and static hosts.

`preview` serves a release on loopback as they would.
"""

from aggregator.serving.headers import ASSETS, headers_for
from aggregator.serving.preview import preview_server

__all__ = [
    "ASSETS",
    "headers_for",
    "preview_server",
]
