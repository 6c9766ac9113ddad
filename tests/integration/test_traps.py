"""The traps of Jira's and Tempo's interfaces, and where each is shown to be avoided."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COUNT = 40


@dataclass(frozen=True, slots=True)
class Trap:
    """One way to be caught, and the tests (below `tests/`) that would fail then."""

    what: str
    tests: tuple[str, ...]


CHOICE = "unit/datasource/registry/test_choice.py::"
CLOCKS = "unit/datasource/jira/test_clocks.py::"
CLOUD = "unit/datasource/jira/test_cloud.py::"
COLD = "unit/datasource/jira/test_cold_read.py::"
COMMENTS = "unit/datasource/jira/test_comments.py::"
EDITION = "unit/datasource/jira/test_datacenter_login.py::"
FAULTS = "integration/test_faults.py::"
HOURS = "unit/datasource/test_hours.py::"
JQL = "unit/datasource/jira/test_jql.py::"
PAGES = "integration/test_faults_of_pages.py::"
QUALITY = "unit/servicelevel/test_quality.py::"
SECRETS = "unit/datasource/test_secrets.py::"
SERVER = "unit/datasource/jira/test_datacenter.py::"
SERVER_READ = "unit/datasource/jira/test_datacenter_read.py::"
SUGGEST = "unit/datasource/jira/test_suggest.py::"
TEMPO = "unit/datasource/tempo/test_cloud.py::"
TICKETS = "unit/datasource/jira/test_tickets.py::"
TRANSPORT = "unit/datasource/test_transport.py::"
WAITING = "unit/datasource/test_waiting.py::"
WARM = "unit/datasource/jira/test_warm_read.py::"

TRAPS: Mapping[int, Trap] = {
    1: Trap(
        "Cloud's search knows no positions: asked for one, it begins again and again",
        (CLOUD + "test_all_pages_of_a_search_are_read_by_their_tokens",),
    ),
    2: Trap(
        "Cloud's search has no total to divide by or to count up to",
        (COLD + "test_progress_counts_up_to_all_tickets",),
    ),
    3: Trap(
        "a search that names no fields answers with ids alone",
        (COLD + "test_only_the_fields_that_are_needed_are_asked_for",),
    ),
    4: Trap(
        "an interface that was removed is asked again and again",
        (
            TRANSPORT + "test_a_refusal_is_named_and_never_asked_again",
            CLOUD + "test_only_a_page_that_is_called_wrong_is_asked_for_anew",
        ),
    ),
    5: Trap(
        "a query without bounds is refused",
        (JQL + "test_a_query_of_one_project", JQL + "test_no_project_key_can_widen_a_query"),
    ),
    6: Trap(
        "a token that has run out finds nothing and says 200, so a queue looks perfect and empty",
        (
            FAULTS + "test_a_login_that_is_revoked_is_never_an_empty_list",
            COLD + "test_an_empty_queue_with_a_bad_login_is_an_error",
            WARM + "test_a_revoked_login_is_never_nothing_new",
        ),
    ),
    7: Trap(
        "a token with scopes works at the gateway's address only",
        (FAULTS + "test_a_token_with_scopes_on_the_wrong_address_is_told_with_the_right_one",),
    ),
    8: Trap(
        "dates in queries are read in the account's zone, whatever zone they were written in",
        (
            JQL + "test_a_query_of_one_project",
            WARM + "test_only_what_changed_is_asked_from_the_cursor_back_by_the_overlap",
        ),
    ),
    9: Trap(
        "sorted by their last update, tickets jump between pages",
        (JQL + "test_a_query_of_one_project",),
    ),
    10: Trap(
        "the index lags, so a read that begins where the last one ended loses what came late",
        (WARM + "test_only_what_changed_is_asked_from_the_cursor_back_by_the_overlap",),
    ),
    11: Trap(
        "a page token that comes again leads round for ever",
        (
            CLOUD + "test_a_token_that_comes_twice_ends_the_search_with_an_error",
            CLOUD + "test_a_search_without_end_is_ended",
            PAGES + "test_a_page_token_that_comes_twice_ends_the_read",
        ),
    ),
    12: Trap(
        "a page with fewer tickets than asked for is taken for the last",
        (CLOUD + "test_a_short_or_empty_page_is_not_the_last_one",),
    ),
    13: Trap(
        "lists inside a ticket are cut and look complete",
        (
            COMMENTS + "test_comments_that_did_not_fit_into_the_ticket_are_asked_for",
            COLD + "test_a_history_split_over_pages_or_sent_twice_is_one",
            SERVER_READ + "test_a_ticket_whose_history_came_cut_is_left_out_by_name",
        ),
    ),
    14: Trap(
        "one endpoint tells changes oldest first, the next one newest first",
        (COLD + "test_the_order_of_arrival_leaves_no_trace",),
    ),
    15: Trap(
        "the wait that was asked for is cut to a limit of our own",
        (
            WAITING + "test_the_wait_asked_for_is_kept_in_full",
            FAULTS + "test_429_with_1847_seconds_is_told_at_once_and_never_slept",
        ),
    ),
    16: Trap(
        "the wait is not said, is a date, or is an instant without seconds",
        (
            WAITING + "test_what_a_source_asks_to_wait",
            FAULTS + "test_429_without_retry_after_is_waited_for_a_little_longer_each_time",
        ),
    ),
    17: Trap(
        "statuses are compared by names, which are translated, renamed and used twice",
        (COLD + "test_statuses_of_one_name_are_told_apart_by_their_ids",),
    ),
    18: Trap(
        "a move to another workflow is read as work done, and a way back loses when work was done",
        (
            "unit/servicelevel/test_standing.py::test_a_later_closure_does_not_move_the_resolution",
            "unit/servicelevel/test_flow.py::test_a_closure_after_done_is_no_resolution_of_its_own",
            "unit/servicelevel/test_standing.py::test_open_and_resolved_follow_the_history",
        ),
    ),
    19: Trap(
        "what a ticket may lack is null, absent, or absent with all its fields",
        (
            TICKETS + "test_what_an_issue_may_lack",
            TICKETS + "test_fields_that_are_absent_are_as_good_as_null",
            TICKETS + "test_a_broken_issue_costs_itself_and_no_other",
        ),
    ),
    20: Trap(
        "frames refuse stamps of several offsets or forms, and flatten null and object into two columns",
        (
            "unit/test_dependency_rule.py::test_the_commands_load_no_web_framework_and_no_frames",
            TICKETS + "test_an_issue_is_read_with_all_its_parts",
        ),
    ),
    21: Trap(
        "offsets without a colon are read by recent versions of Python only",
        ("unit/datasource/jira/test_changes.py::test_an_instant_comes_as_text_milliseconds_or_seconds",),
    ),
    22: Trap(
        "a ticket's id is a text in Jira and a number in Tempo, so that nothing joins",
        (HOURS + "test_hours_lie_beside_the_tickets_they_are_booked_on",),
    ),
    23: Trap(
        "whole numbers with gaps turn into floats, and ids are shown with a point",
        ("unit/servicelevel/test_quality.py::test_tickets_that_did_not_arrive_are_listed_and_make_the_report_partial",),
    ),
    24: Trap(
        "a body is a tree in one version and a text in the other",
        (COMMENTS + "test_what_a_comment_says_is_never_looked_at",),
    ),
    25: Trap(
        "the mark of a public comment is set in every project, service desk or not",
        (
            SUGGEST + "test_a_project_without_service_levels_gets_computed_clocks",
            COMMENTS + "test_internal_and_restricted_comments_are_told_apart",
        ),
    ),
    26: Trap(
        "elapsed time is taken for stop minus start, texts for people are parsed, what remained is shown as current",
        (
            CLOCKS + "test_a_completed_clock_keeps_its_own_elapsed_time",
            "unit/servicelevel/test_verdicts.py::test_elapsed_time_of_a_running_clock_goes_on_after_the_reading",
            WARM + "test_a_changed_clock_is_as_of_the_new_answer_and_the_others_as_of_theirs",
        ),
    ),
    27: Trap(
        "a clock's field is picked by its name, though two fit and one of them is dead",
        (
            CHOICE + "test_the_field_that_is_alive_wins_over_the_one_with_the_better_name",
            SUGGEST + "test_the_demos_dead_field_is_never_taken",
        ),
    ),
    28: Trap(
        "an agents' queue leaves out what is resolved, and so do the numbers made of it",
        (JQL + "test_a_query_of_one_project",),
    ),
    29: Trap(
        "Tempo's count is that of the page, not of all",
        (TEMPO + "test_all_pages_are_read_by_offset",),
    ),
    30: Trap(
        "a link in a body chooses the host that is sent the token",
        (
            TEMPO + "test_a_link_to_the_next_page_never_chooses_the_host",
            SECRETS + "test_a_redirect_is_told_and_not_followed",
        ),
    ),
    31: Trap(
        "Tempo refuses in HTML, and parsing that hides why",
        (
            TEMPO + "test_an_answer_that_is_no_page_is_named",
            FAULTS + "test_a_fault_of_tempo_costs_the_hours_and_says_so",
        ),
    ),
    32: Trap(
        "in Jira every worklog that Tempo wrote has the same author",
        (
            COLD + "test_only_the_fields_that_are_needed_are_asked_for",
            HOURS + "test_only_people_who_are_not_known_yet_are_asked_for",
        ),
    ),
    33: Trap(
        "the same parameter is a text here and a list there, and errors of single tickets are passed over",
        (
            SERVER + "test_a_search_names_fields_and_expansions_as_lists",
            "contract/test_requests_against_schemas.py::test_jira_is_asked_only_what_it_describes",
            COLD + "test_an_issue_error_is_a_missing_ticket",
        ),
    ),
    34: Trap(
        "tickets change their key when they move, and stay in a cache when they are deleted",
        (
            WARM + "test_a_ticket_moved_away_goes_with_the_comparison",
            WARM + "test_what_is_gone_stays_until_every_ticket_is_compared",
            PAGES + "test_a_ticket_that_leaves_while_it_is_read_is_in_no_number",
        ),
    ),
    35: Trap(
        "a page of nothing tells the total on Data Center only",
        (COLD + "test_tickets_are_counted_by_asking_for_the_count",),
    ),
    36: Trap(
        "look-ups of users are scarce, and one who is gone fails the rest",
        (
            HOURS + "test_only_people_who_are_not_known_yet_are_asked_for",
            CLOUD + "test_people_are_asked_for_in_parts_and_strangers_are_left_out",
            SERVER + "test_people_are_found_by_key_or_else_by_name",
        ),
    ),
    37: Trap(
        "the host's name or a setting decides whether it is Cloud",
        (EDITION + "test_the_way_to_read_is_chosen_by_who_answers",),
    ),
    38: Trap(
        "tickets repeat over pages, a web page comes with 200, page tokens expire, tokens are revoked",
        (
            CLOUD + "test_a_ticket_on_two_pages_is_named_once",
            PAGES + "test_tickets_that_repeat_or_slip_through_between_pages_leave_no_trace",
            FAULTS + "test_a_web_page_with_status_200_is_no_data",
            FAULTS + "test_an_answer_that_always_breaks_off_is_never_a_shorter_list",
            PAGES + "test_a_token_that_expires_on_page_seven_costs_a_new_search",
            PAGES + "test_a_login_that_is_revoked_between_two_pages_is_never_the_last_page",
        ),
    ),
    39: Trap(
        "an id that does not exist matches nothing on Cloud and fails the query on Data Center",
        (
            SERVER + "test_tickets_that_exist_are_told_from_those_that_are_gone",
            SERVER_READ + "test_a_queue_larger_than_the_window_is_read_in_slices",
        ),
    ),
    40: Trap(
        "sub-tasks and duplicates swell a queue unless its filter leaves them out",
        (JQL + "test_an_extra_filter_is_kept_together",),
    ),
}


@cache
def _tests_in(path: Path) -> frozenset[str]:
    """The names of a file's test functions."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(each.name for each in tree.body if isinstance(each, ast.FunctionDef))


def _absent() -> Iterator[str]:
    """Tests that are named and do not exist."""
    for number, trap in TRAPS.items():
        for named in trap.tests:
            file, _, name = named.partition("::")
            path = ROOT / "tests" / file
            if not path.is_file() or name not in _tests_in(path) or not name.startswith("test_"):
                yield f"{number}: {named}"


def test_every_trap_has_its_line() -> None:
    """One to forty, without a gap, each in words of its own."""
    assert list(TRAPS) == list(range(1, COUNT + 1))
    assert len({trap.what for trap in TRAPS.values()}) == COUNT


@pytest.mark.parametrize("number", TRAPS)
def test_every_trap_is_shown_by_a_test(number: int) -> None:
    """At least one, and none of them twice."""
    tests = TRAPS[number].tests

    assert 1 <= len(tests) == len(set(tests))


def test_every_test_that_is_named_exists() -> None:
    """A renamed test is renamed here too."""
    assert list(_absent()) == []
