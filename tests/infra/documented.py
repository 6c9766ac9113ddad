"""The commands of a page of documentation: those that its blocks mark `run`, the others, and the table of those."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_FENCE: Final = re.compile(r"^ *```(?P<info>.*)\n(?P<body>(?:.*\n)*?) *```$", re.MULTILINE)
_FUNCTION: Final = re.compile(r"^\w+\(\) \{\n(?:.*\n)*?\}$", re.MULTILINE)
_WITHIN: Final = re.compile(r"\$\(([^()]*)\)")
_SETTING: Final = re.compile(r"\w+=.*")
_NOT_RUN: Final = re.compile(r"^## Commands not run\n(?P<text>(?:(?!^## ).*\n?)*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: what stands behind its fence, and its text."""

    info: str
    text: str

    @property
    def commands(self) -> tuple[str, ...]:
        """Its lines as they are typed, those that go on made one; a function that it defines is none of them."""
        text = _FUNCTION.sub("", self.text.replace("\\\n", " "))
        return tuple(line.strip() for line in text.splitlines() if line.strip())


@dataclass(frozen=True, slots=True)
class Page:
    """A page in Markdown."""

    text: str

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Every fenced block."""
        found = _FENCE.finditer(self.text)
        return tuple(Block(each["info"].strip(), _dedented(each["body"])) for each in found)

    @property
    def files(self) -> dict[str, str]:
        """Files that it shows whole, by their names: blocks such as `json edge.json`."""
        shown = {block.info.partition(" ")[2]: block.text for block in self.blocks if "console" not in block.info}
        return {name: text for name, text in shown.items() if name}

    def commands(self, tag: str) -> tuple[str, ...]:
        """What blocks of a tag have to type, in order."""
        return tuple(command for block in self.blocks if block.info == tag for command in block.commands)

    @property
    def listed(self) -> tuple[str, ...]:
        """The beginnings of commands that its table of commands not run names."""
        table = _NOT_RUN.search(self.text)
        rows = [line.split("|")[1] for line in table["text"].splitlines() if line.startswith("|")] if table else []
        return tuple(name for row in rows for name in re.findall(r"`([^`]+)`", row))


def page(path: Path) -> Page:
    """A page as it lies there."""
    return Page(path.read_text(encoding="utf-8"))


def programs(command: str) -> Iterator[str]:
    """The programs that a line starts, each with its words but for options: `terraform apply`, `aws s3 cp …`."""
    for within in _WITHIN.findall(command):
        yield from programs(within)
    tokens = shlex.shlex(_WITHIN.sub("_", command), posix=True, punctuation_chars=True)
    tokens.whitespace_split = True
    words: list[str] = []
    into_a_file = False
    for token in (*tokens, "|"):
        if into_a_file or set(token) <= set("<>"):
            into_a_file = not into_a_file
        elif set(token) <= set("|&;()"):
            if words:
                yield " ".join(words)
            words = []
        elif (words or not _SETTING.fullmatch(token)) and not token.startswith("-"):
            words.append(token)


def _dedented(text: str) -> str:
    indent = min((len(line) - len(line.lstrip()) for line in text.splitlines() if line.strip()), default=0)
    return "\n".join(line[indent:] for line in text.splitlines()) + "\n"
