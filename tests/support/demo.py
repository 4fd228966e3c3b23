"""The demo's simulated systems on free ports, answering at once and always the same, for tests of the commands."""

from datetime import UTC, datetime
from pathlib import Path

from aggregator.demo.servers import Demo
from aggregator.demo.world import World

SOURCES = 6
STATE_WITH_ONE_ZIP = '"AS"'  # a release of few pages


def demo_at(now: datetime | None = None, tick: int = 0, latency: float = 0.0) -> Demo:
    """The systems as they answer at one tick. `now` None is the present."""
    world = World(tick=tick, now=now or datetime.now(UTC))
    return Demo(lambda: world, latency=latency)


def write_small_region(demo: Demo, file: Path, *sources: str, head: str = "") -> None:
    """The region file of these systems only, in a state with few pages; `head` adds keys of the region."""
    demo.write_region(file)
    first, *rest = file.read_text(encoding="utf-8").replace('"MA"', STATE_WITH_ONE_ZIP).split("[[sources]]")
    chosen = [text for text in rest if any(f'name = "{name}"' in text for name in sources)]
    assert len(chosen) == len(sources)
    file.write_text("[[sources]]".join((first + head, *chosen)), encoding="utf-8")
