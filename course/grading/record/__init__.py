"""What is written: gradebook, graded notebooks, pages; one writer."""
