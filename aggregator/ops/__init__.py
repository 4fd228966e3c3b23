"""What an operator watches: the health of each source, Prometheus metrics, log lines."""
