"""A release sent with rsync through a real ssh server on loopback; skipped without one."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from aggregator.config.destination import Rsync, Ssh
from aggregator.errors import PublishError
from aggregator.release.targets.rsync import RsyncTarget
from tests.release.test_targets_rsync import made, send
from tests.support.records import NOW

SSHD = shutil.which("sshd") or shutil.which("/usr/sbin/sshd")
PRIVILEGES = Path("/run/sshd")  # an sshd started by root needs this folder; normally the service creates it
CONFIGURATION = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
AuthorizedKeysFile {folder}/user.pub
StrictModes no
UsePAM no
PidFile none
"""

pytestmark = [
    pytest.mark.skipif(not (SSHD and shutil.which("rsync")), reason="no ssh server or no rsync is installed"),
    pytest.mark.skipif(os.geteuid() == 0 and not PRIVILEGES.is_dir(), reason=f"sshd needs {PRIVILEGES}"),
    pytest.mark.skipif(sys.platform == "darwin", reason="its sshd is started by launchd only"),
]


class Server(NamedTuple):
    port: int
    folder: Path

    def options(self, key: str = "user") -> Ssh:
        return Ssh(port=self.port, identity_file=f"{self.folder}/{key}", known_hosts_file=f"{self.folder}/known")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """An ssh server that accepts the key `user` but not the key `stranger`; the client knows the host key."""
    folder = tmp_path / "ssh"
    folder.mkdir()
    for key in ("host", "user", "stranger"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / key], check=True)
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    (folder / "known").write_text(f"[127.0.0.1]:{port} {(folder / 'host.pub').read_text()}")
    (folder / "sshd_config").write_text(CONFIGURATION.format(port=port, folder=folder))
    assert SSHD
    running = subprocess.Popen([SSHD, "-D", "-e", "-f", folder / "sshd_config"], stderr=subprocess.PIPE, text=True)
    assert running.stderr
    try:
        for line in running.stderr:
            if "listening" in line:
                break
        yield Server(port, folder)
    finally:
        running.terminate()
        running.communicate(timeout=10)


def test_a_release_arrives_complete_through_a_real_ssh_server(tmp_path: Path, server: Server) -> None:
    (tmp_path / "web").mkdir()
    target = RsyncTarget(Rsync(destination=f"127.0.0.1:{tmp_path}/web/site", ssh=server.options()))

    first, second = made(tmp_path, 1), made(tmp_path, 2)
    send(target, first, 1)
    send(target, second, 2)

    assert (tmp_path / "web" / "site" / "index.html").read_bytes() == b"<p>2</p>"
    files = {path.relative_to(second.path) for path in second.path.rglob("*") if path.is_file()}
    arrived = (tmp_path / "web" / "site").resolve()
    assert {path.relative_to(arrived) for path in arrived.rglob("*") if path.is_file()} == files


def test_a_key_unknown_to_the_server_is_refused_and_reported(tmp_path: Path, server: Server) -> None:
    (tmp_path / "web").mkdir()
    target = RsyncTarget(Rsync(destination=f"127.0.0.1:{tmp_path}/web/site", ssh=server.options("stranger")))
    release = made(tmp_path, 1)

    with pytest.raises(PublishError, match=r"rsync failed: .*Permission denied.*Try `ssh` to it"):
        target.publish(release.path, release.manifest, NOW)
    assert list((tmp_path / "web").iterdir()) == []


def test_a_server_whose_key_has_changed_receives_nothing(tmp_path: Path, server: Server) -> None:
    (tmp_path / "web").mkdir()
    known = server.folder / "known"
    known.write_text(f"[127.0.0.1]:{server.port} {(server.folder / 'stranger.pub').read_text()}")
    target = RsyncTarget(Rsync(destination=f"127.0.0.1:{tmp_path}/web/site", ssh=server.options()))
    release = made(tmp_path, 1)

    with pytest.raises(PublishError, match="REMOTE HOST IDENTIFICATION HAS CHANGED"):
        target.publish(release.path, release.manifest, NOW)
    assert list((tmp_path / "web").iterdir()) == []
