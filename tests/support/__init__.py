"""Fixtures that bring the real parts that tests need: a database server, a browser, a mail server."""
