"""Recognizes what a browser loads besides the answers of a booking system: images, scripts, analytics, and so on.

Decides by resource type, content type, and URL only, never by the content of an answer.
"""

import re
from urllib.parse import urlsplit

# `_resourceType` in Chrome, Edge, and Firefox -> our name, for the types that are never an answer
_KINDS = {
    "image": "images",
    "imageset": "images",
    "script": "scripts",
    "stylesheet": "styles",
    "font": "fonts",
    "media": "media",
    "texttrack": "media",
    "manifest": "app manifests",
    "preflight": "preflights",
    "ping": "beacons",
    "beacon": "beacons",
    "cspviolationreport": "beacons",
    "websocket": "websockets",
}
_ASKED_BY_CODE = frozenset({"xhr", "fetch"})
_TYPES = (
    (re.compile(r"image/"), "images"),
    (re.compile(r"(?:text|application)/(?:x-)?(?:java|ecma)script|application/wasm"), "scripts"),
    (re.compile(r"text/css"), "styles"),
    (re.compile(r"font/|application/(?:x-)?font|application/vnd\.ms-fontobject"), "fonts"),
    (re.compile(r"audio/|video/"), "media"),
    (re.compile(r"application/manifest\+json"), "app manifests"),
    (re.compile(r"application/pdf|application/zip"), "documents to read or unpack"),
)
# hosts for analytics, advertisements, cookie consent, and error tracking
_WATCHERS = re.compile(
    r"(?:^|\.)(?:"
    r"google-analytics|googletagmanager|googleadservices|googlesyndication|doubleclick|adservice\.google|"
    r"connect\.facebook|hotjar|segment|mixpanel|amplitude|newrelic|nr-data|sentry|sentry-cdn|bugsnag|rollbar|"
    r"browser-intake-datadoghq|datadoghq-browser-agent|fullstory|clarity|bat\.bing|ads\.linkedin|licdn|"
    r"analytics\.tiktok|ads-twitter|optimizely|quantserve|quantcount|scorecardresearch|demdex|omtrdc|2o7|everesttech|"
    r"cloudflareinsights|logrocket|heapanalytics|crazyegg|mouseflow|pendo|chartbeat|matomo|go-mpulse|akstat|"
    r"onetrust|cookielaw|cookiebot|trustarc|siteimproveanalytics|siteintercept\.qualtrics|[\w-]*analytics"
    r")\.[a-z.]{2,12}$|^(?:analytics|stats|metrics|telemetry|tracking|pixel|beacon|rum)\.",
)
_WATCHING = re.compile(
    r"/(?:g/|j/|r/)?(?:collect|beacon|telemetry|analytics|pixel|rum|tr|gtm|matomo\.php|piwik\.php)/?$"
    r"|/cdn-cgi/|/_vercel/insights|/(?:recaptcha|gtag)/",
)


def unwanted_kind(resource_type: str, content_type: str, *, is_json: bool) -> str:
    """The name of a kind of entry that is never an answer; "" if it may be one. `is_json`: its body is JSON."""
    if found := _KINDS.get(resource_type.lower()):
        return found
    if is_json:  # hosts serve JSON with any content type
        return ""
    found = next((name for pattern, name in _TYPES if pattern.match(content_type.lower())), "")
    # data that a script requested may be JSONP (HealthPost)
    return "" if found == "scripts" and resource_type.lower() in _ASKED_BY_CODE else found


def is_analytics(url: str) -> bool:
    """Whether a URL belongs to analytics or advertising."""
    parts = urlsplit(url)
    return bool(_WATCHERS.search((parts.hostname or "").lower()) or _WATCHING.search(parts.path.lower()))
