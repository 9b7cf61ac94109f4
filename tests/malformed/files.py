"""Files that are no UTF-8 text of one JSON object, or hardly."""

import gzip
import io
import zipfile
from random import Random

from tests.malformed.mutation import Layer, Outcome

KEEPS, REFUSED = Outcome.KEEPS, Outcome.REFUSED
file = Layer()


def _with(data: bytes, entry: bytes) -> bytes:
    """Put an entry at the head of the JSON object."""
    return data.replace(b"{", b"{" + entry + b",", 1)


def _zipped(data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("lines.ipynb", data)
    return buffer.getvalue()


file.add(
    KEEPS,
    byte_order_mark=lambda d, _: b"\xef\xbb\xbf" + d,
    utf_16=lambda d, _: d.decode().encode("utf-16"),
    utf_16_without_mark=lambda d, rng: d.decode().encode(f"utf-16-{rng.choice(['le', 'be'])}"),
    utf_32=lambda d, _: d.decode().encode("utf-32"),
    latin_1=lambda d, _: _with(d, '"naïve": "Größe é"'.encode("latin-1")),
    bytes_that_are_no_text=lambda d, _: _with(d, b'"x": "\xff\xfe\xc0\x80"'),
    blank_lines_around=lambda d, _: b"\n\n \t\r\n" + d + b"\n\n",
    zeros_at_the_end=lambda d, _: d + b"\0" * 4_096,
    more_after_the_end=lambda d, _: d + b"\n}}] and so on",
    twice=lambda d, _: d + d,
    not_a_number=lambda d, _: _with(d, b'"x": [NaN, Infinity, -Infinity]'),
    huge_whole_number=lambda d, _: _with(d, b'"nbformat": ' + b"7" * 100_000),
    huge_exponent=lambda d, _: _with(d, b'"nbformat_minor": 1e999999999'),
    many_decimals=lambda d, _: _with(d, b'"x": 0.' + b"3" * 100_000),
    duplicate_keys=lambda d, _: _with(d, b'"cells": 3, "nbformat": 9, "metadata": []'),
    control_characters=lambda d, _: _with(d, b'"x": "\x00\x01\t\x1b[2J\n"'),
    lone_surrogates=lambda d, _: _with(d, rb'"\ud800": "\udc00\ud800"'),
    line_ends_of_windows=lambda d, _: d.replace(b"\n", b"\r\n"),
    on_one_line=lambda d, _: d.replace(b"\n", b" "),
)
file.add(
    REFUSED,
    empty=lambda d, _: b"",
    blank=lambda d, _: b" \n\n\t",
    zeros=lambda d, _: b"\0" * 5_000,
    truncated=lambda d, rng: d[: rng.randrange(2, len(d) - 100)],
    begin_lost=lambda d, rng: d[rng.randrange(1, len(d)) :].lstrip(b"{[ \n") or b"x",
    compressed=lambda d, _: gzip.compress(d),
    zipped=lambda d, _: _zipped(d),
    picture=lambda d, rng: b"\x89PNG\r\n\x1a\n" + rng.randbytes(500),
    document=lambda d, rng: b"%PDF-1.7\n" + rng.randbytes(500),
    web_page=lambda d, _: b"<!DOCTYPE html><html><body>Sign in</body></html>",
    script=lambda d, _: b"# %%\nimport numpy as np\n\ndef squares(x):\n    return x**2\n",
    noise=lambda d, rng: b"\xf0" + rng.randbytes(2_000),
    json_list=lambda d, _: b"[" + d + b"]",
    json_string=lambda d, _: b'"' + b"notebook" * 10 + b'"',
    json_number=lambda d, rng: rng.choice([b"3", b"-1e5", b"9" * 50_000, b"NaN"]),
    json_word=lambda d, rng: rng.choice([b"null", b"true", b"false"]),
    empty_object=lambda d, _: b"{}",
    deep=lambda d, rng: _with(d, b'"x": ' + rng.choice([b"[", b'{"a":']) * 100_000),
    deep_from_the_start=lambda d, _: b"[" * 100_000,
    merge_marks=lambda d, _: d.replace(b'"cells"', b'\n<<<<<<< HEAD\n "cells"', 1),
    comma_too_many=lambda d, _: d.replace(b"{", b"{,", 1),
    comment=lambda d, _: d.replace(b"{", b"{ // my notebook\n", 1),
    single_quotes=lambda d, _: d.replace(b'"', b"'"),
    cells_overwritten=lambda d, _: d.rstrip()[:-1] + b', "cells": "none"}',
    html_escaped=lambda d, _: d.replace(b'"', b"&quot;"),
)


@file(REFUSED, alone=True)
def too_many_parts(data: bytes, rng: Random) -> bytes:
    return _with(data, b'"x": [' + b"{}," * 6_000_000 + b"0]")


@file(REFUSED, alone=True)
def larger_than_the_limit(data: bytes, rng: Random) -> bytes:
    return data + b" " * (64 * 2**20)
