"""A real Tryton, spoken to by the adapter."""
