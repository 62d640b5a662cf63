"""The Odoo adapter: contacts, invoices, mandates and payments over odoo-client-lib."""
