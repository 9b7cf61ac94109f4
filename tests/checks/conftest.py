"""Property tests draw the same examples each time, and are not timed."""

from hypothesis import settings

settings.register_profile("checks", derandomize=True, deadline=None)
settings.load_profile("checks")
