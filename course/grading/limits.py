"""How much a student process may take."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds on one student process; times are wall-clock seconds, sizes are bytes.

    `cell_seconds` bounds one of the student's cells, `call_seconds` one call from a test cell,
    `test_seconds` one whole test cell (JAX may need many seconds to warm up on a busy machine),
    `trusted_seconds` one cell that is run on a known mistake in trusted code, and
    `notebook_seconds` the whole notebook; `start_seconds` bounds the start of a process,
    `cpu_seconds` the processor time of one, and `replacements` how many may follow the first.
    `memory_bytes` bounds the address space of each process, `resident_bytes` the memory that all
    processes of a submission really hold, `disk_bytes` what they write, `data_bytes` the files that
    came with the notebook. `output_chars` bounds the text that a cell prints, `display_chars` its
    rich output, `notebook_chars` all that is kept of a notebook. `value_bytes` bounds the arrays of
    one message, `structure_bytes` the rest of it, `value_depth` its nesting, `callback_bytes` what
    a function of the test is called with, because nothing can interrupt its work. `test_bytes`
    bounds the memory of all that one test receives, and `iterations` what a loop over a student's
    object may take.
    """

    cell_seconds: float = 20.0
    call_seconds: float = 10.0
    test_seconds: float = 120.0
    trusted_seconds: float = 60.0
    notebook_seconds: float = 600.0
    start_seconds: float = 60.0
    replacements: int = 20
    cpu_seconds: int = 600
    memory_bytes: int = 4 * 2**30
    resident_bytes: int = 2 * 2**30
    file_bytes: int = 64 * 2**20
    disk_bytes: int = 256 * 2**20
    data_bytes: int = 16 * 2**20
    open_files: int = 256
    processes: int = 64
    output_chars: int = 20_000
    display_chars: int = 1_000_000
    notebook_chars: int = 20_000_000
    value_bytes: int = 64 * 2**20
    callback_bytes: int = 8 * 2**20
    structure_bytes: int = 4 * 2**20
    value_depth: int = 32
    test_bytes: int = 2 * 2**30
    iterations: int = 1_000_000
