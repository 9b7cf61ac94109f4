"""Grading in two processes: a trusted referee and an untrusted student process."""
