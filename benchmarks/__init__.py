"""What is measured, against what; each module prints its ratio."""
