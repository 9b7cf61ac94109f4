"""How long a run will still take, in words."""

UNITS = ((3600, "h"), (60, "min"), (1, "s"))


def time_left(times: list[float], total: int) -> str:
    """Say how long the rest takes at the pace of what is done, "" where that cannot be told.

    `times` are those of the results so far; what came before the first of them does not count.
    """
    done = len(times)
    if done < 2 or done >= total:
        return ""
    seconds = max(1, round((times[-1] - times[0]) / (done - 1) * (total - done)))
    size, unit = next((size, unit) for size, unit in UNITS if seconds >= 2 * size or size == 1)
    return f", about {round(seconds / size)} {unit} left"
