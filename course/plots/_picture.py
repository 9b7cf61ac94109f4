"""A matplotlib figure that shows itself, without pyplot and its list of open figures."""

from io import BytesIO

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure


class Picture(Figure):
    """A figure that Jupyter shows when it is a cell's last expression."""

    def _repr_png_(self) -> bytes:
        buffer = BytesIO()
        FigureCanvasAgg(self).print_png(buffer)
        return buffer.getvalue()
