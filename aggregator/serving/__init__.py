"""The HTTP headers of every published file: one table, written out as rules for nginx, Caddy, and static hosts.

`preview` serves a release on loopback as they would.
"""

from aggregator.serving.headers import ASSETS, headers_for
from aggregator.serving.preview import preview_server

__all__ = [
    "ASSETS",
    "headers_for",
    "preview_server",
]
