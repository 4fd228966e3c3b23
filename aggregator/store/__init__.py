"""The SQLite file: schema, saving a visit, what is due, history and its retention.

The only room that knows SQL. docs/store.md describes the tables for whoever reads the file with other tools.
"""
