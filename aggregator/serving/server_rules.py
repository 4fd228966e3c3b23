"""The table of `headers` as rules of web servers and static hosts: files of `deploy/`, written, never edited by hand.

`python -m aggregator.serving.server_rules` writes them; a test says when they are not those of the table any more.
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

NOTE = "Written by `python -m aggregator.serving.server_rules` from aggregator/serving; not to be edited by hand."
WRITTEN = f"# {NOTE}\n"


def nginx() -> str:
    """For the `http` block, which has no `types` of its own."""
    types = "\n".join(f'    "{kind}" {suffix[1:]};' for suffix, kind in TYPES.items())
    compressible = "".join(f'\n    "{kind}"' for suffix, kind in TYPES.items() if suffix not in INCOMPRESSIBLE)
    said = "\n".join(f'add_header {name} "{value}" always;' for name, value in EVERY.items())
    return f"""{WRITTEN}
types {{
{types}
}}
default_type {OTHER_TYPE};

# Files without a precompressed copy are compressed as they are requested.
gzip on;
gzip_types{compressible};

# An error is never kept for a year.
map $status $aggregator_caching {{
    default "{SHORT}";
    200 $aggregator_found;
    304 $aggregator_found;
}}
map $uri $aggregator_found {{
    default "{SHORT}";
    "~^/{ASSETS}" "{IMMUTABLE}";
}}

# Also where a proxy in front speaks HTTPS with the reader. nginx leaves out a header without a value.
map "$scheme $http_x_forwarded_proto" $aggregator_https_only {{
    default "";
    ~*https "{HTTPS_ONLY[1]}";
}}

{said}
add_header {HTTPS_ONLY[0]} $aggregator_https_only always;
add_header Cache-Control $aggregator_caching always;
"""


def caddy() -> str:
    """Snippets for a site block that sets the root of its files before.

    For answers over HTTPS (named once in a site, since Caddy refuses a second matcher of one name; errors keep what it
    sets), for answers without a precompressed copy, for every answer, and for found files.
    """
    types = "".join(
        _caddy_file(f"type_{suffix[1:]}", f"path *{suffix}", _typed(kind)) for suffix, kind in TYPES.items()
    )
    said = "\n".join(f'\t\t{name} "{value}"' for name, value in EVERY.items())
    kinds = (kind.partition(";")[0] for suffix, kind in TYPES.items() if suffix not in INCOMPRESSIBLE)
    compressible = "\n".join(f"\t\t\theader Content-Type {kind}*" for kind in kinds)
    secure = '{scheme} == "https" || {header.X-Forwarded-Proto} == "https"'
    return f"""{WRITTEN}
# Also where a proxy in front speaks HTTPS with the reader.
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

    They purge what they keep with every upload, and join the values of all rules that fit: so pages get no
    Cache-Control here, and no header stands in two rules for one file. `Vary` they see to themselves. They compare
    addresses as they were sent. They serve over HTTPS only.
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
    """`_redirects` of Netlify, where a rule without "!" holds only for what is not published.

    A town or ZIP code without a page leads to the find page, and so does a search without a script on a home page.
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
