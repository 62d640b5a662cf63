"""The Tryton adapter: parties, invoices, mandates and payments over REST."""
