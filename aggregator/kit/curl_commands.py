"""Reads curl commands with their answers from a text file, as people keep them in notes and bug reports.

A command begins with `curl` at the start of a line, also after `$ `; a backslash at the end of a line continues it. Its
answer is what follows up to the next command (with headers if it was `curl -i`), else the file that `-o` names, else
the only other file with the stem of this one. No command is ever run.
"""

import argparse
import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, NoReturn
from urllib.parse import quote_plus

from aggregator.errors import ConfigError
from aggregator.kit.exchanges import Imported, RecordedCall, imported
from aggregator.web import http_date

LONGEST = 20_000  # characters of a command; browsers copy their cookies along
_COMMAND = re.compile(r"^(?:\$ )?(curl\s(?:[^\n]*\\\r?\n)*[^\n]*)\n?", re.MULTILINE)
_HEAD = re.compile(r"HTTP/[\d.]+ (\d{3})[^\n]*\n((?:[^\n:]+:[^\n]*\n)*)\r?\n")
_FORM = "application/x-www-form-urlencoded"
# Options that do not change what is requested, and those of them that take a value.
_FLAGS = (
    "-i --include", "-s --silent", "-S --show-error", "-L --location", "-k --insecure", "-f --fail", "-v --verbose",
    "-g --globoff", "--compressed", "--http1.1", "--http2", "--no-progress-meter",
)  # fmt: skip
_OPTIONS = (
    "-A --user-agent", "-b --cookie", "-c --cookie-jar", "-e --referer", "-u --user", "-m --max-time",
    "-D --dump-header", "-w --write-out", "-x --proxy", "--retry", "--connect-timeout",
)  # fmt: skip


class Command(NamedTuple):
    """What a curl command requests. `output`: the file of `-o`."""

    url: str
    method: str
    headers: tuple[tuple[str, str], ...]
    content: str
    output: str


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ValueError(message)


def read_curl(path: Path) -> Imported:
    """The exchanges of a text file with curl commands; ConfigError if it has none."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
        file_time = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error}); name an existing file with curl commands") from None
    found = list(_COMMAND.finditer(text))
    if not found:
        raise ConfigError(f"{path}: no line begins with `curl`; write the command above its answer")
    calls, dropped = list[RecordedCall](), list[tuple[str, str]]()
    for command, following in zip(found, [*found[1:], None], strict=True):
        output = text[command.end() : following.start() if following else len(text)]
        try:
            calls.append(_call(parse_command(command[1]), output, path))
        except (ValueError, OSError) as error:
            dropped.append((_url_in(command[1]), f"cannot be imported: {error}"))
    return imported(calls, dropped, file_time)


def parse_command(text: str) -> Command:
    """What a curl command requests; ValueError for one that cannot be understood without running it."""
    if len(text) > LONGEST:
        raise ValueError(f"it has {len(text):,} characters; the longest we read has {LONGEST:,}")
    if "$'" in text or "$(" in text or "`" in text:
        raise ValueError("the shell would have to expand it; write plain quotes")
    given, further = _parser().parse_known_args(shlex.split(text.replace("\\\r\n", " ").replace("\\\n", " "))[1:])
    urls = [given.url, *given.urls, *further]
    url = next((one for one in urls if one and one.startswith(("http://", "https://"))), "")
    if not url:
        raise ValueError("it has no URL that begins with http:// or https://")
    data = [*given.data, *map(_encoded, given.encoded)]
    if any(one.startswith("@") for one in data):
        raise ValueError("it sends a file, which is not in this text")
    pairs = tuple((name.strip(), value.strip()) for name, _, value in (one.partition(":") for one in given.header))
    secrets = (("Cookie", given.cookie), ("Authorization", given.user))  # so that they are removed everywhere
    pairs = (*pairs, *((name, value) for name, value in secrets if value))
    if given.json:
        data, pairs = [*data, *given.json], (*pairs, ("Content-Type", "application/json"))
    content = "&".join(data)
    if given.get and content:
        url, content = url + ("&" if "?" in url else "?") + content, ""
    if content and not any(name.lower() == "content-type" for name, _ in pairs):
        pairs = (*pairs, ("Content-Type", _FORM))
    return Command(url, given.request or ("POST" if content else "GET"), pairs, content, given.output)


def _parser() -> _Parser:
    parser = _Parser(add_help=False, allow_abbrev=False)
    parser.add_argument("urls", nargs="*")
    parser.add_argument("--url", default="")
    parser.add_argument("-X", "--request", default="")
    parser.add_argument("-H", "--header", action="append", default=[])
    parser.add_argument("-o", "--output", default="")
    parser.add_argument("-d", "--data", "--data-raw", "--data-ascii", "--data-binary", action="append", default=[])
    parser.add_argument("--data-urlencode", dest="encoded", action="append", default=[])
    parser.add_argument("--json", action="append", default=[])
    parser.add_argument("-G", "--get", action="store_true")
    for flag in _FLAGS:
        parser.add_argument(*flag.split(), action="store_true")
    for option in _OPTIONS:
        parser.add_argument(*option.split())
    return parser


def _encoded(data: str) -> str:
    """The data of `--data-urlencode`: `name=value` or a value alone, of which the value is encoded."""
    name, sign, value = data.partition("=")
    return f"{name}{sign}{quote_plus(value)}" if sign else quote_plus(data)


def _call(command: Command, output: str, path: Path) -> RecordedCall:
    """The call of a command. Of several answers (redirects, with `-L`), the last counts."""
    body: str | bytes = output if output.strip() else _saved(command, path)
    status, headers = 200, tuple[tuple[str, str], ...]()
    text = body.lstrip() if isinstance(body, str) else body.decode("latin-1")
    while head := _HEAD.match(text):
        status = int(head[1])
        headers = tuple((name.strip(), value.strip()) for name, _, value in _parted(head[2]))
        text = text[head.end() :]
        body = text if isinstance(body, str) else text.encode("latin-1")
    date = next((value for name, value in headers if name.lower() == "date"), "")
    return RecordedCall(
        url=command.url,
        body=body,
        method=command.method,
        sent=command.headers,
        content=command.content.encode(),
        status=status,
        headers=headers,
        time=http_date(date) if date else None,
    )


def _parted(lines: str) -> Iterator[tuple[str, str, str]]:
    return (line.partition(":") for line in lines.splitlines())


def _saved(command: Command, path: Path) -> bytes:
    """The answer in a file beside the command's; ValueError if it is not clear which one that is.

    A command may come from a stranger, so a file elsewhere on this machine is never read.
    """
    if command.output:
        named = (path.parent / command.output).resolve()
        if not named.is_relative_to(path.parent.resolve()):
            raise ValueError(f"-o {command.output!r} is outside the folder of {path.name}; copy the answer beside it")
        return named.read_bytes()
    beside = [one for one in path.parent.glob(f"{path.stem}.*") if one != path and one.is_file()]
    if len(beside) != 1:
        raise ValueError(
            f"its answer neither follows it nor is in a file that -o names, and {len(beside)} other files are called "
            f"{path.stem}"
        )
    return beside[0].read_bytes()


def _url_in(command: str) -> str:
    found = re.search(r"https?://[^\s'\"]+", command)
    return found[0] if found else command[:80]
