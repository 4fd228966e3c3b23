"""Recorded visits (HAR 1.2): reads them, finds the recorded answer to a request, and writes them."""

from aggregator.har.document import Content, Entry, Pair, PostData, RecordedRequest, RecordedResponse, read_har
from aggregator.har.recording import Recording, load_recording
from aggregator.har.request_match import RequestShape
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
    "RequestShape",
    "load_recording",
    "read_har",
]
