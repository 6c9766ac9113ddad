"""The commands as people run them: what they print, how they end, and what they say when something is wrong."""

import json
import os
import re
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import boto3
import pytest

from demo.options import Latency
from demo.server import Demo
from tests.fakes.aws_servers import moto_server, settings_of_aws
from tests.fakes.commands import Commands, Done
from tests.fakes.history_table import create_table
from tests.fakes.redis_server import redis_server
from tests.fakes.small_demo import NOON, settings_of, small_demo

CANARY = "canary-7f3a91"

ChangedRegistry = Callable[[Callable[[Any], None]], str]


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """Jira and Tempo, standing still."""
    with small_demo() as running:
        yield running


@pytest.fixture
def run(tmp_path: Path) -> Commands:
    """Runs commands in an empty folder."""
    return Commands(tmp_path)


@pytest.fixture
def changed_registry(demo: Demo, tmp_path: Path) -> ChangedRegistry:
    """Writes the demo's registry with a change, and says where."""

    def write(change: Callable[[Any], None]) -> str:
        content = json.loads(demo.registry.read_text(encoding="utf-8"))
        change(content)
        path = tmp_path / "changed.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        return str(path)

    return write


def _refused(done: Done, code: int, *words: str) -> None:
    """One clear message on standard error, nothing on standard output, no traceback and no secret."""
    assert done.code == code, done.err
    assert done.out == ""
    assert "Traceback" not in done.err
    assert "  File " not in done.err
    assert CANARY not in done.err
    for word in words:
        assert word in done.err


def _parts(done: Done) -> dict[str, str]:
    """The first word of the line of each part."""
    assert "Traceback" not in done.out + done.err
    assert CANARY not in done.out + done.err
    assert done.err == ""
    marked = [line.split() for line in done.lines() if line.startswith(("ok ", "wrong "))]
    assert len({part for _, part, *_ in marked}) == len(marked)
    return {part: mark for mark, part, *_ in marked}


@pytest.fixture
def closed_port() -> str:
    """An address where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    return f"http://127.0.0.1:{port}"


def test_check_finds_everything_in_order(demo: Demo, run: Commands) -> None:
    """One line a part, each of them ok, and no token among what is shown."""
    done = run("check", **settings_of(demo))

    assert done.code == 0
    assert _parts(done) == {
        "secrets": "ok",
        "registry": "ok",
        "jira": "ok",
        "names": "ok",
        "tempo": "ok",
        "redis": "ok",
        "history": "ok",
    }
    assert len(done.lines()) == 7
    assert "history.db: can be read and written" in done.out
    assert demo.jira_api_token not in done.out
    assert demo.tempo_api_token not in done.out


def test_check_without_settings_says_what_to_set(run: Commands) -> None:
    """Nothing is required, so nothing breaks: the parts that are missing say so."""
    done = run("check")

    assert done.code == 1
    assert _parts(done) == {
        "secrets": "ok",
        "registry": "wrong",
        "jira": "wrong",
        "names": "wrong",
        "tempo": "ok",
        "redis": "ok",
        "history": "ok",
    }
    assert "opsportal demo" in done.out
    assert "JIRA_BASE_URL" in done.out
    assert "not configured: reports have no hours" in done.out


@pytest.mark.parametrize(
    ("setting", "value", "wrong", "words"),
    [
        ("JIRA_API_TOKEN", CANARY, {"jira", "names"}, "Renew the token"),
        ("TEMPO_API_TOKEN", CANARY, {"tempo"}, "HTTP 401"),
        ("QUEUE_REGISTRY", "nowhere.json", {"registry", "names"}, "There is no queue registry at nowhere.json"),
    ],
)
def test_check_names_the_part_that_is_wrong(
    setting: str, value: str, wrong: set[str], words: str, demo: Demo, run: Commands
) -> None:
    """The others are still asked."""
    done = run("check", **{**settings_of(demo), setting: value})

    assert done.code == 1
    assert {part for part, mark in _parts(done).items() if mark == "wrong"} == wrong
    assert words in done.out


def test_check_says_that_a_source_is_unreachable(demo: Demo, run: Commands, closed_port: str) -> None:
    """Where it was looked for is a setting, so the message names the network."""
    done = run("check", **{**settings_of(demo), "TEMPO_BASE_URL": f"{closed_port}/4"})

    assert done.code == 1
    assert _parts(done) == {
        "secrets": "ok",
        "registry": "ok",
        "jira": "ok",
        "names": "ok",
        "tempo": "wrong",
        "redis": "ok",
        "history": "ok",
    }
    assert "Tempo: no connection" in done.out
    assert "Check the address and the network" in done.out


def test_check_proves_that_redis_takes_values(demo: Demo, run: Commands) -> None:
    """A value is written, so that one that can only be read is wrong; its password is not shown."""
    with redis_server(password=CANARY) as server:
        good = run("check", **settings_of(demo), REDIS_URL=server.url)
        server.make_read_only()
        replica = run("check", **settings_of(demo), REDIS_URL=server.url)
        locked = run("check", **settings_of(demo), REDIS_URL=f"redis://127.0.0.1:{server.port}/0")

    assert (good.code, _parts(good)["redis"]) == (0, "ok")
    assert "takes what all workers share" in good.out
    assert (replica.code, _parts(replica)["redis"]) == (1, "wrong")
    assert "let REDIS_URL name the primary" in replica.out
    assert (locked.code, _parts(locked)["redis"]) == (1, "wrong")
    assert "user and password in REDIS_URL" in locked.out


def test_check_proves_that_history_can_be_kept(demo: Demo, run: Commands, tmp_path: Path) -> None:
    """A file that is no history is named, and left alone."""
    (tmp_path / "letter.txt").write_text("Dear Sir or Madam, " * 100, encoding="utf-8")
    broken = run("check", **settings_of(demo), HISTORY_URL="sqlite:///letter.txt")

    assert (broken.code, _parts(broken)["history"]) == (1, "wrong")
    assert "letter.txt cannot be used: it is damaged or no database" in broken.out


def test_check_proves_the_table_of_a_history(demo: Demo, run: Commands, tmp_path: Path) -> None:
    """With the credentials of AWS's own variables; a table that is not there is named, and no key is shown."""
    aws = {**settings_of_aws(tmp_path), "AWS_SECRET_ACCESS_KEY": CANARY}
    with moto_server() as url:
        aws["AWS_ENDPOINT_URL_DYNAMODB"] = url
        missing = run("check", **settings_of(demo), **aws, HISTORY_URL="dynamodb://opsportal?region=eu-west-1")
        session = boto3.Session("any", "any")
        with closing(session.client("dynamodb", region_name="eu-west-1", endpoint_url=url)) as client:
            create_table(client, "opsportal")
        place = "dynamodb://opsportal?region=eu-west-1&ttl_days=1095"
        good = run("check", **settings_of(demo), **aws, HISTORY_URL=place)

    assert (missing.code, _parts(missing)["history"]) == (1, "wrong")
    assert "History in the DynamoDB table opsportal (eu-west-1) cannot be used: there is no such table" in missing.out
    assert (good.code, _parts(good)["history"]) == (0, "ok")
    assert "DynamoDB table opsportal (eu-west-1): can be read and written" in good.out


def test_check_names_what_jira_does_not_know(demo: Demo, run: Commands, changed_registry: ChangedRegistry) -> None:
    """A project, a field and a status, each on a line with what there is instead."""

    def change(content: Any) -> None:
        content["queues"][0]["project"] = "ZZZ"
        content["queues"][1]["sla"]["resolution"]["field"] = "customfield_99999"
        content["queues"][1]["pause_statuses"] = ["Waiting for custmer"]

    done = run("check", **{**settings_of(demo), "QUEUE_REGISTRY": changed_registry(change)})

    assert done.code == 1
    assert _parts(done) == {
        "secrets": "ok",
        "registry": "ok",
        "jira": "ok",
        "names": "wrong",
        "tempo": "ok",
        "redis": "ok",
        "history": "ok",
    }
    assert "project 'ZZZ' (queue service-desk) does not exist" in done.out
    assert "sla.resolution.field 'customfield_99999' is no SLA field; Jira has customfield_" in done.out
    assert "did you mean 'Waiting for customer'?" in done.out
    assert len(done.lines()) == 9


def test_a_report_is_printed_as_text(demo: Demo, run: Commands) -> None:
    """With its head, its promises, its score and its data quality; nothing on standard error."""
    done = run("report", "billing", "--as-of", NOON, **settings_of(demo))

    assert (done.code, done.err) == (0, "")
    assert done.lines()[0].startswith("Billing")
    for words in ("Promise", "Score", "Backlog", "Error budget", "By analyst", "Data quality"):
        assert words in done.out
    assert "\x1b" not in done.out


def test_a_report_is_printed_as_json(demo: Demo, run: Commands) -> None:
    """Valid, with the instant asked for and numbers behind every promise."""
    done = run("report", "billing", "--json", "--days", "14", "--as-of", NOON, **settings_of(demo))

    assert (done.code, done.err) == (0, "")
    report = json.loads(done.out)
    assert report["queue"]["id"] == "billing"
    assert report["as_of"] == "2026-11-23T09:00:00.000-03:00"
    assert report["window"]["days"] == 14
    assert set(report["sla"]) == {"first_response", "resolution"}
    assert report["hours"]["state"] == "ok"
    assert not [text for text in re.findall(r"[^\s,:]+", done.out) if text in {"NaN", "Infinity", "-Infinity"}]


def test_a_report_without_tempo_stands_and_says_so(demo: Demo, run: Commands) -> None:
    """Hours are missing with the reason; everything else is as it was."""
    settings = settings_of(demo)
    whole = json.loads(run("report", "people", "--json", "--as-of", NOON, **settings).out)
    done = run("report", "people", "--json", "--as-of", NOON, **{**settings, "TEMPO_API_TOKEN": CANARY})

    assert done.code == 0
    assert CANARY not in done.out + done.err
    report = json.loads(done.out)
    assert report["hours"]["state"] == "failed"
    assert "HTTP 401" in report["hours"]["state_reason"]
    for part in ("sla", "flow", "backlog", "due", "revision"):
        assert report[part] == whole[part], part


def test_an_unknown_queue_is_answered_with_the_nearest(demo: Demo, run: Commands) -> None:
    """Wrong usage, told before anything is asked of Jira."""
    done = run("report", "servicedesk", **{**settings_of(demo), "JIRA_API_TOKEN": CANARY})

    _refused(done, 2, "There is no queue 'servicedesk'", "Did you mean 'service-desk'?", "billing")


def test_a_missing_registry_says_how_to_get_one(demo: Demo, run: Commands) -> None:
    """With the path that was looked at, and the demo as a way to look around."""
    done = run("report", "billing", **{**settings_of(demo), "QUEUE_REGISTRY": "gone.json"})

    _refused(done, 1, "There is no queue registry at gone.json", "QUEUE_REGISTRY", "opsportal demo")


def _broken(content: Any) -> None:
    content["queues"][0]["id"] = "Not An Id"
    content["queues"][1]["calendar"] = "nowhere"
    content["queues"][2]["goals"] = {"resolution": [{"goal": "soon"}]}


def test_a_broken_registry_lists_everything_that_is_wrong(
    demo: Demo, run: Commands, changed_registry: ChangedRegistry
) -> None:
    """All three problems in one message, for the report as for the validation."""
    path = changed_registry(_broken)

    reported = run("report", "billing", **{**settings_of(demo), "QUEUE_REGISTRY": path})
    validated = run("registry", "validate", path)

    for done in (reported, validated):
        _refused(done, 1, path, "queues[0].id", "queues[1].calendar", "queues[2].goals.resolution[0].goal")
    assert reported.err == validated.err


@pytest.mark.parametrize(
    ("setting", "value", "code", "words"),
    [
        ("JIRA_BASE_URL", f"https://{CANARY}@example.atlassian.net", 2, "JIRA_BASE_URL"),
        ("JIRA_BASE_URL", "http://example.atlassian.net", 2, "an https address"),
        ("WINDOW_DAYS", "7", 2, "WINDOW_DAYS"),
        ("JIRA_EMAIL", "", 2, "JIRA_EMAIL: found nothing"),
        ("JIRA_API_TOKEN", CANARY, 1, "Renew the token"),
    ],
)
def test_a_wrong_setting_is_told_by_its_name(
    setting: str, value: str, code: int, words: str, demo: Demo, run: Commands
) -> None:
    """Settings that cannot be used are wrong usage; a token that is refused is a failure."""
    _refused(run("report", "billing", **{**settings_of(demo), setting: value}), code, words)


def test_an_unreachable_jira_is_told_once(demo: Demo, run: Commands, closed_port: str) -> None:
    """Several requests fail at once, one message says it."""
    done = run("report", "billing", **{**settings_of(demo), "JIRA_BASE_URL": closed_port})

    _refused(done, 1, "Jira: no connection", "Check the address and the network")
    assert len(done.err.splitlines()) == 1


def test_a_report_without_any_jira_offers_the_demo(run: Commands) -> None:
    """Nothing is configured: the message says what to set."""
    _refused(run("report", "billing"), 1, "No Jira is configured", "JIRA_API_TOKEN", "opsportal demo")


def test_a_period_that_reaches_too_far_back_is_declined(demo: Demo, run: Commands) -> None:
    """Never answered from the tickets that happen to have been touched since."""
    done = run("report", "billing", "--days", "200", "--as-of", NOON, **settings_of(demo))

    _refused(done, 1, "billing: the period begins 2026-05-07", "WINDOW_DAYS")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--priority", "Urgent"), "No ticket read has priority 'Urgent'. There are: Highest"),
        (("--from", "2026-11-24", "--to", "2026-11-25"), "The period begins on 2026-11-24, after the instant"),
    ],
)
def test_a_report_that_would_be_empty_is_refused(words: tuple[str, ...], told: str, demo: Demo, run: Commands) -> None:
    """Nothing found would look like nothing wrong."""
    _refused(run("report", "billing", "--as-of", NOON, *words, **settings_of(demo)), 2, told)


def test_wrong_usage_is_told_without_asking_anything(run: Commands) -> None:
    """An option that makes no sense ends before any setting is read."""
    _refused(run("report", "billing", "--as-of", "yesterday"), 2, "--as-of", "2026-11-23T12:00:00Z")


def test_a_registry_is_validated(demo: Demo, run: Commands) -> None:
    """By its path or by the setting: how many queues, and one line for each."""
    by_path = run("registry", "validate", str(demo.registry))
    by_setting = run("registry", "validate", QUEUE_REGISTRY=str(demo.registry))

    assert (by_path.code, by_path.err) == (0, "")
    assert by_path.lines()[0] == f"{demo.registry} is in order: 8 queues."
    assert [line.split()[0] for line in by_path.lines()[1:]] == [
        "service-desk", "billing", "platform-ops", "network", "people", "field-support", "internal-tools", "website",
    ]  # fmt: skip
    assert by_setting == by_path


def test_a_registry_that_is_not_there_is_told_by_its_path(run: Commands) -> None:
    """As everywhere else."""
    _refused(run("registry", "validate", "gone.json"), 1, "There is no queue registry at gone.json")


def _wait_until(true: Callable[[], object]) -> None:
    """Half a minute at the most."""
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def _is_gone(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def test_the_demo_prints_all_queues_and_leaves_nothing_running(run: Commands) -> None:
    """No setting, no credential; its Jira and Tempo end with it."""
    with run.start("demo", "--text", JIRA_BASE_URL="nonsense that is not looked at") as process:
        out, err = process.communicate(timeout=120)

    assert (process.returncode, err) == (0, "")
    assert "could not be read" not in out
    fleet = (
        "Service Desk",
        "Billing",
        "Platform Ops",
        "Network",
        "People",
        "Field Support",
        "Internal tools",
        "Website",
    )
    for queue in fleet:
        assert queue in out
    assert "from made-up data" in out
    _wait_until(lambda: _is_gone(process.pid))


def test_ctrl_c_ends_a_report_at_once_and_quietly(demo: Demo, run: Commands) -> None:
    """Though Jira takes its time over every request that is under way."""
    control = demo.application.control
    quick, control.latency = control.latency, Latency(call_s=60)
    try:
        with run.start("report", "billing", "--as-of", NOON, **settings_of(demo)) as process:
            _wait_until(lambda: demo.application.stats.as_dict()["in_flight"])
            began = time.monotonic()
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=50)
    finally:
        control.latency = quick

    assert (process.returncode, out, err) == (1, "", "Stopped.\n")
    assert time.monotonic() - began < 30
