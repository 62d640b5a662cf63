"""Contract kits, and the adapters that join them."""
