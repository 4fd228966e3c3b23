"""Visits: one source from its first request to a `Report` (`collect`), and many sources at once (`poll`).

`fetcher` makes the requests of a visit. A page that may take long to read (`reading_time`) is read in a process of its
own (`long_visits`, `worker_process`). `wanted`, `repeats`, and `plausibility` are the rules for what a visit may add or
take away.
"""
