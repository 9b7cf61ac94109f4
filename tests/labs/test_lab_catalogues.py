"""What holds for the mistakes and test cells of every lab, beyond what `course verify` proves."""

import re

from course.labs import Kind, cells_of, release_cell_source


def headings(lab):
    return {
        match.group(1).strip()
        for name in lab.notebooks
        for cell in cells_of(lab.source(name))
        if cell.kind is Kind.TEXT
        for match in re.finditer(r"^#+ (.+)$", cell.source, re.MULTILINE)
    }


def test_mistakes_send_students_to_headings_that_exist(lab):
    assert {mistake.see for mistake in lab.mistakes} - {""} <= headings(lab)


def test_failed_tests_send_students_to_headings_that_exist(lab):
    for name in lab.notebooks:
        source = lab.source(name)
        tests = [cell.source for cell in cells_of(source) if cell.kind is Kind.TEST]
        named = {see for test in tests for see in re.findall(r'see = (?:".+", )?"(.+)"', test)}
        assert named
        assert named <= headings(lab)


def test_mistakes_are_told_apart_by_id_and_title(lab):
    ids = [mistake.id for mistake in lab.mistakes]
    titles = [(mistake.exercise, mistake.title) for mistake in lab.mistakes]
    assert len(set(ids)) == len(ids) >= 15
    assert len(set(titles)) == len(titles)


def test_hints_do_not_quote_the_solution(lab):
    shown = "\n".join(
        release_cell_source(node) for name in lab.notebooks for node in lab.source(name).cells
    )
    for mistake in lab.mistakes:
        for right, _ in mistake.edits:
            if len(right) > 12 and right not in shown:
                assert right not in mistake.hint, mistake.id
