"""What a cell prints and shows, as nbformat outputs, within bounds."""

import io
from typing import Any

CUT = "\n… output was cut at {} characters\n"


class Outputs:
    """Collects the outputs of one cell or one call."""

    def __init__(self, text_chars: int, display_chars: int) -> None:
        self.items: list[dict[str, Any]] = []
        self._limit = self._text_left = text_chars
        self._display_left = display_chars

    def text(self, stream: str, text: str) -> None:
        """Add printed text; past the limit it is dropped, with a note once."""
        if not text or self._text_left < 0:
            return
        kept = str.__getitem__(text, slice(self._text_left))
        self._text_left -= len(text)
        if self._text_left < 0:
            kept += CUT.format(self._limit)
        last: dict[str, Any] = self.items[-1] if self.items else {}
        if last.get("name") == stream:
            last["text"] += _clean(kept)
        else:
            self.items.append({"output_type": "stream", "name": stream, "text": _clean(kept)})

    def display(self, data: dict[str, Any], count: int | None = None) -> None:
        """Add rich output: MIME type to text; `count` is given for a cell's last expression."""
        kept = {str(kind): _clean(value) for kind, value in data.items() if type(value) is str}
        self._display_left -= sum(map(len, kept.values()))
        if self._display_left < 0:
            kept = {"text/plain": "… this output is too large and was left out"}
        output: dict[str, Any] = {"output_type": "display_data", "data": kept, "metadata": {}}
        if count is not None:
            output |= {"output_type": "execute_result", "execution_count": count}
        self.items.append(output)

    def error(self, name: str, text: str, traceback: str) -> None:
        """Add the exception that ended the cell."""
        self.items.append(
            {
                "output_type": "error",
                "ename": name,
                "evalue": text,
                "traceback": traceback.splitlines(),
            }
        )


class Stream(io.TextIOBase):
    """`sys.stdout` or `sys.stderr` of the student's code."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, name: str, sink: "Sink") -> None:
        self._name, self._sink = name, sink

    def writable(self) -> bool:
        """Say yes."""
        return True

    def write(self, text: str) -> int:
        """Add to the outputs of whatever runs now."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._sink.outputs.text(self._name, text)
        return len(text)


class Sink:
    """Where output goes at this moment."""

    def __init__(self, outputs: Outputs) -> None:
        self.outputs = outputs
        self.stdout, self.stderr = Stream("stdout", self), Stream("stderr", self)


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
