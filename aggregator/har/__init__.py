"""Recorded visits (HAR 1.2): read them, find the answer that fits a request, and write them."""

from aggregator.har.document import Content, Entry, Pair, PostData, RecordedRequest, RecordedResponse, read_har
from aggregator.har.recording import Recording, load_recording
from aggregator.har.request_match import Shape
from aggregator.har.writer import Exchange, HarWriter

__all__ = [
    "Content",
    "Entry",
    "Exchange",
    "HarWriter",
    "Pair",
    "PostData",
    "RecordedRequest",
    "RecordedResponse",
    "Recording",
    "Shape",
    "load_recording",
    "read_har",
]
