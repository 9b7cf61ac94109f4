"""Source to release: pairing, build, lint, verification."""
