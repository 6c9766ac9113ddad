"""The extra filter of a queue: JQL that narrows the queue's projects and can never reach past them.

The filter is sent as `project in (…) AND (<filter>)`. That is safe exactly when it closes no parenthesis it has not
opened, ends no quote it has not begun, and brings no ORDER BY; so these are checked, by the rules of JQL's own lexer.
"""

import re

from datasource.registry.problem import shown

_TOKEN = re.compile(r"""\\.?|["'()]""", re.DOTALL)
_ORDER_BY = re.compile(r"\border\s+by\b", re.IGNORECASE)


def filter_fault(written: str) -> str | None:
    """What a filter should be that this one is not; None if it can stand in parentheses as it is."""
    if not written.strip():
        return "a JQL filter, or no `jql` at all"
    if not all(c.isprintable() for c in written):
        return "a JQL filter without line breaks and invisible characters"
    depth, quote, bare_from, bare = 0, "", 0, []
    for match in _TOKEN.finditer(written):
        token = match.group()
        if quote:
            if token == quote:
                quote, bare_from = "", match.end()
            continue
        if token.startswith("\\"):
            # Outside quotes JQL reads \" as a letter of a word: what looks quoted would not be.
            return "a JQL filter with backslashes inside quotes only"
        if token in "\"'":
            bare.append(written[bare_from : match.start()])
            quote = token
        else:
            depth += 1 if token == "(" else -1
        if depth < 0:
            return f"a parenthesis opened before the one closed at {shown(written[match.start() :][:20])}"
    if quote:
        return f"a closing {quote} to every opening one"
    if depth:
        return "a closing parenthesis to every opening one"
    bare.append(written[bare_from:])
    # A quoted word between the two keeps them apart, as it does in JQL.
    if _ORDER_BY.search('"'.join(bare)):
        return "a filter only, without ORDER BY"
    return None
