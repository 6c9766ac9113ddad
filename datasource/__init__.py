"""The outside world in our types: Jira, Tempo and the queue registry, behind the ports of `opsportal`."""
