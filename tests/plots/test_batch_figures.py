from course.plots._batches import draw_batch, draw_outer_sum


def texts_of(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def filled(figure):
    return [patch for patch in figure.axes[0].patches if patch.get_fill()]


def test_the_batch_names_each_shape():
    texts = texts_of(draw_batch())
    for text in ("(B, n_in)", "(n_in, n_out)", "(B, n_out)", "(n_out,), repeated B times"):
        assert text in texts


def test_the_batch_has_three_rows():
    assert len(filled(draw_batch(5, 3))) == 3 * 5 + 5 * 3 + 3 * (3 * 3)


def test_biases_are_the_same_in_each_row():
    texts = texts_of(draw_batch(2, 3))
    assert [texts.count(rf"$b_{j}$") for j in (1, 2, 3)] == [3, 3, 3]


def test_the_sum_has_one_outer_product_per_example():
    texts = texts_of(draw_outer_sum())
    assert [f"a[{r}]" in texts for r in range(4)] == [True, True, True, False]
    assert texts.count("+") == 2


def test_an_example_has_one_colour_in_both_factors():
    colors = {patch.get_facecolor()[:3] for patch in filled(draw_outer_sum())}
    assert len(colors) == 4
