"""Region files: how they are parsed, and how mistakes are reported."""

from datetime import date
from pathlib import Path

import pytest

from aggregator import registry
from aggregator.config.region import load_region, parse_region
from aggregator.errors import ConfigError
from aggregator.model import LocationType
from tests.support.paths import ROOT
from tests.support.records import REGION, SOURCES, region

REGIONS = ROOT / "data" / "regions"
LOOPBACK_HOST = SOURCES.replace("https://book.example.org", "http://127.0.0.1:28701")


@pytest.mark.parametrize(
    ("head", "source", "expected"),
    [
        ("interval = 1\n", "", ("interval: unknown key; accepted: name, title,", "expires_after")),
        ("", "intervall = 90", ("sources[0].intervall: unknown key; accepted: name, provider, url,", "interval")),
        ("", "pace = { spacin = 1 }", ("sources[0].pace.spacin: unknown key", "spacing, concurrency, deadline")),
        ("service = 3\n", "", ("service: ", "'3'", "appointment, blood-donation", "docs/services.md")),
        ("service = 'vaccinations'\n", "", ("service: ", "'vaccinations'", "appointment, blood-donation")),
        ("service = { nam = 'x' }\n", "", ("service: ", "`nam`", "docs/services.md")),
        ("service = { name = 'x', products = [{ name = 'A', match = '(' }] }\n", "", ("products (A)", "'('")),
        ("service = { name = 'x', groups = [{ name = 'b' }] }\n", "", ("no product is in 'b'",)),
        ("loopback = 'yes'\n", "", ("loopback: ", "`bool`", "(seen: 'yes')")),
        ("", "hosts = 'cdn.example.org'", ("sources[0].hosts: ", "`array`", "(seen: 'cdn.example.org')")),
        ("", "hosts = ['cdn.example.org', 1]", ("sources[0].hosts[1]: ", "`str`", "(seen: 1)")),
        ("", "first_day = 10:00:00", ("sources[0].first_day: ", "`date", "datetime.time(10, 0)")),
        ("", "interval = 59", ("sources[0].interval: ", ">= 60", "(seen: 59)")),
        ("", "interval = 1e300", ("sources[0].interval: ", "<= 21600", "(seen: 1e+300)")),
        ("", "interval = nan", ("sources[0].interval: ", "(seen: nan)")),
        ("", "pace = { concurrency = 9 }", ("sources[0].pace.concurrency: ", "<= 8", "(seen: 9)")),
        ("", "max_bytes = 1", ("sources[0].max_bytes: ", ">= 1024", "(seen: 1)")),
        ("keep_history = 0\n", "", ("keep_history: ", ">= 1", "(seen: 0)")),
        ("stale_after = 4000\n", "", ("expires_after: 3600", "stale_after (4000)")),
        ("only = 'flu'\n", "", ("only: ", "`array`", "(seen: 'flu')")),
        ("service = 'vaccination'\nonly = ['flu']\n", "", ("only: ", "'flu'", "accepted: ['covid-19']")),
        ("", "only = ['covid-19']", ("sources[0] (county).only: ", "is taken from the region")),
        ("", "location_type = 'SHOP'", ("sources[0].location_type: ", "(seen: 'SHOP')", "'PHARMACY', 'MASS_VAX'")),
        ("languages = ['english!']\n", "", ("languages[0]: ", "regex", "(seen: 'english!')")),
        (
            "",
            "door = 'ftp://book.example.org/'",
            ("sources[0] (county).door: ", "'ftp://book.example.org/'", "http(s)"),
        ),
        ("", "door = 'http://[x'", ("sources[0] (county).door: ", "'http://[x'", "http(s)")),
        ("", "door = 'http://book.example.org:port/'", ("sources[0] (county).door: ", ":port/'", "http(s)")),
        ("", "time_zone = 'Boston'", ("sources[0] (county).time_zone: 'Boston'", "America/New_York")),
        ("", "first_day = 2021-05-12\nlast_day = 2021-05-11", ("(county).last_day: 2021-05-11", "2021-05-12")),
        ("", "states = ['RI']", ("sources[0] (county).states: is taken from the region", "delete it here")),
        ("", SOURCES, ("sources[1] (county).name: 'county' is used twice",)),
        (
            "loopback = true\n",
            "",
            ("sources[0] (county).url: 'https://book.example.org/search'", "allows nothing else"),
        ),
    ],
)
def test_a_mistake_is_reported_with_file_key_value_and_accepted_values(
    head: str, source: str, expected: tuple[str, ...]
) -> None:
    with pytest.raises(ConfigError) as error:
        region(head, SOURCES + source)
    message = str(error.value)
    assert message.startswith("alder.toml: ")
    assert [part for part in expected if part not in message] == [], message


@pytest.mark.parametrize(
    ("was", "becomes", "expected"),
    [
        ('time_zone = "America/New_York"', 'time_zone = "Boston"', "time_zone: 'Boston' is not an IANA time zone"),
        ('contact = "operator@alder-county.test"', 'contact = "somebody"', "contact: 'somebody' is neither an e-mail"),
        ('states = ["MA"]', 'states = ["Massachusetts"]', "states[0]: "),
        ('states = ["MA"]', "states = []", "states: "),
        ('name = "alder-county"', 'name = "Alder County"', "name: "),
        ('title = "Alder County appointments"', "", "title: is missing; see docs/region-file.md"),
        ('name = "county"', "", "sources[0].name: is missing; see docs/region-file.md"),
        (
            'url = "https://book.example.org/search"',
            'url = "book.example.org"',
            "sources[0] (county).url: 'book.example.org'",
        ),
        ('url = "https://book.example.org/search"', 'url = "http://[x"', "sources[0] (county).url: 'http://[x'"),
        (SOURCES, "", "sources: is missing; see docs/region-file.md"),
        ('name = "alder-county"', "name alder-county", "is not valid TOML: "),
    ],
)
def test_an_invalid_or_missing_value_is_reported_with_its_key(was: str, becomes: str, expected: str) -> None:
    text = REGION + SOURCES
    assert was in text
    with pytest.raises(ConfigError) as error:
        parse_region(text.replace(was, becomes), "alder.toml")
    assert f"alder.toml: {expected}" in str(error.value)


@pytest.mark.parametrize(
    ("head", "source", "key"),
    [
        ("", 'door = "https://someone:k3y@a.example/"', "sources[0] (county).door"),
        ("", 'door = "https://k3y@a.example/"', "sources[0] (county).door"),
        ("", 'hosts = ["https://a:k3y@b.example/"]', "sources[0] (county).hosts[0]"),
        ("", 'headers = { Referer = "https://a:k3y@b.example/" }', "sources[0] (county).headers.Referer"),
        ("", 'options = { deep = { feed = "https://a:k3y@b.example/" } }', "sources[0] (county).options.deep.feed"),
        ("", 'robots_exception = "see https://a:k3y@b.example/"', "sources[0] (county).robots_exception"),
        ('url = "https://a:k3y@b.example/"', "", "url"),
        ('ping_url = "https://a:k3y@b.example/"', "", "ping_url"),
        ('eligibility = [{ text = "a", url = "HTTPS://k3y@b.example" }]', "", "eligibility[0].url"),
        ('target = { kind = "s3", bucket = "bucket", endpoint = "https://a:k3y@b.example" }', "", "target.endpoint"),
    ],
)
def test_a_url_with_credentials_is_refused_without_showing_them(head: str, source: str, key: str) -> None:
    text = f"{head}\n{REGION}{SOURCES}".replace('url = "https://book.', f'{source}\nurl = "https://book.', 1)
    with pytest.raises(ConfigError) as error:
        parse_region(text, "alder.toml")
    assert f"alder.toml: {key}: '" in str(error.value)
    assert "has a user name or password before its host; delete everything before the @" in str(error.value)
    assert "k3y" not in str(error.value)


@pytest.mark.parametrize(
    ("was", "becomes", "key"),
    [
        ('url = "https://book.', 'url = "https://someone:k3y@book.', "sources[0] (county).url: 'https://book."),
        ('url = "https://book.', 'hosts = ["a:k3y@b.example"]\nurl = "https://book.', "sources[0].hosts[0]: "),
        ("name", 'target = { kind = "rsync", destination = "a:k3y@b.example:/srv" }\nname', "target.destination: "),
        ('contact = "', 'contact = "https://a:k3y@', "contact: 'https://"),
    ],
)
def test_a_password_is_refused_without_showing_it_in_any_setting(was: str, becomes: str, key: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse_region((REGION + SOURCES).replace(was, becomes, 1), "alder.toml")
    assert f"alder.toml: {key}" in str(error.value)
    assert "k3y" not in str(error.value)


def test_the_public_link_of_a_source_must_not_contain_its_key() -> None:
    door = 'door = "https://a.example/?token=4f9a"\nurl = "https://book.example.org/search?key=4f9a'
    with pytest.raises(ConfigError, match=r"door: 'https://a\.example/' contains the key of `url`"):
        parse_region((REGION + SOURCES).replace('url = "https://book.example.org/search', door), "alder.toml")


def test_an_invalid_url_is_reported_without_its_key() -> None:
    text = (REGION + SOURCES).replace("https://book.example.org/search", "ftp://book.example.org/list?key=k3y")
    with pytest.raises(ConfigError, match=r"'ftp://book\.example\.org/list' is not an http\(s\) address"):
        parse_region(text, "alder.toml")


def test_a_loopback_region_may_request_loopback_addresses() -> None:
    assert region("loopback = true\n", LOOPBACK_HOST).loopback


def test_a_missing_or_non_text_file_error_names_where_examples_are(tmp_path: Path) -> None:
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    for name in ("missing.toml", "binary.toml"):
        with pytest.raises(ConfigError, match=rf"{name}: cannot be read .*; create one with `aggregator init`$"):
            load_region(tmp_path / name)


def test_a_source_inherits_missing_settings_from_its_region() -> None:
    (source,) = region().sources
    assert (source.title, source.door) == ("county", "https://book.example.org/")
    assert (source.state, source.states, source.time_zone) == ("MA", ("MA",), "America/New_York")


def test_a_sources_own_settings_are_kept() -> None:
    own = 'title = "T"\ndoor = "https://d.test/x"\nstate = "RI"\ntime_zone = "UTC"\nlocation_type = "PHARMACY"\n'
    (source,) = region(sources=SOURCES + own).sources
    assert (source.title, source.door, source.state) == ("T", "https://d.test/x", "RI")
    assert (source.time_zone, source.location_type) == ("UTC", LocationType.PHARMACY)


@pytest.mark.parametrize(
    ("dates", "days"),
    [
        ("", {1, 12, 13, 31}),
        ("first_day = 2021-05-12", {12, 13, 31}),
        ("last_day = 2021-05-12", {1, 12}),
        ("first_day = 2021-05-12\nlast_day = 2021-05-13", {12, 13}),
    ],
)
def test_a_source_is_in_force_from_its_first_through_its_last_day(dates: str, days: set[int]) -> None:
    made = region(sources=SOURCES + dates)
    assert {day for day in (1, 12, 13, 31) if made.active(date(2021, 5, day))} == days


@pytest.mark.parametrize("path", sorted(REGIONS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_bundled_region_loads_and_its_adapters_accept_its_options(path: Path) -> None:
    loaded = load_region(path)
    registry.check(loaded.sources)
    assert loaded.name == path.stem
    assert loaded.sources
