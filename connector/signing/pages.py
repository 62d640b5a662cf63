"""The pages: what each address answers. The acts behind them stand in visits, codes and signatures."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from starlette.responses import JSONResponse, RedirectResponse, Response

from bankfiles.pain008.model import Scheme
from connector.mails.addresses import country_name
from connector.model.customer import Language
from connector.ports import Mailer
from connector.signing import wording
from connector.signing.account import account_of, grouped
from connector.signing.call import Call
from connector.signing.codes import CodeOutcome, Codes
from connector.signing.details import LENGTHS, Details, problems_of
from connector.signing.rendering import Renderer, countries, stylesheet
from connector.signing.service import SigningService
from connector.signing.signatures import Signatures, SignOutcome
from connector.signing.tokens import CODE_DIGITS, RandBelow
from connector.signing.visits import Opened, Visits
from connector.store.signing_invitations import DraftRow
from connector.store.signing_tables import InvitationState
from connector.texts import say
from connector.texts.formatting import written

_REASON_MAX = 500


def _invited(page: Callable[[Pages, Call, Opened], Response]) -> Callable[[Pages, Call], Response]:
    """Find the invitation first; an unknown token and a wrong address look the same."""

    @wraps(page)
    def found(self: Pages, call: Call) -> Response:
        opened = self.visits.open(call.token)
        return self.missing(call) if opened is None else page(self, call, opened)

    return found


def _open_only(page: Callable[[Pages, Call, Opened], Response]) -> Callable[[Pages, Call], Response]:
    """The same, for pages of an invitation that can still be signed; others get its state and nothing else."""

    @_invited
    @wraps(page)
    def found(self: Pages, call: Call, opened: Opened) -> Response:
        return page(self, call, opened) if opened.state is InvitationState.OPEN else self.closed(call, opened)

    return found


class Pages:
    """All pages of one signing service."""

    def __init__(self, service: SigningService, mailer: Mailer, randbelow: RandBelow) -> None:
        self.service = service
        self.visits = Visits(service)
        self.codes = Codes(service, mailer, randbelow)
        self.signatures = Signatures(service, mailer)
        self.renderer = Renderer(service.settings.url)

    # ---------------------------------------------------------------------------------- first step: details and consent

    @_open_only
    def sign_page(self, call: Call, opened: Opened) -> Response:
        """The form, filled in with what is known."""
        language = call.language(opened.offer.language)
        self.visits.view(opened, language, call.visitor)
        return self._sign_form(call, opened, _filled_in(opened))

    @_open_only
    def give_details(self, call: Call, opened: Opened) -> Response:
        """Check what was filled in; if it is right, mail a code."""
        offer, language = opened.offer, call.language(opened.offer.language)
        details = Details.from_form(call.form)
        known = frozenset(code for code, _ in self._countries(opened, language))
        problems = problems_of(details, call.form.get("consent") == "yes", known)
        if problems:
            return self._sign_form(call, opened, details, problems=wording.of_problems(language, problems), status=422)
        text = self.service.text(offer, language)
        consent = wording.consent(language, opened.offer.scheme)
        outcome = self.codes.give_details(opened, details, text, call.form.get("seen", ""), consent, call.visitor)
        if outcome is CodeOutcome.CLOSED:
            return self.closed(call)
        if outcome in (CodeOutcome.TEXT_CHANGED, CodeOutcome.TOO_MANY):
            notice = say(language, f"signing.notice.{outcome}")
            status = 409 if outcome is CodeOutcome.TEXT_CHANGED else 429
            return self._sign_form(call, opened, details, notice=notice, status=status)
        failed = "&failed=1" if outcome is CodeOutcome.NOT_MAILED else ""
        return RedirectResponse(f"{self.renderer.address(call.token, '/code')}?lang={language}{failed}", 303)

    @_open_only
    def check_iban(self, call: Call, opened: Opened) -> Response:
        """The instant check of the form: whether the account can be used, in words."""
        language = call.language(opened.offer.language)
        account = account_of(call.form.get("iban", "")[: LENGTHS["iban"]])
        return JSONResponse({"good": account.problem is None, "message": wording.of_account(language, account)})

    # -------------------------------------------------------------------------------------------- second step: the code

    @_open_only
    def code_page(self, call: Call, opened: Opened) -> Response:
        """The form for the code; without a draft, the first form."""
        if opened.draft is None:
            return RedirectResponse(self.renderer.address(call.token), 303)
        language = call.language(opened.offer.language)
        failed = "failed" in call.query
        return self._code_form(
            call, opened, opened.draft, notice=wording.code(language, "not_mailed") if failed else ""
        )

    @_invited
    def give_code(self, call: Call, opened: Opened) -> Response:
        """Sign, or say why not."""
        language = call.language(opened.offer.language)
        code = "".join(sign for sign in call.form.get("code", "") if sign.isdigit())
        if len(code) != CODE_DIGITS and opened.draft and opened.state is InvitationState.OPEN:
            return self._code_form(call, opened, opened.draft, problem=wording.code(language, "missing"), status=422)
        outcome = self.signatures.sign(opened, call.form.get("draft", ""), code, call.visitor)
        opened = self.visits.open(call.token) or opened
        if outcome is SignOutcome.SIGNED:
            return self._done(call, opened)
        if outcome is SignOutcome.CLOSED or opened.draft is None:
            return self.closed(call)
        if outcome is SignOutcome.CHANGED:
            notice = say(language, "signing.notice.details_changed")
            return self._sign_form(call, opened, _filled_in(opened), notice=notice, status=409)
        left = self.service.settings.code_attempts - opened.draft.tries
        problem = wording.code(language, outcome.value, count=left) if outcome is SignOutcome.WRONG else ""
        problem = problem or wording.code(language, outcome.value)
        return self._code_form(call, opened, opened.draft, problem=problem, status=422)

    @_open_only
    def send_again(self, call: Call, opened: Opened) -> Response:
        """Mail another code."""
        language = call.language(opened.offer.language)
        outcome = self.codes.send_again(opened)
        opened = self.visits.open(call.token) or opened
        if opened.draft is None or outcome is CodeOutcome.CLOSED:
            return self.closed(call)
        notices = {
            CodeOutcome.SENT: wording.code(language, "sent_again"),
            CodeOutcome.TOO_SOON: wording.code(language, "too_soon", seconds=self.codes.pause_left(opened.draft)),
            CodeOutcome.TOO_MANY: say(language, "signing.notice.too_many"),
            CodeOutcome.NOT_MAILED: wording.code(language, "not_mailed"),
        }
        status = 200 if outcome is CodeOutcome.SENT else 429
        return self._code_form(call, opened, opened.draft, notice=notices[outcome], status=status)

    # ---------------------------------------------------------------------------------------------------- after signing

    @_invited
    def mandate(self, call: Call, opened: Opened) -> Response:
        """The signed mandate as a PDF, for the one who just signed it."""
        document = None
        if self.signatures.ticket_holds(opened, call.form.get("ticket", "")):
            document = self.signatures.document(opened)
        if document is None:
            return self.closed(call) if opened.state is not InvitationState.OPEN else self.missing(call)
        headers = {"Content-Disposition": f'attachment; filename="{document.name}"'}
        return Response(document.content, media_type=document.media_type, headers=headers)

    # --------------------------------------------------------------------------------------------------------- refusing

    @_open_only
    def refuse_page(self, call: Call, opened: Opened) -> Response:
        """Ask once more, and why."""
        language = call.language(opened.offer.language)
        return self.renderer.page("refuse", language, token=call.token, opened=opened, switch="/refuse")

    @_open_only
    def refuse(self, call: Call, opened: Opened) -> Response:
        """Write the refusal down."""
        reason = " ".join(call.form.get("reason", "").split())[:_REASON_MAX]
        self.visits.refuse(opened, reason, call.visitor)
        return self.closed(call)

    # -------------------------------------------------------------------------------------------- what pages consist of

    @_invited
    def logo(self, call: Call, opened: Opened) -> Response:
        """The creditor's picture."""
        if opened.logo is None:
            return self.missing(call)
        media_type, content = self.visits.logo(opened.logo)
        # Opened on its own, an SVG is a document: here it may do nothing.
        return Response(
            content, media_type=media_type, headers={"Content-Security-Policy": "default-src 'none'; sandbox"}
        )

    @_invited
    def colours(self, call: Call, opened: Opened) -> Response:
        """The creditor's colour as a style sheet: the policy of the pages allows no style within them."""
        del call
        return Response(stylesheet(opened.offer.creditor.colour), media_type="text/css")

    # ---------------------------------------------------------------------------------------------------- other answers

    def closed(self, call: Call, opened: Opened | None = None) -> Response:
        """What has become of an invitation, and nothing of what stands in it but the creditor."""
        opened = opened or self.visits.open(call.token)
        if opened is None or opened.state is InvitationState.OPEN:
            return self.missing(call)
        language = call.language(opened.offer.language)
        key = f"signing.state.{opened.state}"
        return self.renderer.page(
            "message",
            language,
            token=call.token,
            opened=opened,
            heading=say(language, f"{key}.heading"),
            message=say(language, f"{key}.text", creditor=opened.offer.creditor.name),
        )

    def missing(self, call: Call) -> Response:
        """There is no such page."""
        return self._error(call, "missing", 404)

    def refused(self, call: Call, status: int) -> Response:
        """What was sent can't be accepted."""
        return self._error(call, "refused", status)

    def _error(self, call: Call, key: str, status: int) -> Response:
        language = call.language()
        heading, message = (say(language, f"signing.error.{key}.{part}") for part in ("heading", "text"))
        return self.renderer.page("message", language, status=status, heading=heading, message=message)

    def _sign_form(
        self,
        call: Call,
        opened: Opened,
        values: Details,
        *,
        problems: dict[str, str] | None = None,
        notice: str = "",
        status: int = 200,
    ) -> Response:
        offer, language = opened.offer, call.language(opened.offer.language)
        today = self.service.now().astimezone(self.service.time_zone).date()
        return self.renderer.page(
            "sign",
            language,
            token=call.token,
            opened=opened,
            status=status,
            values=values,
            problems=problems or {},
            notice=notice,
            text=self.service.text(offer, language),
            countries=self._countries(opened, language),
            limits=LENGTHS,
            reference=offer.reference,
            enterprise_number=offer.enterprise_number,
            type=say(language, f"signing.type.{offer.type}"),
            consent=wording.consent(language, opened.offer.scheme),
            email=offer.masked_email,
            today=written(language, today),
        )

    def _code_form(
        self, call: Call, opened: Opened, draft: DraftRow, *, problem: str = "", notice: str = "", status: int = 200
    ) -> Response:
        offer, language = opened.offer, call.language(opened.offer.language)
        until = draft.code_expires_at.astimezone(self.service.time_zone).strftime("%H:%M")
        can_try = draft.tries < self.service.settings.code_attempts and self.service.now() <= draft.code_expires_at
        return self.renderer.page(
            "code",
            language,
            token=call.token,
            opened=opened,
            status=status,
            draft=draft.digest,
            values=draft.details,
            iban=grouped(draft.details["iban"]),
            problems={"code": problem} if problem else {},
            notice=notice,
            sent=wording.code(language, "sent", email=offer.masked_email, time=until) if can_try and not notice else "",
            can_try=can_try,
            reference=offer.reference,
            type=say(language, f"signing.type.{offer.type}"),
        )

    def _done(self, call: Call, opened: Opened) -> Response:
        offer = opened.offer
        return self.renderer.page(
            "done",
            call.language(offer.language),
            token=call.token,
            opened=opened,
            switch=None,
            mailed=self.signatures.mail_copy(opened),
            email=offer.masked_email,
            b2b=offer.scheme is Scheme.B2B,
            ticket=self.signatures.ticket(opened),
        )

    @staticmethod
    def _countries(opened: Opened, language: Language) -> tuple[tuple[str, str], ...]:
        """The countries to choose from: those of SEPA, and the one that the creditor knows the debtor by."""
        listed = countries(language)
        own = opened.offer.debtor_address.country
        return listed if not own or own in dict(listed) else (*listed, (own, country_name(own, language)))


def _filled_in(opened: Opened) -> Details:
    if opened.draft is None:
        return Details.from_offer(opened.offer)
    given = opened.draft.details
    return Details(**{**given, "iban": grouped(given["iban"])})
