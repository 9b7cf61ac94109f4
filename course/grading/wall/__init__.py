"""The wall between referee and student process, from the referee's side."""
