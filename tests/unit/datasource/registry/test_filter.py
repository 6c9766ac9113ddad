"""The extra filter of a queue may narrow the queue and never widen it."""

import pytest

from datasource.registry.filter import filter_fault


@pytest.mark.parametrize(
    "written",
    [
        "labels = onsite",
        "(labels = a OR labels = b) AND priority in (High, Highest)",
        'summary ~ "a ) and (b" OR text ~ \'it is "fine" )\'',
        'summary ~ "a \\" ) quote"',
        'component = "order by" AND orderby = 1',
        'status = "Em análise"',
    ],
)
def test_a_filter_that_closes_what_it_opens_is_taken(written: str) -> None:
    """Parentheses, quotes and words count by the rules of JQL, not where a string holds them."""
    assert filter_fault(written) is None


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("", "no `jql` at all"),
        ("   ", "no `jql` at all"),
        ("labels = a) OR (project = HR", "a parenthesis opened"),
        ("(labels = a", "a closing parenthesis"),
        ('summary ~ "a', 'a closing "'),
        ("summary ~ 'a", "a closing '"),
        ("summary ~ 'a\\' ) OR (b = 1", "a closing '"),
        ('labels = a\\" ) OR (project = HR AND x = \\"', "backslashes inside quotes only"),
        ("labels = a ORDER BY created", "without ORDER BY"),
        ("labels = a order\u2003by created", "invisible characters"),
        ("labels = a\norder by created", "line breaks"),
        ("labels = a\x00", "invisible characters"),
        ("'a'order  by created", "without ORDER BY"),
    ],
)
def test_a_filter_that_reaches_out_is_refused(written: str, fault: str) -> None:
    """What would end the parentheses around it, or sort, is told."""
    assert fault in (filter_fault(written) or "")
