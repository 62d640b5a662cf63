"""The mandate service of our own: invitations, pages on which debtors sign, evidence, the signed document."""
