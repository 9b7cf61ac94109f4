"""Pictures for notebooks and reports: each function returns a figure that Jupyter shows by itself.

matplotlib is imported when the first picture is drawn, and its global state is never touched. The
drawings of the labs' own text are in `course.plots.figures`.
"""

from course.plots._boundaries import plot_boundaries
from course.plots._computation import draw_graph
from course.plots._curves import plot_curves, plot_gradient_flow, plot_step_sizes, plot_training
from course.plots._digits import show_digits, show_weights
from course.plots._graphs import draw_chain, draw_layer, draw_shapes

__all__ = [
    "draw_chain",
    "draw_graph",
    "draw_layer",
    "draw_shapes",
    "plot_boundaries",
    "plot_curves",
    "plot_gradient_flow",
    "plot_step_sizes",
    "plot_training",
    "show_digits",
    "show_weights",
]
