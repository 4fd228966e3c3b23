"""Lists every file of a release that is not a page: the open data and the subscriptions."""

from collections.abc import Iterator

from aggregator.config import Region
from aggregator.exports.data_files import data_files
from aggregator.exports.subscriptions import subscription_files
from aggregator.faults import RAISE_ALL, Faults
from aggregator.geography import Atlas
from aggregator.model import Snapshot, Stage
from aggregator.published_file import ContentKeys, File, publishable


def export_files(
    snapshot: Snapshot,
    region: Region,
    content_keys: ContentKeys | None = None,
    faults: Faults = RAISE_ALL,
    atlas: Atlas | None = None,
) -> Iterator[File]:
    """Every export. A failure in the open data does not stop the subscriptions, nor the other way round.

    `content_keys` and `atlas` are those of the snapshot and computed if missing.
    """
    if content_keys is None:
        snapshot, content_keys = publishable(snapshot, faults)
    with faults.isolated(Stage.FILES, "api/v1/"):
        yield from data_files(snapshot, region, content_keys, faults)
    with faults.isolated(Stage.FILES, "feeds/"):
        yield from subscription_files(snapshot, region, content_keys, atlas or Atlas(snapshot, region), faults)
