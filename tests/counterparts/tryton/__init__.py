"""A real Tryton: its environment, its books, its server, and what stands in it."""
