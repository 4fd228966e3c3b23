"""The HTTP headers of every published file: type, caching, and security, in one table.

The preview and the uploads call `headers_for`; `server_rules` writes the same table as rules for web servers. The types
are listed here instead of taken from the operating system, so that they are the same on every machine.
"""

from collections.abc import Mapping
from pathlib import PurePosixPath

ASSETS = "assets/"
IMMUTABLE = "public, max-age=31536000, immutable"
SHORT = "public, max-age=20, stale-while-revalidate=60, stale-if-error=86400"

TYPES: Mapping[str, str] = {
    ".atom": "application/atom+xml; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".geojson": "application/geo+json; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ics": "text/calendar; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".ndjson": "application/fhir+ndjson; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json; charset=utf-8",
}
MANIFEST = "$bulk-publish"  # JSON without a suffix: SMART Scheduling Links prescribes the name
OTHER_TYPE = "application/octet-stream"
INCOMPRESSIBLE = (".png",)  # already compressed
# suffix of a precompressed copy -> its HTTP encoding, in order of preference
PRECOMPRESSED: Mapping[str, str] = {".br": "br", ".gz": "gzip"}

SECURITY: Mapping[str, str] = {
    # Each page states in a meta tag what it may load (`site.templates`), so that the policy fits the page even if a
    # cache serves one of an earlier version. A meta tag cannot state who may frame the page, so that is stated here.
    "Content-Security-Policy": "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), microphone=(), payment=()",
}
# on every response; pages of any site may read what we publish
EVERY: Mapping[str, str] = {**SECURITY, "Access-Control-Allow-Origin": "*", "Vary": "Accept-Encoding"}
# Only on responses over HTTPS: for a year, browsers then use nothing but HTTPS for the site. Subdomains are left out,
# because they may belong to someone else.
HTTPS_ONLY = ("Strict-Transport-Security", "max-age=31536000")


def headers_for(path: str) -> dict[str, str]:
    """The headers of the file at `path`, which is relative to the release.

    The names of files in `assets/` contain a hash of the content, so they never change. Everything else is cached
    briefly, and a cache may serve it stale while it revalidates or cannot reach the origin.
    """
    name = PurePosixPath(path)
    suffix = ".json" if name.name == MANIFEST else name.suffix
    return {
        **EVERY,
        "Content-Type": TYPES.get(suffix, OTHER_TYPE),
        "Cache-Control": IMMUTABLE if path.startswith(ASSETS) else SHORT,
    }
