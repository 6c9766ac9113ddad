"""The portal on its bad days, with real processes: what must hold, and which test proves it.

Everything runs on loopback as it does in production, only smaller and faster: a living demo of Jira and Tempo behind a
relay (`relay.py`) that counts requests and can be held shut; a real redis-server, behind a proxy where calls are
counted; two tasks (`task.py`) with two Gunicorn workers each, started by `python -m dashboard`; and readers
(`readers.py`) that ask the API and what browsers post for pages, over connections of their own. `site.py` puts these
together. Intervals are scaled down by settings; what is asserted are counts and states, never how fast a machine is.

Refreshing
    Requests while queues expire cause one read of each upstream; ages are true and bounded; one revision is one
    content: `test_expiry.py`.
    Nobody is blocked by Jira, also when the reading worker is killed; a cold queue says so meanwhile: `test_gate.py`.

Chaos
    The reading worker is killed at ten random points: `test_killed_workers.py`.
    Redis is killed, stopped in its tracks, full, read-only, emptied and restarted: `test_redis_fails.py`.
    Jira hangs, throttles, and refuses for an hour of scaled-down intervals: `test_jira_fails.py`.
    The clocks of hosts are set ahead and back, all or one of them, while idle and in the middle of a refresh:
    `test_clocks_are_set.py`, by a small library (`wall_clock.c`) that each task is started with; and by years, with
    injected clocks below the level of processes: `test_clock_jumps.py`.
    What is kept in Redis and in files is corrupted: `test_corrupted_entries.py`.

In each of them: no reader who had numbers is refused, no reader is told older numbers than before, what is served in
the end is the newest that was ever served, no lease outlives its deadline, and no worker grows by more than 20 MB.
Where clocks are set back, newer numbers may bear an earlier instant; they are older only if Jira's facts in them are.
How fast answers are while a refresh runs, and what a cycle of refreshes costs, is measured by `tests/bench`.
"""
