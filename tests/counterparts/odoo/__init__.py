"""A server that plays Odoo: /jsonrpc and, on 19, /json/2, over HTTP on loopback, strict about what it accepts.

It is written from what was measured on real servers of 17, 18 and 19, keeps its records in memory, and takes its
time from the clock that it is given.

    with odoo(19, Home.OCA, clock=clock) as town:            # in a test: a thread
        town.server.url                                      # http://127.0.0.1:PORT, database town.database
        town.keys["connector"], town.users["connector"]      # also admin, finance, bare; passwords: login + "-local"
        customer = town.customer("Zoë Peeters", iban="BE71096123456769")
        invoice = town.invoice(customer, "121.00")
        town.server.troubles.stage(Kind.LOST_ANSWER, "account.payment.register.action_create_payments")

    python -m tests.counterparts.odoo --version 19 --home oca --customers 10000 --invoices 50000

The process prints one line of JSON: url, database, keys, users, company; GET /counterpart/calls gives the number of
calls by model.method. Three homes of mandates: custom fields (vanilla), OCA, Enterprise (not measured, plain).

Not played: XML-RPC, read_group, name_search, copy, onchange, taxes, supplier bills, bank statements, portal users.
"""

from tests.counterparts.odoo.homes import Home
from tests.counterparts.odoo.late import LateTransaction
from tests.counterparts.odoo.server import OdooServer
from tests.counterparts.odoo.town import Town, odoo
from tests.counterparts.odoo.trouble import CHANGES, Kind

__all__ = ["CHANGES", "Home", "Kind", "LateTransaction", "OdooServer", "Town", "odoo"]
