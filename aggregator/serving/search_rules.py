"""The search without a script, as rules of web servers: `/?near=` leads to the page of that postal code or town.

"02139" and "02139-1234" lead to /zip/02139/, "Cedar Mills" to /town/cedar-mills/, as `geography.town_slug` writes it:
of up to four words, each with its first letter large or not (a server cannot do more with letters). So also below the
folder of a language. What leads to no page of the release stays at the home page, whose script may know more.

Netlify knows less, see there. Cloudflare Pages has no rules for a query: `deploy/cloudflare/_worker.js` searches there.
"""

import json
from collections.abc import Sequence
from string import ascii_lowercase

LANGUAGE = "[a-z]{2,3}(?:-[A-Za-z]+)?/"  # its folder; that of postal codes looks the same but has no page to lead to
WORDS = 4
NGINX_GAP = r"(?:[+.,'-]|%20|%2[7CEce])"  # as a form sends it: "+" for a blank
CADDY_GAP = r"[\s.,'-]"
CODE = "[0-9]{5}"
MORE = "(?:-[0-9]{4})?"  # of ZIP+4


def nginx() -> str:
    """Maps for the `http` block: `$aggregator_near` becomes `zip/02139`, `town/cedar-mills`, or what leads nowhere."""
    letters = "\n".join(_nginx_letters(number) for number in range(1, WORDS + 1))
    slug = "".join(f"$aggregator_letter{number}$aggregator_rest{number}" for number in range(1, WORDS + 1))
    return f"""
map $arg_near $aggregator_near {{
    default nowhere;
    "~^{NGINX_GAP}*(?<aggregator_code>{CODE}){MORE}{NGINX_GAP}*$" zip/$aggregator_code;
    "~^{_words(NGINX_GAP, "?<aggregator_first{}>", "?<aggregator_rest{}>")}$" town/{slug};
}}
{letters}
"""


def _nginx_letters(number: int) -> str:
    """nginx compares the words of a map without regard to case."""
    hyphen = "-" if number > 1 else ""
    pairs = " ".join(f"{letter} {hyphen}{letter};" for letter in ascii_lowercase)
    return f'map $aggregator_first{number} $aggregator_letter{number} {{ default ""; {pairs} }}'


def caddy() -> str:
    """For a site block that sets the root of its files before."""
    numbers = range(1, WORDS + 1)
    parts = " ".join(f"{{first{number}}} {{rest{number}}}" for number in numbers)
    groups = " ".join(f'"${{{group}}}"' for group in range(1, 2 * WORDS + 1))
    nothing = " ".join(['""'] * 2 * WORDS)
    slug = "".join(f"{{letter{number}}}{{rest{number}}}" for number in numbers)
    return f"""
@searched {{
	path_regexp home ^/({LANGUAGE})?$
	query near=*
}}
route @searched {{
	map {{query.near}} {{code}} {{
		"~^{CADDY_GAP}*({CODE}){MORE}{CADDY_GAP}*$" "${{1}}"
		default "none"
	}}
	map {{query.near}} {parts} {{
		"~^{_words(CADDY_GAP, "", "")}$" {groups}
		default {nothing}
	}}
{"".join(_caddy_letters(number) for number in numbers)}
	@code file /{{re.home.1}}zip/{{code}}/index.html
	redir @code /{{re.home.1}}zip/{{code}}/ 302
	@town file /{{re.home.1}}town/{slug}/index.html
	redir @town /{{re.home.1}}town/{slug}/ 302
}}
"""


def _caddy_letters(number: int) -> str:
    hyphen = "-" if number > 1 else ""
    pairs = "".join(
        f'\t\t{letter} "{hyphen}{letter}"\n\t\t{letter.upper()} "{hyphen}{letter}"\n' for letter in ascii_lowercase
    )
    return f'\tmap {{first{number}}} {{letter{number}}} {{\n{pairs}\t\tdefault ""\n\t}}\n'


def _words(gap: str, first: str, rest: str) -> str:
    """A pattern of one to `WORDS` words, each in two groups; `first` and `rest` name them, with `{}` for the number."""
    word = [f"({first.format(number)}[A-Za-z])({rest.format(number)}[a-z]*)" for number in range(1, WORDS + 1)]
    return f"{gap}*{word[0]}" + "".join(f"(?:{gap}+{each})?" for each in word[1:]) + f"{gap}*"


def netlify(languages: Sequence[str]) -> str:
    """`_redirects` of Netlify; `languages` are those that pages can be in.

    Without patterns: what is typed is tried as a postal code, then as a town, as it is typed, then there is no such
    page. Netlify passes a query on, so a rule that led home again would go round for ever; and as only what was
    searched for goes from rule to rule, a page that is gone is missed and not another page.
    """
    searches = "".join(_netlify_search(folder) for folder in ("", *(f"{tag}/" for tag in languages)))
    missing = "".join(f"/{tag}/* /{tag}/404.html 404\n" for tag in languages)
    return f"\n{searches}{missing}"


def _netlify_search(folder: str) -> str:
    return (
        f"/{folder} near=:near /{folder}zip/:near/ 302!\n"  # by force: the page that searches is there
        f"/{folder}zip/* near=:near /{folder}town/:splat 302\n"
    )


def cloudflare(languages: Sequence[str], description: str) -> str:
    """`_routes.json` of Cloudflare Pages: what `_worker.js` is asked for. Everything else costs no call of it."""
    homes = ["/", *(f"/{tag}/" for tag in languages)]
    return json.dumps({"version": 1, "description": description, "include": homes, "exclude": []}, indent=2) + "\n"
