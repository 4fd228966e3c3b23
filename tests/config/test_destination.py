"""[target] of a region file: what is accepted, and how mistakes are reported."""

from argparse import Namespace
from pathlib import Path

import pytest

from aggregator.commands.job import job_of
from aggregator.config.destination import S3, Destination, LocalFolder, Rsync, Ssh
from aggregator.errors import ConfigError
from aggregator.release.targets.choice import target_of
from aggregator.release.targets.folder import FolderTarget
from aggregator.release.targets.rsync import RsyncTarget
from aggregator.release.targets.s3 import S3Target
from tests.support.records import REGION, SOURCES, region

RECORDING = """{"log": {"entries": [{
    "startedDateTime": "2021-05-13T14:00:00Z",
    "request": {"method": "GET", "url": "https://book.example.org/search"},
    "response": {"status": 503, "headers": [], "content": {"text": "down"}}
}]}}"""


@pytest.mark.parametrize(
    ("line", "destination", "kind"),
    [
        ("", LocalFolder(), FolderTarget),
        ("target = { kind = 'folder' }", LocalFolder(), FolderTarget),
        (
            "target = { kind = 'rsync', destination = '/srv/site' }",
            Rsync(destination="/srv/site"),
            RsyncTarget,
        ),
        (
            "target = { kind = 'rsync', destination = 'www@web.example.org:/srv/site', ssh = { port = 2222 } }",
            Rsync(destination="www@web.example.org:/srv/site", ssh=Ssh(port=2222)),
            RsyncTarget,
        ),
        ("target = { kind = 's3', bucket = 'site' }", S3(bucket="site"), S3Target),
        (
            "target = { kind = 's3', bucket = 'site', prefix = 'a/b', endpoint = 'https://s3.example.org' }",
            S3(bucket="site", prefix="a/b", endpoint="https://s3.example.org"),
            S3Target,
        ),
    ],
)
def test_a_target_is_parsed_and_selected(line: str, destination: Destination, kind: type) -> None:
    read = region(f"{line}\n").target
    assert read == destination
    assert isinstance(target_of(read), kind)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("target = 'folder'", ("target: ", "(seen: 'folder')")),
        ("target = {}", ("target.kind: is missing",)),
        ("target = { kind = 'ftp' }", ("target.kind: ", "accepted: 'folder', 'rsync', 's3'", "(seen: 'ftp')")),
        ("target = { kind = 's3' }", ("target.bucket: is missing",)),
        ("target = { kind = 's3', buckt = 'site' }", ("target.buckt: unknown key", "kind, bucket, prefix, endpoint")),
        ("target = { kind = 's3', bucket = 'Site' }", ("target.bucket: ", "(seen: 'Site')")),
        ("target = { kind = 's3', bucket = 'site', prefix = '../a' }", ("target.prefix: ", "'../a'")),
        ("target = { kind = 's3', bucket = 'site', endpoint = 'ftp://a' }", ("target.endpoint: ", "'ftp://a'")),
        ("target = { kind = 'rsync', destination = 'srv/site' }", ("target.destination: ", "'srv/site'")),
        ("target = { kind = 'rsync', destination = '-e x:/a' }", ("target.destination: ", "'-e x:/a'")),
        ("target = { kind = 'rsync', destination = 'web:/srv/../a' }", ("target.destination: ",)),
        (
            "target = { kind = 'rsync', destination = '/a', ssh = { ProxyCommand = 'x' } }",
            ("ssh.ProxyCommand: unknown",),
        ),
        ("target = { kind = 'rsync', destination = '/a', ssh = { port = 0 } }", ("target.ssh.port: ", "(seen: 0)")),
        ("keep_releases = 1", ("keep_releases: ", ">= 2", "(seen: 1)")),
    ],
)
def test_a_mistake_in_a_target_is_reported_with_key_value_and_accepted_values(
    line: str, expected: tuple[str, ...]
) -> None:
    with pytest.raises(ConfigError) as error:
        region(f"{line}\n")
    assert [part for part in expected if part not in str(error.value)] == [], str(error.value)


def test_every_command_but_a_replay_publishes_to_the_target(tmp_path: Path) -> None:
    file, har = tmp_path / "alder.toml", tmp_path / "visit.har"
    file.write_text(f"{REGION}target = {{ kind = 's3', bucket = 'site' }}\n{SOURCES}")
    har.write_text(RECORDING)
    command = {"region": str(file), "db": tmp_path / "a.db", "out": tmp_path / "public"}

    with job_of(Namespace(**command, replay=[har])) as job:
        assert job.region.target == LocalFolder()
    with job_of(Namespace(**command)) as job:
        assert job.region.target == S3(bucket="site")
