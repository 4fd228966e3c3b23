"""Decodes the bytes of a response as browsers do (WHATWG Encoding; HTML, "determining the character encoding").

The first of these decides: a byte order mark; for JSON, UTF-8 (RFC 8259) if the bytes are valid; the charset in the
Content-Type header; for HTML, the charset in `<meta>`; the charset in an XML declaration; UTF-8; windows-1252. A
charset that the standard does not list is ignored. The cost is linear in the length of the body.

One rule is more tolerant than browsers: if the header means windows-1252 (many servers add `ISO-8859-1` to everything)
but the page's own `<meta>` says UTF-8, and the page is valid UTF-8, then `<meta>` wins.
"""

import codecs
import re
from collections.abc import Iterator

import webencodings

PRESCAN = 4096  # bytes; the standard reads 1024, but browsers read on to the end of the head
_UTF_8, _WESTERN = "utf-8", "windows-1252"
_MARKS = ((b"\xef\xbb\xbf", _UTF_8), (b"\xff\xfe", "utf-16le"), (b"\xfe\xff", "utf-16be"))
_XML_IN_UTF_16 = ((b"<\0?\0x\0", "utf-16le"), (b"\0<\0?\0x", "utf-16be"))  # the only UTF-16 that browsers guess
_UNDEFINED_AS_CONTROLS = "undefined-as-controls"

_PARAMETER = re.compile(r"charset\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s;\"',]+))", re.IGNORECASE)
_COMMENT_OR_TAG = re.compile(  # matched whole, so that nothing inside them counts
    rb"<!(?=--)(?:.*?-->|.*)"
    rb"|<(/?[a-z][^\s/>]*)((?:[^>=]|=(?!\s*[\"'])|=\s*\"[^\"]*(?:\"|\Z)|=\s*'[^']*(?:'|\Z))*)(?:>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([^\s=/>\"']+)\s*(?:=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+)))?")
_XML_DECLARATION = re.compile(rb"\s*<\?xml[^>]*?\sencoding\s*=\s*[\"']([^\"'>]*)[\"']")

_HTML = frozenset({"text/html", "application/xhtml+xml"})
_DATA = re.compile(r"[/+](?:x-)?(?:json|ndjson|xml|csv|calendar|javascript|comma-separated-values)$")
_XML_ROOT = re.compile(r"<(?:\?xml|rss|feed|rdf:rdf)\b", re.IGNORECASE)


def decode_body(body: bytes, content_type: str = "") -> str:
    """The text of a body with the header `content_type`, without its byte order mark; never raises."""
    for mark, charset in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(charset, "replace")
    if "json" in content_type.lower() and (text := _valid_utf_8(body)) is not None:
        return text
    in_header = _charset(_parameter(content_type))
    in_body = _charset_in(body, content_type) if in_header in {"", _WESTERN} else ""
    if (in_header, in_body) == (_WESTERN, _UTF_8) and (text := _valid_utf_8(body)) is not None:
        return text
    charset = in_header or in_body
    return _decoded(body, charset) if charset else _unlabelled(body)


def is_html(text: str, content_type: str = "") -> bool:
    """Whether a text is HTML, by its content type and its beginning. Data that contains tags is not."""
    kind, begins = content_type.partition(";")[0].strip().lower(), text[:1000].lstrip()
    return begins.startswith("<") and (kind in _HTML or not (_DATA.search(kind) or _XML_ROOT.match(begins)))


def _charset(label: str) -> str:
    """The charset that a label names; "" if the standard does not list the label."""
    found = webencodings.lookup(label)
    return str(found.name) if found else ""


def _parameter(content_type: str) -> str:
    found = _PARAMETER.search(content_type)
    return found[1] or found[2] or found[3] or "" if found else ""


def _charset_in(body: bytes, content_type: str) -> str:
    """The charset that the body declares, in `<meta>` (HTML only) or in an XML declaration; "" if it declares none."""
    for begins, charset in _XML_IN_UTF_16:
        if body.startswith(begins):
            return charset
    head = body[:PRESCAN]
    labels = list(_meta_labels(head)) if is_html(head.decode("latin-1"), content_type) else []
    if declared := _XML_DECLARATION.match(head):
        labels.append(declared[1].decode("latin-1"))
    charset = next(filter(None, map(_charset, labels)), "")
    if charset.startswith("utf-16"):
        return _UTF_8  # in UTF-16 the declaration itself would not have been readable as bytes
    return _WESTERN if charset == "x-user-defined" else charset


def _meta_labels(head: bytes) -> Iterator[str]:
    for found in _COMMENT_OR_TAG.finditer(head):
        tag = (found[1] or b"").lower()
        if tag == b"body":
            return
        if tag == b"meta" and (label := _meta_label(found[2].decode("latin-1"))):
            yield label


def _meta_label(written: str) -> str:
    attributes: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(written):
        attributes.setdefault(name.lower(), "".join(values))
    if "charset" in attributes:
        return attributes["charset"]
    return (
        _parameter(attributes.get("content", "")) if attributes.get("http-equiv", "").lower() == "content-type" else ""
    )


def _unlabelled(body: bytes) -> str:
    """Decodes as UTF-8 if most non-ASCII characters are valid UTF-8, because some texts are cut inside a character."""
    if (text := _valid_utf_8(body)) is not None:
        return text
    text = body.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    right = len(text) - len(text.encode("ascii", "ignore")) - wrong
    return text if right > wrong else _decoded(body, _WESTERN)


def _valid_utf_8(body: bytes) -> str | None:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _decoded(body: bytes, charset: str) -> str:
    errors = _UNDEFINED_AS_CONTROLS if charset.startswith("windows-") else "replace"
    return str(webencodings.lookup(charset).codec_info.decode(body, errors)[0])


def _as_control(error: UnicodeError) -> tuple[str, int]:
    """Maps bytes that Python's windows-125x tables leave undefined to C1 controls, as the standard does."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    byte = error.object[error.start]
    return chr(byte) if 0x80 <= byte <= 0x9F else "\ufffd", error.start + 1


codecs.register_error(_UNDEFINED_AS_CONTROLS, _as_control)
