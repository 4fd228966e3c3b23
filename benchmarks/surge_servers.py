"""Runs the servers of the surge: the origin with the rules of `deploy/`, a caching edge, and a bare nginx.

Each is an nginx of its own on free ports of 127.0.0.1, with one worker and all its files in a folder of its own.
"""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self
from urllib.request import urlopen

DEPLOY = Path(__file__).parent.parent / "deploy"
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin") or ""
HOST = "127.0.0.1"
STARTS_WITHIN = 10.0  # seconds
FOLDERS = " ".join(f"{name}_temp_path temp;" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
HEAD = """
daemon off;
worker_processes 1;
worker_rlimit_nofile 20000;
pid pid;
error_log error.log;
events { worker_connections 9000; }
""" + ("user root;\n" if os.geteuid() == 0 else "")


class Ports(NamedTuple):
    """`status` is where nginx reports its number of requests."""

    site: int
    status: int


class Server:
    """One nginx; `configuration` generates its configuration from the ports."""

    def __init__(self, home: Path, configuration: Callable[[Ports], str]) -> None:
        home.mkdir()
        self.home, self.ports = home, Ports(_free_port(), _free_port())
        self.base = f"http://{HOST}:{self.ports.site}"
        (home / "nginx.conf").write_text(configuration(self.ports))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        command = [
            NGINX,
            "-p",
            f"{self.home}/",
            "-c",
            str(self.home / "nginx.conf"),
            "-e",
            str(self.home / "error.log"),
        ]
        self._process = subprocess.Popen(command)
        until = time.monotonic() + STARTS_WITHIN
        while not _listens(self.ports.site):
            if self._process.poll() is not None or time.monotonic() > until:
                log = (self.home / "error.log").read_text()
                raise SystemExit(f"not measured: nginx does not start: {log}")
            time.sleep(0.02)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()

    def requests(self) -> int:
        """The number of requests it has answered since it started."""
        with urlopen(f"http://{HOST}:{self.ports.status}/") as answer:
            counts = re.search(r"^ \d+ \d+ (\d+)", answer.read().decode(), re.MULTILINE)
        assert counts
        return int(counts[1])


def origin(home: Path, site: Path) -> Server:
    """Serves the release at `site` with `deploy/nginx.conf`, changing only paths and ports."""

    def configuration(ports: Ports) -> str:
        for file in DEPLOY.glob("nginx-*.conf"):
            shutil.copy(file, home)
        http = (DEPLOY / "nginx.conf").read_text().partition("http {")[2]
        for old, new in {
            "listen 80;": f"listen {HOST}:{ports.site};",
            "listen [::]:80;": "",
            "/var/lib/aggregator/public": str(site),
        }.items():
            assert old in http, f"deploy/nginx.conf: {old!r} is not there any more"
            http = http.replace(old, new)
        return f"{HEAD}http {{ {FOLDERS}{_status(ports)}{http}"

    return Server(home, configuration)


def edge(home: Path, behind: str) -> Server:
    """Caches the origin at `behind` like a CDN: only the origin's headers decide what is cached."""

    def configuration(ports: Ports) -> str:
        return f"""{HEAD}http {{ {FOLDERS}{_status(ports)}
    access_log off;
    sendfile on;
    tcp_nopush on;
    proxy_cache_path cache levels=1:2 keys_zone=edge:20m max_size=1g inactive=1h use_temp_path=off;
    upstream origin {{ server {behind.removeprefix("http://")}; keepalive 16; }}
    server {{
        listen {HOST}:{ports.site} backlog=4096;
        location / {{
            proxy_pass http://origin;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_cache edge;
            proxy_cache_lock on;
            proxy_cache_revalidate on;
            proxy_cache_background_update on;
        }}
    }}
}}
"""

    return Server(home, configuration)


def bare(home: Path, file: Path) -> Server:
    """Serves only `file`, with nginx's default headers."""

    def configuration(ports: Ports) -> str:
        (home / "site").mkdir()
        shutil.copy(file, home / "site" / "page")
        return f"""{HEAD}http {{ {FOLDERS}{_status(ports)}
    access_log off;
    sendfile on;
    tcp_nopush on;
    server {{ listen {HOST}:{ports.site}; root {home}/site; }}
}}
"""

    return Server(home, configuration)


def _status(ports: Ports) -> str:
    return f"server {{ listen {HOST}:{ports.status}; location / {{ stub_status; access_log off; }} }}\n"


def _listens(port: int) -> bool:
    try:
        socket.create_connection((HOST, port)).close()
    except ConnectionRefusedError:
        return False
    return True


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as listener:
        return int(listener.getsockname()[1])
