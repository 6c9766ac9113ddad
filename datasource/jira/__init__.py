"""Jira: asking, paging, and turning answers into tickets."""
