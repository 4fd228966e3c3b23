"""The command `rollback`: serves the previous release again, here and at the target."""

import argparse
from datetime import UTC, datetime

from aggregator.commands.job import region_of
from aggregator.commands.terminal import say
from aggregator.release import check_earlier, check_site, only_publisher, release_before, serve, target_of
from aggregator.store import exclusive


def rollback(arguments: argparse.Namespace) -> int:
    """Rolls the target back first: if that fails, nothing has changed here, and the command can be repeated."""
    region, out = region_of(arguments), arguments.out
    with exclusive(arguments.db), only_publisher(out):
        check_site(out, region)
        earlier = release_before(out)
        check_earlier(earlier.path, region)
        sent = target_of(region.target).publish(earlier.path, earlier.manifest, datetime.now(UTC))
        serve(earlier.path, out)
    say(f"{out} serves release {earlier.path.name} again ({earlier.files} files, {sent.files} sent to the target)")
    say(
        "the next cycle publishes what the database holds: keep cron and `aggregator watch` stopped until that is right"
    )
    return 0
