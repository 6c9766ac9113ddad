"""The portal for a long time under load while everything that it depends on fails in turn.

A living demo of Jira and Tempo behind a relay, a real redis-server, history in SQLite, and one portal with two workers
(`ground.py`). Thirty requests a second come, whatever becomes of them (`load.py`), for what people, browsers, programs
and probes ask (`asking.py`). Each minute one or two faults are switched on and off again (`faults.py`): Jira, Tempo,
Redis and history take turns, in an order that the seed decides.

Every answer is checked as it comes (`checks.py`, `told.py`), and the workers are looked at all the while
(`workers.py`). What is claimed, and what became of it, is in `claims.py`; `soak.py` puts it all together.
`python -m tests.soak` runs it as long as it is told. `test_soak.py` runs a short one, in which a minute lasts some
seconds and all intervals are shorter in proportion.
"""
