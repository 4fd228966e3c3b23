"""Turns text as found into clean values: pure functions, one module for each kind of value.

Nothing here reads a file, a socket, or a clock. All text is treated as hostile: the results are plain and bounded. A
value that cannot be read is empty or a RecordError, as each function states.
"""
