"""Where credentials go: to the source that they belong to, and nowhere else."""

import base64
import json
import logging
import traceback
from collections.abc import Callable
from html import escape
from pathlib import Path
from urllib.parse import quote

import pytest
from pydantic import SecretStr

from datasource.deadline import Deadline
from datasource.errors import SourceError, SourceRejected
from datasource.login import Login
from tests.fakes.clock import StillClock
from tests.fakes.local_server import Asked, Reply
from tests.unit.datasource.conftest import SECRET, Connect, Serve

BASIC = base64.b64encode(f"ops@example.com:{SECRET}".encode()).decode()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_told_and_not_followed(status: int, serve: Serve, connect: Connect) -> None:
    """The other host never hears from us, so it cannot be given the credentials."""
    elsewhere = serve(lambda _: Reply())
    server = serve(lambda _: Reply(b"", status, {"Location": f"{elsewhere.url}/login"}))

    with pytest.raises(SourceRejected, match=r"sends us on to 127\.0\.0\.1"):
        connect(server.url).get("/x", Deadline.after(10))

    assert elsewhere.asked == []
    assert len(server.asked) == 1


@pytest.mark.parametrize("location", ["", "http://[broken", "//", "/login", "http://exa mple/\x9b", "\xff"])
def test_a_redirect_to_nonsense_is_told_all_the_same(location: str, serve: Serve, connect: Connect) -> None:
    """No error of a library comes through, whatever the address."""
    server = serve(lambda _: Reply(b"", 302, {"Location": location}))

    with pytest.raises(SourceRejected, match="sends us on to"):
        connect(server.url).get("/x", Deadline.after(10))


def test_a_netrc_file_does_not_replace_the_login(
    serve: Serve, connect: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody's home folder is no setting of the portal."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\ndefault login a password b\n", encoding="utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    server = serve(lambda _: Reply())

    connect(server.url).get("/x", Deadline.after(10))
    connect(server.url, login=Login.bearer(SecretStr(SECRET))).get("/x", Deadline.after(10))

    assert [asked.headers["authorization"] for asked in server.asked] == [f"Basic {BASIC}", f"Bearer {SECRET}"]


def _echo(asked: Asked) -> bytes:
    """An error page of a proxy that repeats the request it could not pass on."""
    return f'{{"message":"bad request: authorization={asked.headers["authorization"]}, token {SECRET}"}}'.encode()


@pytest.mark.parametrize("bearer", [False, True])
@pytest.mark.parametrize(
    "path", ["/400", "/401", "/403", "/404", "/410", "/418", "/429", "/500", "/503", "/302", "/html", "/cut", "/lost"]
)
def test_no_error_carries_the_credentials(
    path: str, bearer: bool, serve: Serve, connect: Connect, clock: StillClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in its text, its attributes, its causes, its traceback or the log, even where the server repeats them."""

    def answering(asked: Asked) -> Reply:
        if asked.path == "/html":
            return Reply(b"<p>" + _echo(asked))
        if asked.path == "/cut":
            return Reply(_echo(asked), cut=True)
        if asked.path == "/lost":
            return Reply(b"{}", 200, {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"})
        headers = {"X-Authentication-Denied-Reason": "CAPTCHA", "Location": "https://elsewhere.invalid/"}
        return Reply(_echo(asked), int(asked.path[1:]), headers)

    login = Login.bearer(SecretStr(SECRET)) if bearer else None
    transport = connect(serve(answering).url, login=login)
    with caplog.at_level(logging.DEBUG), pytest.raises(SourceError) as raised:
        transport.get(path, Deadline.after(600))

    error = raised.value
    shown = [str(error), repr(error), repr(vars(error)), repr(transport), repr(error.__cause__), caplog.text]
    shown += traceback.format_exception(error)
    for text in shown:
        assert SECRET not in text
        assert BASIC not in text


@pytest.mark.parametrize("login", [Login.basic("ops@example.com", SecretStr(SECRET)), Login.bearer(SecretStr(SECRET))])
def test_a_login_shows_itself_to_nobody(login: Login) -> None:
    """Its text is its kind."""
    assert SECRET not in f"{login} {login!r} {vars(login)}"
    assert BASIC not in f"{login} {login!r} {vars(login)}"


def test_an_empty_secret_leaves_messages_as_they_are() -> None:
    """Nothing to hide is no reason to fill a text with stars."""
    assert Login.bearer(SecretStr("")).hidden_in("abc") == "abc"


@pytest.mark.parametrize("form", [str, repr, json.dumps, escape, quote, lambda text: json.dumps(repr(text))])
@pytest.mark.parametrize("before", [0, 180, 195])
def test_a_secret_is_hidden_in_whichever_form_it_is_repeated(
    form: Callable[[str], str], before: int, serve: Serve, connect: Connect
) -> None:
    """Also where the message is cut off in the middle of it, in a page, in JSON and in a header."""
    odd = f"mark7{SECRET}\"'<&\\+/=mark7"
    said = f"{'x' * before} {form(odd)}"

    def answering(asked: Asked) -> Reply:
        if asked.path == "/header":
            return Reply(b"{}", 403, {"X-Authentication-Denied-Reason": said})
        if asked.path == "/page":
            return Reply(f"<p>{said}</p>".encode(), 400, {"Content-Type": "text/html"})
        return Reply(json.dumps({"errorMessages": [said]}).encode(), 400)

    transport = connect(serve(answering).url, login=Login.bearer(SecretStr(odd)))
    for path in ("/json", "/page", "/header"):
        with pytest.raises(SourceError) as raised:
            transport.get(path, Deadline.after(600))
        assert "mark7" not in f"{raised.value} {vars(raised.value)}"
