"""From text as found to clean values: pure functions, one module for each kind of value.

Nothing here reads a file, a socket or a clock. Every text is taken as hostile: what comes out is plain and bounded.
A value that cannot be read is an empty one or a RecordError, as each function says.
"""
