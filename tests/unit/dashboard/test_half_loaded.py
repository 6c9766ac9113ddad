"""An answer that is written while pandas is being loaded elsewhere in the process."""

import subprocess
import sys
from typing import Final

_ANSWERS_MEANWHILE: Final = """
import importlib.abc, sys
from dash import html
from dash._utils import to_json
from flask import Flask
from dashboard import exports

class Portal:
    prefix = "/"

exports.install(Flask("test"), Portal())
written = []

class Midway(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.startswith("pandas.") and not written:
            written.append(to_json({"children": [html.B("kept")]}))
        return None

sys.meta_path.insert(0, Midway())
import pandas
print(written[0] == to_json({"children": [html.B("kept")]}))
"""


def test_an_answer_is_written_while_pandas_is_half_loaded() -> None:
    """It is what it is once pandas is there."""
    ended = subprocess.run(
        [sys.executable, "-c", _ANSWERS_MEANWHILE], capture_output=True, text=True, timeout=120, check=False
    )

    assert (ended.stdout, ended.stderr) == ("True\n", "")
