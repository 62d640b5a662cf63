"""What posting, paying and undoing do to entries: totals, lines that are due, what is matched with what."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.counterparts.odoo.errors import UserError
from tests.counterparts.odoo.fields import Row

if TYPE_CHECKING:
    from tests.counterparts.odoo.env import Env

MATCHES = "account.partial.reconcile"
LINES = "account.move.line"
CENT = Decimal("0.01")
NOTHING = Decimal("0.00")


def journal(env: Env, kind: str) -> int:
    """The first journal of a kind in the current company."""
    for row in env.database.tables.of["account.journal"].rows.values():
        if row["type"] == kind and row["company_id"] == env.company:
            id_: int = row["id"]
            return id_
    raise UserError(f"No journal could be found in company {env.company} for any of those types: {kind}")


def account(env: Env, company: int, kind: str) -> int:
    """The first account of a type in a company."""
    rows = env.database.tables.of["account.account"].rows.values()
    found = (row["id"] for row in rows if row["account_type"] == kind and row["company_id"] == company)
    return int(next(found))


def currency(env: Env, journal_id: int) -> int:
    """The currency of a journal: its own, else the company's."""
    row = env["account.journal"].row(env, journal_id)
    id_: int = row.get("currency_id") or env["res.company"].row(env, row["company_id"])["currency_id"]
    return id_


def own_account(env: Env, company: int) -> int | None:
    """The company's own bank account."""
    partner = env["res.company"].row(env, company)["partner_id"]
    return next(iter(env.database.tables.of["res.partner.bank"].where("partner_id", [partner])), None)


def in_company_currency(env: Env, currency_id: int, amount: Decimal) -> Decimal:
    """An amount at the rate of its currency (units for one of the company's)."""
    rate: Decimal = env["res.currency"].row(env, currency_id).get("rate") or Decimal(1)
    return (amount / rate).quantize(CENT)


def write_terms(env: Env, move_id: int) -> None:
    """Give a draft invoice its totals and the lines of what is due."""
    moves, lines = env["account.move"], env.database.tables.of[LINES]
    move = moves.row(env, move_id)
    products = [lines.rows[id_] for id_ in lines.where("move_id", [move_id])]
    for line in products:
        if line["display_type"] == "payment_term":
            env.database.tables.drop(LINES, line["id"])
    total = sum((line.get("price_total") or NOTHING for line in products), NOTHING)
    sign = -1 if move["move_type"] == "out_refund" else 1
    due = list(shares(env, move, total))
    for day, amount in due:
        put_due_line(env, move, sign * amount, day)
    signed = sign * in_company_currency(env, move["currency_id"], total)
    amounts = {"amount_total": total, "amount_untaxed": total, "amount_residual": total}
    last = {"invoice_date_due": due[-1][0]} if due else {}
    moves.put(env, {**move, **amounts, **last, "amount_total_signed": signed, "amount_residual_signed": signed})


def shares(env: Env, move: Row, total: Decimal) -> Iterable[tuple[str, Decimal]]:
    """When how much falls due: by payment term, else all on the due date."""
    table = env.database.tables.of["account.payment.term.line"]
    term = [table.rows[id_] for id_ in table.where("payment_id", [move.get("invoice_payment_term_id")])]
    start = date.fromisoformat(move.get("invoice_date") or move["date"])
    if not move.get("invoice_payment_term_id") or not term:
        yield move.get("invoice_date_due") or start.isoformat(), total
        return
    left = total
    for line in term:
        part = left if line is term[-1] else (total * line["value_amount"] / 100).quantize(CENT)
        left -= part
        yield (start + timedelta(days=line.get("nb_days") or 0)).isoformat(), part


def put_due_line(env: Env, move: Row, amount: Decimal, day: str | None, **more: Any) -> int:
    """A line on the receivable account; `amount` in the entry's currency, positive if it is owed to the company."""
    lines = env[LINES]
    balance = in_company_currency(env, move["currency_id"], amount)
    id_ = lines.reserve(env)
    row: Row = {
        "id": id_,
        "move_id": move["id"],
        "company_id": move["company_id"],
        "partner_id": move.get("commercial_partner_id"),
        "account_id": account(env, move["company_id"], "asset_receivable"),
        "display_type": "payment_term",
        "date_maturity": day,
        "currency_id": move["currency_id"],
        "amount_currency": amount,
        "balance": balance,
        "debit": max(balance, NOTHING),
        "credit": max(-balance, NOTHING),
        "amount_residual": balance,
        "amount_residual_currency": amount,
        "quantity": Decimal(1),
        **dict.fromkeys(("create_date", "write_date"), env.now),
        **dict.fromkeys(("create_uid", "write_uid"), env.user_id),
    }
    lines.put(env, row | more)
    return id_


def post(env: Env, move_id: int) -> None:
    """Number, structured reference, and from now on it is due."""
    moves = env["account.move"]
    move = moves.row(env, move_id)
    lines = env.database.tables.of[LINES]
    if move["move_type"] == "entry":
        if sum((lines.rows[id_]["balance"] for id_ in lines.where("move_id", [move_id])), NOTHING):
            raise UserError("The entry is not balanced.")
    elif not move.get("partner_id"):
        raise UserError("The field 'Customer' is required, please complete it to validate the Customer Invoice.")
    if not move.get("invoice_date") and move["move_type"] != "entry":
        moves.put(env, {**move, "invoice_date": env.now.date().isoformat()})
        moves.put(env, moves.computed(env, moves.row(env, move_id)))
        write_terms(env, move_id)
        move = moves.row(env, move_id)
    number = move["name"] if move.get("name") not in (None, "/") else next_number(env, move)
    reference = move.get("payment_reference")
    if move["move_type"] == "out_invoice":
        reference = reference or structured_reference(env, move, number)
    moves.touch(env, move_id, state="posted", posted_before=True, name=number, payment_reference=reference)
    bump_partner(env, move)


def next_number(env: Env, move: Row) -> str:
    """The next number in the journal and year, e.g. INV/2026/00001."""
    code = env["account.journal"].row(env, move["journal_id"])["code"]
    prefix = {"out_refund": "R"}.get(move["move_type"], "P" if move.get("payment_id") else "")
    year = move["date"][:4]
    return f"{prefix}{code}/{year}/{env.database.next_number(f'{prefix}{code}/{year}'):05d}"


def structured_reference(env: Env, move: Row, number: str) -> str:
    """A Belgian company prints the structured communication of ten digits and their remainder by 97."""
    country = env["res.company"].row(env, move["company_id"]).get("country_id")
    if not country or env["res.country"].row(env, country)["code"] != "BE":
        return number
    digits = f"{move['id']:010d}{(move['id'] % 97) or 97:02d}"
    return f"+++{digits[:3]}/{digits[3:7]}/{digits[7:]}+++"


def bump_partner(env: Env, move: Row) -> None:
    """On 19 posting or paying an invoice rewrites its partner; before, it does not."""
    if env.version >= 19 and move.get("commercial_partner_id") and move["move_type"] != "entry":
        env["res.partner"].touch(env, move["commercial_partner_id"])


def due_lines(env: Env, move_id: int) -> list[Row]:
    """The lines of what is due, earliest first."""
    lines = env.database.tables.of[LINES]
    found = [lines.rows[id_] for id_ in lines.where("move_id", [move_id])]
    return sorted(
        (line for line in found if line["display_type"] == "payment_term"),
        key=lambda line: (line["date_maturity"] or "", line["id"]),
    )


def match(env: Env, debit_move: int, credit_move: int) -> None:
    """Match what is open on one entry with what is open on the other, as far as it goes."""
    for owed in due_lines(env, debit_move):
        for paid in due_lines(env, credit_move):
            open_owed = env[LINES].row(env, owed["id"])["amount_residual_currency"]
            open_paid = -env[LINES].row(env, paid["id"])["amount_residual_currency"]
            amount = min(open_owed, open_paid)
            if amount > 0:
                values = {"debit_move_id": owed["id"], "credit_move_id": paid["id"], "amount": amount}
                env[MATCHES].create_one(env.sudo(), values)
                _change_residual(env, owed["id"], -amount)
                _change_residual(env, paid["id"], amount)
    for move_id in (debit_move, credit_move):
        refresh(env, move_id)


def unmatch(env: Env, move_id: int) -> None:
    """Take all matches of an entry away."""
    own = {line["id"] for line in due_lines(env, move_id)}
    table = env.database.tables.of[MATCHES]
    found = {*table.where("debit_move_id", own), *table.where("credit_move_id", own)}
    touched = {move_id}
    for id_ in found:
        row = table.rows[id_]
        _change_residual(env, row["debit_move_id"], row["amount"])
        _change_residual(env, row["credit_move_id"], -row["amount"])
        touched |= {env[LINES].row(env, row[name])["move_id"] for name in ("debit_move_id", "credit_move_id")}
        env.database.tables.drop(MATCHES, id_)
    for touched_id in touched:
        refresh(env, touched_id)


def matched_moves(env: Env, move_id: int) -> list[int]:
    """Entries that are matched with one."""
    own = {line["id"] for line in due_lines(env, move_id)}
    table = env.database.tables.of[MATCHES]
    others = [table.rows[id_]["credit_move_id"] for id_ in table.where("debit_move_id", own)]
    others += [table.rows[id_]["debit_move_id"] for id_ in table.where("credit_move_id", own)]
    return list(dict.fromkeys(env[LINES].row(env, id_)["move_id"] for id_ in others))


def refresh(env: Env, move_id: int) -> None:
    """Bring residual and payment state of an invoice up to date, which bumps it."""
    moves = env["account.move"]
    move = moves.row(env, move_id)
    if move["move_type"] == "entry":
        return
    left = abs(sum((line["amount_residual_currency"] for line in due_lines(env, move_id)), NOTHING))
    signed = (-1 if move["move_type"] == "out_refund" else 1) * in_company_currency(env, move["currency_id"], left)
    state = _payment_state(env, move, left)
    moves.touch(env, move_id, amount_residual=left, amount_residual_signed=signed, payment_state=state)
    bump_partner(env, move)


def _payment_state(env: Env, move: Row, left: Decimal) -> str:
    if left == move["amount_total"]:
        return "not_paid"
    if left:
        return "partial"
    others = [env["account.move"].row(env, id_)["move_type"] for id_ in matched_moves(env, move["id"])]
    if others and "entry" not in others:
        return "reversed"
    return "in_payment" if env.database.has_accounting_app else "paid"


def _change_residual(env: Env, line_id: int, by: Decimal) -> None:
    lines = env[LINES]
    line = lines.row(env, line_id)
    left = line["amount_residual_currency"] + by
    company = in_company_currency(env, line["currency_id"], left)
    lines.touch(env, line_id, amount_residual_currency=left, amount_residual=company, reconciled=not left)


def check_not_locked(env: Env, move: Row) -> None:
    """Refuse to change what lies in a closed period."""
    lock = env["res.company"].row(env, move["company_id"]).get("fiscalyear_lock_date")
    if lock and move["state"] == "posted" and move["date"] <= lock:
        raise UserError(f"You cannot add/modify entries prior to and inclusive of {lock}.")
