"""Runs the visits of every adapter with every fault of a host: a good visit, the faulty one, and a good one again.

`make faults` runs all of it, `test_fault_matrix.py` a fixed sample. A cell goes through `poll` with the real client,
store, and adapter; only the transport and the clock are simulated. `faults/` states what is right for each fault.

Where each check is (all in `verdicts` except the first):
- no exception: `cells.run_cell` catches what ends a cell, `_crashes` finds what a report hides
- the right outcome: `faults_of`, by `Fault.outcomes`
- no false YES or NO, no invented place, every other place keeps its answer: `_answers`, by `Fault.turns`
- not everything is UNKNOWN, and missing data removes at most half of the places: `_losses`
- nothing is dated later than what was learned or earlier than what was known: `_dates`
- a message gives the URL, what was received, and the next step, but no query: `_message`
- a host is left alone for as long as it asks, and no longer than six hours: `_waits`
- the source recovers afterwards, with the same answers as without the fault: `_recovery`
"""
