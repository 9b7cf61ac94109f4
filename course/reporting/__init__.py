"""Results to people: pages for students, a report and tables for the instructor."""
