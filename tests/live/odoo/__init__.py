"""The Odoo adapter against a real server that environment variables name."""
