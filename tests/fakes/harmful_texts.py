"""Texts that would do something if anybody took them for more than texts: `window.harmed` tells that one has."""

from typing import Final

MARKUP: Final = (
    "<script>window.harmed=1</script>",
    "<img src=x onerror=window.harmed=1>",
    'x"><img src=x onerror="window.harmed=1">',
    "x'><svg onload=window.harmed=1>",
    "</title><script>window.harmed=1</script>",
    "</textarea></style></script><img src=x onerror=window.harmed=1>",
    "<!--><img src=x onerror=window.harmed=1>-->",
    "<img srcset=x onerror=window.harmed=1>",
    "<svg><script>window.harmed=1</script></svg>",
    "<svg><animate onbegin=window.harmed=1 attributeName=x dur=1s>",
    "<svg><set onbegin=window.harmed=1 attributeName=x>",
    "<svg><a href=javascript:window.harmed=1><text y=20>press</text></a></svg>",
    "<svg><image href=x onerror=window.harmed=1></svg>",
    "<math><mtext><a href=javascript:window.harmed=1>press</a></mtext></math>",
    "<iframe src=javascript:parent.harmed=1></iframe>",
    "<iframe srcdoc='<script>parent.harmed=1</script>'></iframe>",
    "<object data='data:text/html,<script>parent.harmed=1</script>'></object>",
    "<embed src=javascript:parent.harmed=1>",
    "<a href=javascript:window.harmed=1>press</a>",
    "<a href=' java&#x73;cript:window.harmed=1'>press</a>",
    "<form action=javascript:window.harmed=1><button>press</button></form>",
    "<form><button formaction=javascript:window.harmed=1>press</button></form>",
    "<input autofocus onfocus=window.harmed=1>",
    "<textarea autofocus onfocus=window.harmed=1></textarea>",
    "<details open ontoggle=window.harmed=1><summary>press</summary></details>",
    "<video><source onerror=window.harmed=1></video>",
    "<audio src=x onerror=window.harmed=1></audio>",
    "<style onload=window.harmed=1></style>",
    "<link rel=stylesheet href=data:text/css, onload=window.harmed=1>",
    "<base href=javascript:window.harmed=1//>",
    "<template><script>window.harmed=1</script></template>",
    "<b onmouseover=window.harmed=1>press</b>",
    "<p style='animation:spin 1s' onclick=window.harmed=1>press</p>",
    "<x tabindex=1 onfocus=window.harmed=1 onclick=window.harmed=1>press</x>",
)
"""Markup that runs something, or would have elements of its own."""

WORDS: Final = (
    "javascript:window.harmed=1",
    "data:text/html,<script>window.harmed=1</script>",
    "[press](javascript:window.harmed=1) ![x](http://elsewhere.invalid/x.png)",
    "{{constructor.constructor('window.harmed=1')()}}",
    "${window.harmed=1} <%= window.harmed=1 %> #{window.harmed=1}",
    "%{customdata} %{y} <br><b>bold</b> <sub>low</sub>",
    "<a href='http://elsewhere.invalid/'>press</a><span style='color:red'>red</span>",
    "x');window.harmed=1;//",
    "__proto__",
    "</script><!--<script>",
)
"""What means something to somebody who reads addresses, templates, Markdown or the small markup of charts."""

HARMFUL: Final = (*MARKUP, *WORDS)
LONGEST: Final = 120
"""No text here is longer, so that a name of a queue has room for its own beside it."""
