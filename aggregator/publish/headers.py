"""The one table of what a server says with each published file: type, caching, security."""

import mimetypes
from pathlib import PurePosixPath

IMMUTABLE = "public, max-age=31536000, immutable"
SHORT = "public, max-age=20, stale-while-revalidate=60, stale-if-error=86400"
TYPES = {".ndjson": "application/fhir+ndjson", ".geojson": "application/geo+json", ".js": "text/javascript"}

SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), microphone=(), payment=()",
}


def headers_for(path: str, policy: str) -> dict[str, str]:
    """Headers of the file at `path` (relative to the release). `policy`: the pages' Content-Security-Policy.

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
    if suffix == ".html":
        return headers | {"Content-Security-Policy": policy}
    return headers | {"Access-Control-Allow-Origin": "*"}
