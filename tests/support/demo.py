"""The demo's simulated systems on free ports, without delays and with fixed answers, for tests of the commands."""

from datetime import UTC, datetime
from pathlib import Path

from aggregator.demo.servers import Demo
from aggregator.demo.world import World

SOURCES = 6
STATE_WITH_ONE_ZIP = '"AS"'  # so that a release has few pages


def demo_at(now: datetime | None = None, tick: int = 0, latency: float = 0.0) -> Demo:
    """The systems as they answer at one tick; `now` defaults to the current time."""
    world = World(tick=tick, now=now or datetime.now(UTC))
    return Demo(lambda: world, latency=latency)


def write_small_region(demo: Demo, file: Path, *sources: str, head: str = "") -> None:
    """Writes a region file with only these systems, in a state with few pages; `head` adds region keys."""
    demo.write_region(file)
    first, *rest = file.read_text(encoding="utf-8").replace('"MA"', STATE_WITH_ONE_ZIP).split("[[sources]]")
    chosen = [text for text in rest if any(f'name = "{name}"' in text for name in sources)]
    assert len(chosen) == len(sources)
    file.write_text("[[sources]]".join((first + head, *chosen)), encoding="utf-8")
