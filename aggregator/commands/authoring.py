"""The commands that start a new adapter: `new`, `capture`, and `import-cassette`."""

import argparse
import asyncio
import json
from pathlib import Path

from aggregator import __version__
from aggregator.bundled import project
from aggregator.clock import Clock, SystemClock
from aggregator.commands.job import check_contact, region_of
from aggregator.commands.terminal import failure, say
from aggregator.config import Region, Source
from aggregator.errors import ConfigError
from aggregator.har import HarWriter
from aggregator.kit import (
    Pick,
    Scaffold,
    Scrubbed,
    capture,
    check_name,
    position_of,
    read_cassette,
    read_curl,
    region_of_one,
    scaffold,
    scrub,
    sift,
    write_all,
)
from aggregator.redact import keys_in, shown_url

CASSETTES = frozenset({".yaml", ".yml", ".json"})
OTHERS = 3  # further responses with rows that `new` lists


def new_adapter(arguments: argparse.Namespace) -> int:
    """Writes an adapter template, its test case, and its source entry."""
    check_name(arguments.name)
    sifted = sift(arguments.har)
    number = position_of(arguments.url, sifted.kept) if arguments.url else None
    scrubbed = scrub(sifted.kept, sent=sifted.sent)
    read = None if number is None else scrubbed.exchanges[number]
    root = project(arguments.region.parent if arguments.region else Path.cwd())
    made = scaffold(arguments.name, scrubbed.exchanges, root, read=read, region=arguments.region)
    say(f"kept {_responses(len(sifted.kept))}; {sifted.sentence()}")
    for sentence in scrubbed.sentences():
        say(sentence)
    sent = sifted.kept[scrubbed.exchanges.index(made.picked.exchange)].request
    _describe(made.picked, request_unchanged=sent == made.picked.exchange.request)
    _list(made, arguments.region)
    say(
        f"tests/providers/{arguments.name} now holds a recording of somebody else's page: before you commit it, read "
        '"What may be committed" in docs/add-a-provider.md'
    )
    say(f"next: aggregator try {arguments.name}")
    return 0


def _responses(count: int) -> str:
    return "1 response" if count == 1 else f"{count} responses"


def _describe(picked: Pick, *, request_unchanged: bool) -> None:
    first, *further = picked.description.sentences()
    say(first)
    for sentence in further:
        say(f"  {sentence}")
    if not request_unchanged:
        say("a value in that request was scrubbed: find out where the page gets it before you poll")
    for other in picked.others[:OTHERS]:
        say(f"another response with rows: --url {other.url}, {other.found[0].count} rows")


def _list(made: Scaffold, region: Path | None) -> None:
    for file in made.files:
        say(f"wrote {file}")
    if region:
        say(f"added the source to {region}")
    else:
        say(f"to poll it, add this to a region file:\n\n{made.entry}")


def capture_visit(arguments: argparse.Namespace, clock: Clock | None = None) -> int:
    """Makes one visit and writes it to a HAR file. Tests pass their own `clock`."""
    out = _free(arguments.out or Path(f"{arguments.name}.har"))
    region, source, known = _what_to_visit(arguments)
    exchanges, message = asyncio.run(capture(source, region, clock or SystemClock(), with_adapter=known))
    keys = keys_in(source.url, source.headers, source.options, named=True)
    scrubbed = scrub(exchanges, keys=keys, by_person=False)
    _write(out, scrubbed)
    if message:
        failure(f"the adapter cannot read the recording: {message}")
    say(f"wrote {out}: {_responses(len(exchanges))} from {shown_url(source.url)}")
    for sentence in scrubbed.sentences():
        say(sentence)
    if keys:
        say("placeholders replace the source's keys in the recording; a replay accepts any key in their place")
    step = f"try {source.provider} --har {out}" if known else f"new {arguments.name} --har {out}"
    say(f"next: aggregator {step}")
    return 0


def import_cassette(arguments: argparse.Namespace) -> int:
    """Writes the exchanges of VCR cassettes and curl commands to a HAR file, and names what it leaves out."""
    out = _free(arguments.out)
    files = [(read_cassette if path.suffix in CASSETTES else read_curl)(path) for path in arguments.files]
    exchanges = [exchange for file in files for exchange in file.exchanges]
    for url, reason in (one for file in files for one in file.dropped):
        say(f"dropped {shown_url(url)}: {reason}")
    if not exchanges:
        names = ", ".join(map(str, arguments.files))
        raise ConfigError(f"{names}: nothing in it can be replayed, so nothing was written; record the visit again")
    scrubbed = scrub(exchanges, sent=[pair for file in files for pair in file.sent])
    _write(out, scrubbed)
    say(f"wrote {out}: {_responses(len(exchanges))}")
    for sentence in scrubbed.sentences():
        say(sentence)
    if undated := sum(file.undated for file in files):
        say(f"{_responses(undated)} without a date; a replay takes the date of the file for the time of the visit")
    say(f"next: aggregator new NAME --har {out}")
    return 0


def _free(out: Path) -> Path:
    if out.exists():
        raise ConfigError(f"{out} exists and is not overwritten; give another --out")
    return out


def _write(out: Path, scrubbed: Scrubbed) -> None:
    document = HarWriter(__version__, scrubbed.exchanges).document()
    write_all({out: json.dumps(document, ensure_ascii=False, indent=1) + "\n"}, {})


def _what_to_visit(arguments: argparse.Namespace) -> tuple[Region, Source, bool]:
    """The region whose contact we send, the source to visit, and whether that region lists it."""
    name, file, url = arguments.name, arguments.region, arguments.url
    given = region_of(arguments) if file else None
    contact = arguments.contact or (given.contact if given else "")
    if not contact:
        raise ConfigError(
            "capture: the contact is missing, and booking sites must be able to reach you; give --contact, or "
            "--region FILE with one"
        )
    own = next((source for source in given.sources if source.name == name), None) if given else None
    if own and url:
        raise ConfigError(f"--url {url}: {name} is a source in {file} and has its own URL; leave --url out")
    if not (own or url):
        names = f"; sources in {file}: {', '.join(source.name for source in given.sources)}" if given else ""
        raise ConfigError(f"capture {name}: there is nothing to visit; give --url, or the name of a source{names}")
    if own and given:
        region, source = given, own
    else:
        check_name(name)
        region = region_of_one(name, url, contact, loopback=bool(given and given.loopback))
        source = region.sources[0]
    check_contact(region, file or "--contact")
    return region, source, own is not None
