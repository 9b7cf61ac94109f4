"""Computation graphs: every node once, edges that end at boxes, no circles."""

import pytest

from course.plots._computation import WIDEST, draw_graph

CHAIN = [("a", "f"), ("f", "b")]


def texts(figure):
    return [text.get_text() for text in figure.axes[0].texts if text.get_text()]


def places(figure):
    return {t.get_text(): t.get_position() for t in figure.axes[0].texts if t.get_text()}


def test_every_node_and_note_is_written_once():
    labels = {"a": "a = 1", "f": "exp", "b": "b = 2.7"}
    figure = draw_graph(CHAIN, labels, operations={"f"}, notes={"a": "gradient 2.7"})
    assert sorted(texts(figure)) == ["a = 1", "b = 2.7", "exp", "gradient 2.7"]


def test_what_goes_in_stands_left_of_what_comes_out():
    edges = [("x", "*"), ("x", "*"), ("y", "*"), ("*", "z"), ("x", "+"), ("z", "+")]
    place = places(draw_graph(edges, {n: n for n in "xyz*+"}, operations="*+"))
    assert all(place[a][0] < place[b][0] for a, b in edges)


def test_no_two_nodes_share_a_place():
    edges = [(f"leaf {k}", "sum") for k in range(5)] + [("leaf 0", "sum 2"), ("sum", "sum 2")]
    labels = {node: node for edge in edges for node in edge}
    place = places(draw_graph(edges, labels))
    assert len(set(place.values())) == len(labels)


def test_a_long_graph_runs_from_top_to_bottom():
    edges = [(k, k + 1) for k in range(40)]
    figure = draw_graph(edges, {k: f"node {k}" for k in range(41)})
    place = places(figure)
    assert figure.get_size_inches()[0] < WIDEST
    assert all(place[f"node {a}"][1] > place[f"node {b}"][1] for a, b in edges)


def test_a_lone_node_is_drawn():
    assert texts(draw_graph([], {"a": "a = 1"})) == ["a = 1"]


def test_a_circle_is_refused():
    with pytest.raises(ValueError, match="circle"):
        draw_graph([*CHAIN, ("b", "a")], {"a": "", "f": "", "b": ""})


def test_the_figure_shows_itself():
    assert draw_graph(CHAIN, {"a": "a", "f": "f", "b": "b"})._repr_png_().startswith(b"\x89PNG")
