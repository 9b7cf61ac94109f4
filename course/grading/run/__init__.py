"""A class: which submissions to grade, where, and what is kept of earlier runs."""
