"""The one table of what a server says with each published file: type, caching, security."""

import mimetypes
from pathlib import PurePosixPath

IMMUTABLE = "public, max-age=31536000, immutable"
SHORT = "public, max-age=20, stale-while-revalidate=60, stale-if-error=86400"
TYPES = {".ndjson": "application/fhir+ndjson", ".geojson": "application/geo+json", ".js": "text/javascript"}

SECURITY = {
    # What a page may load stands in the page itself (`publish.pages`), so that it fits that page also while a cache
    # serves one of an earlier version; a page cannot say who may frame it.
    "Content-Security-Policy": "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), microphone=(), payment=()",
}


def headers_for(path: str) -> dict[str, str]:
    """Headers of the file at `path` (relative to the release).

    Files in `assets/` bear the hash of their content in their name and never change; everything else is short-lived
    and may be served stale while the origin is asked or cannot be reached. Data may be read from any site.
    """
    suffix = PurePosixPath(path).suffix
    kind = TYPES.get(suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"
    text = kind.startswith("text/") or kind.endswith(("json", "xml", "svg+xml"))
    headers = SECURITY | {
        "Content-Type": f"{kind}; charset=utf-8" if text else kind,
        "Cache-Control": IMMUTABLE if path.startswith("assets/") else SHORT,
        "Vary": "Accept-Encoding",
    }
    return headers if suffix == ".html" else headers | {"Access-Control-Allow-Origin": "*"}
