"""`aggregator rollback`: back to the release before, here and at the target."""

import argparse
from datetime import UTC, datetime

from aggregator.commands.job import region_of
from aggregator.commands.terminal import say
from aggregator.release import check_earlier, check_site, only_publisher, release_before, serve, target_of
from aggregator.store import exclusive


def rollback(arguments: argparse.Namespace) -> int:
    """The target first: where it fails, nothing has changed here, and the same can be tried again."""
    region, out = region_of(arguments), arguments.out
    with exclusive(arguments.db), only_publisher(out):
        check_site(out, region)
        earlier = release_before(out)
        check_earlier(earlier.path, region)
        sent = target_of(region.target).publish(earlier.path, earlier.manifest, datetime.now(UTC))
        serve(earlier.path, out)
    say(f"{out}: serves the release {earlier.path.name} again ({earlier.files} files, {sent.files} sent to the target)")
    say("the next cycle publishes what the database knows: keep cron or `aggregator watch` from it until that is right")
    return 0
