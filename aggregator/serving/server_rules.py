"""Writes the table of `headers` as rules for web servers and static hosts, into `deploy/`.

`make deploy` runs it; a test fails if the files no longer match the table. Never edit them by hand.
"""

from collections.abc import Callable, Mapping
from urllib.parse import quote

from aggregator.bundled import checkout
from aggregator.serving.headers import (
    ASSETS,
    EVERY,
    HTTPS_ONLY,
    IMMUTABLE,
    INCOMPRESSIBLE,
    MANIFEST,
    OTHER_TYPE,
    SHORT,
    TYPES,
)
from aggregator.wording import available

NOTE = "Written by `python -m aggregator.serving.server_rules` from aggregator/serving; do not edit."
WRITTEN = f"# {NOTE}\n"


def nginx() -> str:
    """Rules for the `http` block, which must not have `types` of its own."""
    types = "\n".join(f'    "{kind}" {suffix[1:]};' for suffix, kind in TYPES.items())
    compressible = "".join(f'\n    "{kind}"' for suffix, kind in TYPES.items() if suffix not in INCOMPRESSIBLE)
    said = "\n".join(f'add_header {name} "{value}" always;' for name, value in EVERY.items())
    return f"""{WRITTEN}
types {{
{types}
}}
default_type {OTHER_TYPE};

# Files without a precompressed copy are compressed on request.
gzip on;
gzip_types{compressible};

# Errors are never cached for a year.
map $status $aggregator_caching {{
    default "{SHORT}";
    200 $aggregator_found;
    304 $aggregator_found;
}}
map $uri $aggregator_found {{
    default "{SHORT}";
    "~^/{ASSETS}" "{IMMUTABLE}";
}}

# Also if a proxy in front of nginx terminates HTTPS. nginx omits a header without a value.
map "$scheme $http_x_forwarded_proto" $aggregator_https_only {{
    default "";
    ~*https "{HTTPS_ONLY[1]}";
}}

{said}
add_header {HTTPS_ONLY[0]} $aggregator_https_only always;
add_header Cache-Control $aggregator_caching always;
"""


def caddy() -> str:
    """Snippets to import into a site block, after its `root`.

    They cover responses over HTTPS (import this one only once in a site, because Caddy refuses two matchers of the same
    name; error pages keep its headers), responses without a precompressed copy, all responses, and existing files.
    """
    types = "".join(
        _caddy_file(f"type_{suffix[1:]}", f"path *{suffix}", _typed(kind)) for suffix, kind in TYPES.items()
    )
    said = "\n".join(f'\t\t{name} "{value}"' for name, value in EVERY.items())
    kinds = (kind.partition(";")[0] for suffix, kind in TYPES.items() if suffix not in INCOMPRESSIBLE)
    compressible = "\n".join(f"\t\t\theader Content-Type {kind}*" for kind in kinds)
    secure = '{scheme} == "https" || {header.X-Forwarded-Proto} == "https"'
    return f"""{WRITTEN}
# Also if a proxy in front of Caddy terminates HTTPS.
(aggregator_https) {{
	@https expression `{secure}`
	header @https {HTTPS_ONLY[0]} "{HTTPS_ONLY[1]}"
}}
(aggregator_compression) {{
	encode zstd gzip {{
		match {{
{compressible}
		}}
	}}
}}
(aggregator_answers) {{
	header {{
{said}
		?Cache-Control "{SHORT}"
		-Server
		defer
	}}
}}
(aggregator_files) {{
{_caddy_file("assets", f"path /{ASSETS}*", {"Cache-Control": IMMUTABLE})}\
{types}\
{_caddy_file("manifest", f"path */{MANIFEST}", _typed(TYPES[".json"]))}\
}}
"""


def _caddy_file(name: str, matcher: str, said: Mapping[str, str]) -> str:
    headers = "".join(f'\theader @{name} {header} "{value}"\n' for header, value in said.items())
    return f"\t@{name} {{\n\t\t{matcher}\n\t\tfile\n\t}}\n{headers}"


def _typed(kind: str) -> dict[str, str]:
    return {"Content-Type": kind}


def static_host() -> str:
    """`_headers` of Netlify and Cloudflare Pages.

    Both purge their caches with every upload, so pages need no Cache-Control. Both join the values of all rules that
    match a file, so no header is in two of its rules. They set `Vary` themselves, serve over HTTPS only, and compare
    paths without decoding them.
    """
    everywhere = {name: value for name, value in (*EVERY.items(), HTTPS_ONLY) if name != "Vary"}
    rules: dict[str, Mapping[str, str]] = {"/*": everywhere, f"/{ASSETS}*": {"Cache-Control": IMMUTABLE}}
    rules |= {f"/*{suffix}": _typed(kind) for suffix, kind in TYPES.items()}
    rules |= {f"/*/{name}": _typed(TYPES[".json"]) for name in (MANIFEST, quote(MANIFEST))}
    blocks = (
        "\n".join([path, *(f"  {name}: {value}" for name, value in said.items())]) for path, said in rules.items()
    )
    return WRITTEN + "\n" + "\n".join(blocks) + "\n"


def netlify_redirects() -> str:
    """`_redirects` of Netlify, where a rule without "!" applies only to paths that are not published.

    A town or ZIP code without a page leads to the find page; so does a search without JavaScript on a home page.
    """
    rules = "".join(_netlify_rules(folder) for folder in ("", *(f"{tag}/" for tag in available())))
    missing = "".join(f"/{tag}/* /{tag}/404.html 404\n" for tag in available())
    return f"{WRITTEN}\n{rules}{missing}"


def _netlify_rules(folder: str) -> str:
    find = f"/{folder}find/"
    return f"/{folder} near=:near {find} 302!\n/{folder}zip/* {find} 302\n/{folder}town/* {find} 302\n"


FILES: Mapping[str, Callable[[], str]] = {
    "nginx-headers.conf": nginx,
    "caddy-headers": caddy,
    "netlify/_headers": static_host,
    "netlify/_redirects": netlify_redirects,
    "cloudflare/_headers": static_host,
}


def main() -> None:
    """Writes the files of `deploy/`."""
    folder = checkout() / "deploy"
    for name, rules in FILES.items():
        (folder / name).write_text(rules(), encoding="utf-8")


if __name__ == "__main__":
    main()
