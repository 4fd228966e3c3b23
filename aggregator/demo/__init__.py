"""A small simulated region: six booking systems over real HTTP on loopback, for a first run, a talk and tests.

A seventh, `town_hall_site`, is for those who write their first adapter. Every place is invented and lies in the sea,
every ZIP code is unassigned, nothing can be booked. What the systems answer is a function of (seed, tick, today) and of
nothing else; `servers.Demo` starts and stops the six.
"""
