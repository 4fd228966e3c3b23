"""Starts nginx, Caddy, and Cloudflare Pages' own `wrangler` with the files of `deploy/`.

Only the ports and file locations are changed.
"""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from aggregator.release.compress import SUFFIXES
from tests.support.paths import ROOT, TOOLS

DEPLOY = ROOT / "deploy"
FROM_NPM = str(TOOLS / "node_modules" / ".bin")
PATIENCE = 500  # checks of a server that is starting, 20 ms apart
# for wrangler: no prompts, no search for updates, no telemetry
ALONE = {
    "CI": "1",
    "WRANGLER_HIDE_BANNER": "true",
    "WRANGLER_SEND_METRICS": "false",
    "CLOUDFLARE_CF_FETCH_ENABLED": "false",
}
NGINX_FOLDERS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@contextmanager
def nginx(root: Path, home: Path) -> Iterator[int]:
    """Serves the release at `root` during the block; yields the port. `home` is an empty folder for its files."""
    port = _free_port()
    folders = " ".join(f"{name}_temp_path {home};" for name in NGINX_FOLDERS)
    changes = {
        "user www-data;": "user root; daemon off;" if os.geteuid() == 0 else "daemon off;",
        "worker_processes auto;": "worker_processes 1;",
        "/run/nginx.pid": f"{home}/pid",
        "/var/log/nginx/error.log": f"{home}/error.log",
        "http {": "http { " + folders,
        "listen 80;": f"listen 127.0.0.1:{port};",
        "listen [::]:80;": "",
        "/var/lib/aggregator/public": str(root),
    }
    _copy("nginx*.conf", "nginx.conf", changes, home)
    with _running([_installed("nginx"), "-p", str(home), "-c", str(home / "nginx.conf")], home, port):
        yield port


@contextmanager
def caddy(root: Path, home: Path) -> Iterator[int]:
    """Like `nginx`."""
    port = _free_port()
    changes = {
        "import caddy-headers\n": "{\n\tadmin off\n}\nimport caddy-headers\n",
        "\nappointments.example.org {": f"\nhttp://127.0.0.1:{port} {{",
        "/var/lib/aggregator/public": str(root),
    }
    _copy("[Cc]addy*", "Caddyfile", changes, home)
    with _running(
        [_installed("caddy"), "run", "--adapter", "caddyfile", "--config", str(home / "Caddyfile")], home, port
    ):
        yield port


@contextmanager
def cloudflare_pages(root: Path, home: Path) -> Iterator[int]:
    """Like `nginx`; the copy of the release that would be uploaded is in `home`."""
    site = home / "site"
    shutil.copytree(root, site, ignore=shutil.ignore_patterns(*(f"*{suffix}" for suffix in SUFFIXES), ".*"))
    shutil.copytree(DEPLOY / "cloudflare", site, dirs_exist_ok=True)
    port = _free_port()
    options = ("--ip", "127.0.0.1", "--port", str(port), "--inspector-port", str(_free_port()))
    with _running(
        [_installed("wrangler"), "pages", "dev", str(site), *options, "--compatibility-date", "2025-01-01"], home, port
    ):
        yield port


def _installed(name: str) -> str:
    found = shutil.which(name, path=os.pathsep.join((os.environ["PATH"], "/usr/sbin", FROM_NPM)))
    if found is None:
        pytest.skip(f"{name} is not installed here")
    return found


def _copy(files: str, main: str, changes: Mapping[str, str], home: Path) -> None:
    for file in DEPLOY.glob(files):
        shutil.copy(file, home)
    text = (home / main).read_text()
    for old, new in changes.items():
        assert text.count(old) == 1, f"{main}: {old!r} is expected once"
        text = text.replace(old, new)
    (home / main).write_text(text)


@contextmanager
def _running(command: list[str], home: Path, port: int) -> Iterator[None]:
    with (
        (home / "log").open("w") as log,
        subprocess.Popen(
            command, cwd=home, env=os.environ | ALONE | {"HOME": str(home)}, stdout=log, stderr=log
        ) as process,
    ):
        try:
            assert any(_listens(process, port) for _ in range(PATIENCE)), (home / "log").read_text()
            yield
        finally:
            process.terminate()


def _listens(process: "subprocess.Popen[bytes]", port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        try:
            process.wait(0.02)
        except subprocess.TimeoutExpired:
            return False
        raise
    return True


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
