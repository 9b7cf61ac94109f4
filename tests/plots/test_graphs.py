import re
import subprocess
import sys

from course import plots
from course.plots.figures import FIGURES, as_svg, write_figures


def texts_of(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def test_the_layer_names_each_gradient_once():
    texts = texts_of(plots.draw_layer())
    assert sorted(text for text in texts if text.startswith("d")) == ["da", "db", "dw", "dx", "dz"]


def test_shapes_follow_the_sizes():
    figure = plots.draw_shapes([2, 5, 1])
    texts = texts_of(figure)
    for shape in ("(1, 2)", "(2, 5)", "(5,)", "(1, 5)", "(5, 1)", "(1,)", "(1, 1)"):
        assert shape in texts
    cells = [patch for patch in figure.axes[0].patches if patch.get_fill()]
    assert len(cells) == (2 + 10 + 5 + 5 + 5) + (5 + 5 + 1 + 1 + 1)


def test_the_chain_has_a_gradient_for_each_layer():
    texts = " ".join(texts_of(plots.draw_chain(3)))
    assert re.findall(r"grads_w\[(\d)\] \$= a_(\d)\^T", texts) == [
        ("0", "0"),
        ("1", "1"),
        ("2", "2"),
    ]


def test_figures_are_the_same_bytes_each_time(tmp_path):
    write_figures(tmp_path / "one")
    write_figures(tmp_path / "two")
    for lab, figures in FIGURES.items():
        for name in figures:
            file = f"{lab}/figures/{name}.svg"
            first = (tmp_path / "one" / file).read_bytes()
            assert first == (tmp_path / "two" / file).read_bytes()
            assert b"<dc:date>" not in first


def test_svg_is_svg():
    assert "<svg" in as_svg(plots.draw_layer())


def test_matplotlib_comes_only_with_the_first_picture():
    code = "import sys, course.plots; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
