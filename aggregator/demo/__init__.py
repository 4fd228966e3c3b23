"""A simulated region: booking systems over real HTTP on loopback, for a first run, a talk, and tests.

`region/` holds its region file and the one adapter that exists for the demo only. `runner` starts everything for the
commands; `servers.Demo` runs the systems. A seventh system, `town_hall_site`, has no source, because the walkthrough in
docs/add-a-provider.md writes its adapter. Every place is invented and lies in the sea, every ZIP code is unassigned,
and nothing can be booked. The answers of the systems depend only on (seed, tick, now).
"""

from aggregator.demo.runner import chosen_ports, demo_region, went_as_meant
from aggregator.demo.servers import Demo
from aggregator.demo.town_hall_site import CLINICS_PATH
from aggregator.demo.world import World

__all__ = [
    "CLINICS_PATH",
    "Demo",
    "World",
    "chosen_ports",
    "demo_region",
    "went_as_meant",
]
