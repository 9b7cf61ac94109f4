from course.plots._training import DROPPED, draw_block, draw_dropout


def texts_of(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def markers(figure, marker):
    return [line for line in figure.axes[0].lines if line.get_marker() == marker]


def test_the_block_names_what_goes_in_out_and_back():
    texts = texts_of(draw_block())
    for text in ("logits $z$", "softmax", "labels $y$", "cost $C$", "one block: cross_entropy"):
        assert text in texts
    assert any("$p - y$" in text for text in texts)


def test_dropout_is_drawn_twice_and_drops_in_training_only():
    figure = draw_dropout()
    assert len(markers(figure, "o")) == 2 * (3 + 5 + 2)
    assert len(markers(figure, "x")) == len(DROPPED)


def test_a_dropped_unit_has_no_edges():
    edges = [line for line in draw_dropout().axes[0].lines if line.get_marker() == "None"]
    assert len(edges) == (3 + 2) * (5 - len(DROPPED)) + (3 + 2) * 5
