"""Check that the changelog has a section for the version that pyproject.toml states, and that it says something."""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def complaint() -> str | None:
    """What the changelog lacks for the present version, or None."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    section = re.search(
        rf"^## {re.escape(version)}\b[^\n]*\n(?P<body>.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL
    )
    if section is None:
        return f"CHANGELOG.md has no section '## {version}', the version of pyproject.toml"
    if not re.search(r"^- \S", section["body"], re.MULTILINE):
        return f"CHANGELOG.md says nothing under '## {version}'"
    return None


def main() -> int:
    """Exit code 0 when the changelog keeps up, 1 when not."""
    found = complaint()
    if found:
        print(found, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
