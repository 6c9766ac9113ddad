"""What opens a demo: credentials that begin the same everywhere and may be renewed while it runs."""

from __future__ import annotations

from dataclasses import dataclass, replace

from demo.dialect import CLOUD, Dialect
from demo.options import OptionError
from demo.people import READER

JIRA_API_TOKEN = "demo-jira-api-token"
JIRA_PAT = "demo-datacenter-pat"
TEMPO_API_TOKEN = "demo-tempo-api-token"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What opens a demo; what its dialect does not know is empty."""

    email: str
    jira_api_token: str
    jira_pat: str
    tempo_api_token: str

    def renewed(self, tokens: dict[str, object]) -> Credentials:
        """The same with other tokens, by name; those that are not named stay, and the old ones open nothing any more.

        Raises:
            OptionError: a name that this dialect has no token for, or a token that is no text.
        """
        names = ("jira_pat",) if self.jira_pat else ("jira_api_token", "tempo_api_token")
        if not set(tokens) <= set(names):
            raise OptionError(f"the tokens here are {' and '.join(names)}, not {', '.join(sorted(tokens))}")
        texts = {name: token for name, token in tokens.items() if isinstance(token, str) and token}
        if len(texts) < len(tokens):
            raise OptionError("a token is a text")
        both = {"tempo_api_token": texts["jira_pat"]} if "jira_pat" in texts else {}
        return replace(self, **texts, **both)


def credentials(dialect: Dialect) -> Credentials:
    """The credentials that a dialect begins with: on Data Center one personal access token opens Jira and Tempo."""
    if dialect.is_cloud:
        return Credentials(READER.login or "", JIRA_API_TOKEN, "", TEMPO_API_TOKEN)
    return Credentials("", "", JIRA_PAT, JIRA_PAT)


FIRST = credentials(CLOUD)
