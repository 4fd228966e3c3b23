"""Every adapter's visits crossed with every fault of a host: a good visit, the faulty one, a good one again.

`make faults` runs all of it, `tests/test_fault_matrix.py` a fixed sample. A cell goes through `poll` with the real
client, store, and adapter; only the transport and the clock are made up.
"""
