"""Addresses of sources: https, or this machine, however somebody tries to write another one."""

import pytest

from opsportal.settings import SettingsError, load

LOGIN = {"JIRA_EMAIL": "ops@example.com", "JIRA_API_TOKEN": "s3cret"}
REFUSED = (
    # Who seems to be the host is a user, or the other way round.
    "http://127.0.0.1@evil.invalid", "http://localhost:80@evil.invalid", "http://evil.invalid@127.0.0.1",
    "https://@evil.invalid", "https://a:b@evil.invalid", "https://example.net:443@evil.invalid/",
    # Loopback as only some programs read it.
    "http://2130706433", "http://0x7f000001", "http://0x7f.0.0.1", "http://0177.0.0.1", "http://017700000001",
    "http://127.1",
    "http://127.0.1", "http://0", "http://0.0.0.0", "http://[::]", "http://[::ffff:127.0.0.1]",
    "http://[::ffff:7f00:1]",
    "http://[0:0:0:0:0:0:0:1]", "http://[0000::0001]", "http://[::1%25eth0]", "http://[::1%lo]", "http://127.0.0.1.",
    "http://localhost.", "http://localhost.evil.invalid", "http://127.0.0.1.evil.invalid", "http://127.0.0.01",
    "http://\u24db\u24de\u24d2\u24d0\u24db\u24d7\u24de\u24e2\u24e3", "http://\u2460\u2461\u2466.0.0.1",
    "http://127\u30020\u30020\u30021",
    "http://%6c%6f%63alhost", "http://127.0.0.1%00.evil.invalid", "http://127.0.0.1%2eevil.invalid",
    # Not this machine, and not encrypted.
    "http://169.254.169.254", "http://[fd00:ec2::254]", "http://metadata.google.internal", "http://10.0.0.1",
    "HTTP://evil.invalid",
    # Backslashes, white space, and what cannot be seen.
    "http://127.0.0.1\\@evil.invalid", "https:\\\\evil.invalid", "https://evil.invalid\\.example.net",
    "http:\\\\127.0.0.1",
    "https://evil .invalid", "https://evil\t.invalid", "https://evil\n.invalid", "https://example.net\u200b",
    "https://exa\u00admple.net",
    "https://example.net/a b", "https://example.net/\u202e",
    # Names that are others than they look, or none.
    "https://\u0430\u0440\u0440l\u0435.com", "https://evil.invalid%23.example.net", "https://example.net,evil.invalid",
    "https://example.net;evil.invalid", "https://example.net.", "https://.", "https://..", "https://-",
    "https://-a.example.net",
    "https://a..example.net", "https://" + "a" * 64 + ".example.net", "https://" + "a." * 130 + "net",
    # Other protocols, and halves of addresses.
    "ftp://example.net", "file:///etc/passwd", "javascript:alert(1)", "gopher://127.0.0.1", "ws://127.0.0.1",
    "//127.0.0.1",
    "http:/127.0.0.1", "http:127.0.0.1", "http:///127.0.0.1", "https://", "https:///x", "https://[",
    "https://[::1", "https://]",
    "https://example.net:", "https://example.net:0", "https://example.net:99999", "https://example.net:x",
    "http://127.0.0.1:80:80",
    # Paths that lead elsewhere, queries and fragments.
    "https://example.net/../x", "https://example.net/a/./b", "https://example.net/%2e%2e/x",
    "https://example.net//evil.invalid",
    "https://example.net/a%2Fb", "https://example.net/a%5cb", "https://example.net/%00", "https://example.net/?x",
    "https://example.net/#x",
)  # fmt: skip


@pytest.mark.parametrize("written", REFUSED)
@pytest.mark.parametrize("name", ["JIRA_BASE_URL", "TEMPO_BASE_URL"])
def test_no_spelling_leads_to_another_host(name: str, written: str) -> None:
    """It is refused in one line that names the variable."""
    others = {"JIRA_BASE_URL": "https://example.atlassian.net", "TEMPO_API_TOKEN": "s3cret", **LOGIN}
    tempo = {} if name == "TEMPO_BASE_URL" else {"TEMPO_BASE_URL": "https://api.tempo.io/4"}

    with pytest.raises(SettingsError) as raised:
        load({**others, **tempo, name: written}, None)

    (problem,) = raised.value.problems
    assert problem.startswith(f"{name}: found ")
    assert problem.isprintable()


@pytest.mark.parametrize(
    "written",
    [
        "https://example.net", "HTTPS://example.net", "https://Jira.Example.net:8443/jira", "https://xn--80ak6aa92e.com",
        "https://10.1.2.3/jira", "https://[2001:db8::7]:8443", "https://jira_internal.example.net", "https://a.b.c.d.example.net",
        "https://api.atlassian.com/ex/jira/1111-2222", "http://127.0.0.1:8000/tempo/4", "http://localhost:8000", "http://[::1]:8000",
        "HTTP://127.0.0.1", "http://LOCALHOST", "http://127.8.9.10",
    ],
)  # fmt: skip
def test_a_plain_address_is_taken(written: str) -> None:
    """In capitals too, with a port, an address of either version, and below a path; private ones are the operator's."""
    read = load({"JIRA_BASE_URL": written, **LOGIN}, None).jira_base_url

    assert read is not None
    assert read.lower() == written.lower()
