"""Every kind of page is valid HTML by the Nu checker, even with hostile names; skipped without the checker or Java.

`.ci/run` fetches the checker (npm `vnu-jar`) to `.venv/share/vnu.jar`.
"""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from aggregator.site.pages import page_files
from aggregator.wording.languages import available
from tests.support import snapshots
from tests.support.paths import TOOLS

CHECKER = TOOLS / "vnu.jar"
JAVA = shutil.which("java")
# the run is too short for better machine code to pay off; quickly compiled code needs more stack
BRIEFLY = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xss4m")
ACCEPTED = (
    "Trailing slash on void elements",
    "CSS: “r”",  # on a circle: SVG 2 allows it, the checker does not
    "This document appears to be written in",  # made-up names are English
    # files on disk have no origin that could be 'self'; tests/browser/test_browser.py checks the policy
    "Inline style violates Content Security Policy",
    "Inline script violates Content Security Policy",
    "Resource violates Content Security Policy",
)

pytestmark = pytest.mark.skipif(
    not (JAVA and CHECKER.exists()), reason="Java or the Nu checker (`make tools`) is missing"
)


def kinds(folder: Path) -> list[str]:
    """Writes one page of each kind, in every language, to `folder`."""
    made = snapshots.full()
    written = []
    shown = {f"place/{made.places[0].id}/", f"place/{made.gone[0].id}/", "zip/01901/", "town/alder/"}
    for file in page_files(made, snapshots.region(languages=available())):
        whole = not any(part in file.path for part in ("place/", "zip/", "town/"))
        if file.path.endswith(".html") and (whole or any(part in file.path for part in shown)):
            path = folder / file.path.replace("/", "_")
            path.write_bytes(file.make())
            written.append(str(path))
    hostile = snapshots.hostile()
    for file in page_files(snapshots.snapshot(hostile), snapshots.region()):
        if file.path in ("index.html", f"place/{hostile.id}/index.html"):
            path = folder / f"hostile_{file.path.replace('/', '_')}"
            path.write_bytes(file.make())
            written.append(str(path))
    for file in page_files(snapshots.snapshot(sources=()), snapshots.region()):
        if file.path in ("index.html", "status/index.html", "zip/01901/index.html"):
            path = folder / f"nothing_{file.path.replace('/', '_')}"
            path.write_bytes(file.make())
            written.append(str(path))
    return written


def test_every_kind_of_page_is_valid_html(tmp_path: Path) -> None:
    with snapshots.room_for(4):
        pages = kinds(tmp_path)
    command = [str(JAVA), *BRIEFLY, "-jar", str(CHECKER), "--format", "json", "--stdout", "--exit-zero-always", *pages]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    found = [
        f"{Path(one['url']).name}:{one.get('lastLine')}: {one['message']} [{one.get('extract', '')[:120]}]"
        for one in json.loads(answer.stdout)["messages"]
        if one["type"] == "error" or one.get("subType") == "warning"
        if not one["message"].startswith(ACCEPTED)
    ]

    assert len(pages) > 10
    assert found == []
