"""Names of students' folders: those that make no trouble, and those that cannot be graded."""

import os

GOOD = (
    "<script>alert(1)<script>", "-rf", "--help", "O'Neil; drop table student", "a b", "nul", "#1",
    "Jose\u0301", "Jos\u00e9", "\u674e\u5c0f\u9f99", "\U0001f600", "a\\b", "%s%n{0}", "$HOME", "~",
    "n" * 128, "a,b", "a+b", "(red)", "x.ipynb", "&lt;", "timestamp.txt", "toy", "`id`",
)  # fmt: skip
BAD = (
    "a\nb", "\x1b[2J", "*", "a?", "[a-z]", "[bold]", " a", "a ", ".hidden", "n" * 200,
    os.fsdecode(b"jos\xe9"), "\u202egnp", "a\tb", "\x7f", "\u00a0a",
)  # fmt: skip
