"""The SQLite database: schema, saving visits, what is due, history, and retention.

This is the only room that knows SQL. docs/store.md describes the tables for readers who use other tools.

A location's stored answer has two forms here. `StoredAvailability` is the part of an `Availability` that is compared
and stored as JSON; `LocationAnswer` is one row of the join that a snapshot reads: the location, that answer, and its
times.
"""
