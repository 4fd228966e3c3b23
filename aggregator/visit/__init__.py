"""Visits: reads one source from its first request to a `Report` (`collect`), and many sources at once (`poll`).

`fetcher` sends the requests of a visit. Pages that may be slow to parse (`reading_time`) are parsed in another process
(`long_visits`, `worker_process`). `wanted`, `repeats`, and `plausibility` decide what a visit may add or remove.
"""
