"""The red team: submissions that try to cheat, read, harm or stop a grader, and what they get."""
