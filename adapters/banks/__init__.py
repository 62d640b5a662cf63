"""Bank channels."""
