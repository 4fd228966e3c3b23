"""Every adapter's visits crossed with every fault of a host: a good visit, the faulty one, a good one again.

`make faults` runs all of it, `test_fault_matrix.py` here a fixed sample. A cell goes through `poll` with the real
client, store, and adapter; only the transport and the clock are made up. `faults/` says of each fault what is right.

Where each check is (all in `verdicts`, but for the first):
- no exception: `cells.run_cell` catches what ends a cell, `_crashes` finds what a report hides
- the right outcome: `faults_of`, by `Fault.outcomes`
- no false YES or NO, no place that is made up, every other place keeps its answer: `_answers`, by `Fault.turns`
- not everything is UNKNOWN, and at most half is lost by what a page lacks: `_losses`
- nothing is dated newer than what was learned, nor older than what was known: `_dates`
- a message names the address, what was seen, and the next step, and shows no query: `_message`
- a host is left alone for as long as it asks, and no longer than six hours: `_waits`
- the source is well again afterwards, with the answers that it has without the fault: `_recovery`
"""
