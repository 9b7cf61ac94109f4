"""How neural networks learn: the course package."""
