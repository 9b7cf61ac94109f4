"""The figures of lab 6 show what its text says of them."""

from course.plots import figures

FIGURES = figures.FIGURES["lab6_library"]


def written(name):
    return {text.get_text() for text in FIGURES[name]().axes[0].texts}


def test_the_contract_names_all_gradients_and_shapes():
    assert {"x  (B, n_in)", "y  (B, n_out)", "in_gradient  (B, n_out)"} <= written("layer_contract")
    assert "gradient_input  (B, n_in)" in written("layer_contract")


def test_the_model_has_no_gradients_for_its_activation():
    assert {"Linear", "ReLU", "loss", "None", "loss.grad()"} <= written("layer_stack")


def test_the_mask_crosses_out_the_same_entries_on_both_ways():
    crosses = FIGURES["layer_dropout"]().axes[0].lines
    assert len(crosses) == 2 * 2 * 4


def test_the_reports_are_those_of_the_text():
    assert {"waits for 2 reports", "waits for 2", "waits for 1", "begins"} <= written("reports")
