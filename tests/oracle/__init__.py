"""A second opinion on every number of a report: read anew over plain HTTP, computed by brute force.

Nothing here is shared with the program that it judges. It reads Jira, Tempo and the registry file itself, walks
calendars minute by minute and computes rates in exact fractions. It is written to be obviously right, not fast.
"""
