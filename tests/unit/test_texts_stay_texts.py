"""Nothing of ours makes markup or code of a text: what could do so is not used at all."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted((ROOT / "dashboard" / "assets").glob("*.js"))
MODULES = sorted(
    path for package in ("dashboard", "components", "opsportal") for path in (ROOT / package).rglob("*.py")
)

IN_SCRIPTS = {
    "markup from a text": (
        r"\b(?:inner|outer)HTML\b|insertAdjacentHTML|createContextualFragment|setHTMLUnsafe",
        "n.innerHTML = t",
    ),
    "markup from a text, by React": (r"dangerouslySetInnerHTML", "{dangerouslySetInnerHTML: {__html: t}}"),
    "a document that is written": (r"\bdocument\s*\.\s*write(?:ln)?\b", "document.write(t)"),
    "a document from a text": (r"\bDOMParser\b|\bsrcdoc\b", "new DOMParser()"),
    "code from a text": (r"(?<![.\w])eval\s*\(|\bnew\s+Function\b|(?<![.\w])Function\s*\(", "new Function(t)"),
    "code from a text, later": (r"\bset(?:Timeout|Interval)\s*\(\s*['\"`]", "setTimeout('t()')"),
    "an address that runs": (r"javascript:", "a.href = 'javascript:t()'"),
    "a handler in markup": (r"setAttribute\(\s*['\"`]on", "n.setAttribute('onclick', t)"),
    "a message to anybody": (r"execScript|\bimportScripts\b", "importScripts(t)"),
}
IN_MODULES = {
    "markup or code from a text": (r"\bdangerously_\w+", "dangerously_allow_html=True"),
    "markup from a text": (r"\ballow_html\b|\bMarkdown\b|\bDangerouslySetInnerHTML\b", "dcc.Markdown(t)"),
    "a page within the page": (r"\bIframe\b|\bsrcDoc\b|\bhtml\.(?:Embed|ObjectEl|Script|Base)\b", "html.Iframe()"),
    "code from a text": (r"(?<![.\w])(?:eval|exec)\s*\(", "eval(t)"),
    "markup that is said to be harmless": (r"\bMarkup\(|render_template_string|\|\s*safe\b", "Markup(t)"),
    "a callback of text": (r"clientside_callback\(\s*['\"]", "app.clientside_callback('() => 1')"),
    "a link that its component does not look at": (r"\bdbc\.\w+\([^()]*\bhref=", "dbc.NavLink(t, href=u)"),
    "a grid that takes markup": (
        r"cellRenderer\W+\s*['\"]markdown|dangerously_allow_code",
        "'cellRenderer': 'markdown'",
    ),
}


@pytest.mark.parametrize("what", IN_SCRIPTS)
def test_no_script_makes(what: str) -> None:
    """In any file of ours that pages load."""
    pattern, example = IN_SCRIPTS[what]

    assert len(SCRIPTS) > 10
    assert re.search(pattern, example)
    assert _uses(pattern, SCRIPTS) == []


@pytest.mark.parametrize("what", IN_MODULES)
def test_no_module_makes(what: str) -> None:
    """In any that has a part in pages or answers."""
    pattern, example = IN_MODULES[what]

    assert len(MODULES) > 100
    assert re.search(pattern, example)
    assert _uses(pattern, MODULES) == []


def _uses(pattern: str, files: list[Path]) -> list[str]:
    found = []
    for path in files:
        text = path.read_text(encoding="utf-8")
        found += [f"{path.relative_to(ROOT)}: {each[0]}" for each in re.finditer(pattern, text)]
    return found
