"""The web front of the signing pages: routes, headers, and the way from a request to a page.

The address of a page holds its token, so access logs of the server must be off or leave the path out.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from connector.ports import Mailer
from connector.signing.call import Call
from connector.signing.headers import BodyLimit, SafeHeaders
from connector.signing.pages import Pages
from connector.signing.service import SigningService
from connector.signing.tokens import RandBelow

_FORM = "application/x-www-form-urlencoded"
_FIELDS_MAX = 20

Page = Callable[[Call], Response]


def signing_app(service: SigningService, mailer: Mailer, *, randbelow: RandBelow = secrets.randbelow) -> ASGIApp:
    """The pages of one signing service as an ASGI application.

    Args:
        mailer: sends one-time codes and signed mandates.
        randbelow: source of one-time codes; only tests and simulations give another one.
    """
    pages = Pages(service, mailer, randbelow)
    static = StaticFiles(directory=Path(__file__).with_name("static"))
    routes = [
        Mount("/s/-", static),
        _route("/s/{token}", pages.sign_page, pages.give_details),
        _route("/s/{token}/code", pages.code_page, pages.give_code),
        _route("/s/{token}/again", None, pages.send_again),
        _route("/s/{token}/refuse", pages.refuse_page, pages.refuse),
        _route("/s/{token}/mandate", None, pages.mandate),
        _route("/s/{token}/iban", None, pages.check_iban),
        _route("/s/{token}/logo", pages.logo, None),
        _route("/s/{token}/colours.css", pages.colours, None),
    ]

    async def not_found(request: Request, error: Exception) -> Response:
        del error  # whatever was wrong with the address, the answer is the same
        return pages.missing(Call.of(request))

    async def refused(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return pages.refused(Call.of(request), status)

    app = Starlette(
        routes=routes,
        middleware=[Middleware(BodyLimit)],
        exception_handlers={404: not_found, 405: not_found, HTTPException: refused, Exception: refused},
    )
    return SafeHeaders(app)  # around everything, the answer to a failure of ours included


def _route(path: str, get: Page | None, post: Page | None) -> Route:
    methods = [name for name, page in (("GET", get), ("POST", post)) if page is not None]

    async def endpoint(request: Request) -> Response:
        page = get if request.method in ("GET", "HEAD") else post
        if page is None:
            raise HTTPException(405)
        form = await _form(request) if request.method == "POST" else {}
        return await run_in_threadpool(page, Call.of(request, form))

    return Route(path, endpoint, methods=methods)


async def _form(request: Request) -> Mapping[str, str]:
    """The fields of a form that our own page sent.

    Raises:
        HTTPException: another site sent it, or it is no form of ours.
    """
    # The token in the address is what permits to act, and no cookie is used: another site can't act for a visitor.
    # That it may not even send is a second wall. `Origin` is "null" here, since we send no referrer.
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise HTTPException(403)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise HTTPException(415)
    async with request.form(max_files=0, max_fields=_FIELDS_MAX) as form:
        return {name: value for name, value in form.items() if not isinstance(value, UploadFile)}
