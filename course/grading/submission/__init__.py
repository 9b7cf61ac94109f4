"""What was handed in, and the notebook that is made of it; nothing in it is trusted."""
