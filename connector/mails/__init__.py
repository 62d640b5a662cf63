"""The mails that debtors get, as `Mail`: text and HTML, in the debtor's language, in the creditor's name and colour.

Only mails are made here; the ports' mailers send them. The sentences stand in connector/texts/mail.<language>.yaml.
"""

from connector.mails.invitation import invitation_mail
from connector.mails.notice import NoticeLine, notice_mail
from connector.mails.signature import code_mail, signed_mail

__all__ = ["NoticeLine", "code_mail", "invitation_mail", "notice_mail", "signed_mail"]
