"""For the operator: the health of each source (`health`) and Prometheus metrics (`metrics`)."""

from aggregator.ops.metrics import Cycle, write_metrics
from aggregator.ops.source_health import WELL, Health, SourceHealth, health, sources_health

__all__ = [
    "WELL",
    "Cycle",
    "Health",
    "SourceHealth",
    "health",
    "sources_health",
    "write_metrics",
]
