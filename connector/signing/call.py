"""Call: one request, as the pages need it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request

from connector.model.customer import Language
from connector.signing.evidence import Visitor


@dataclass(frozen=True, slots=True)
class Call:
    """What a request says.

    Attributes:
        token: from the address; "" where the address has none.
    """

    token: str
    query: Mapping[str, str]
    form: Mapping[str, str]
    visitor: Visitor

    @classmethod
    def of(cls, request: Request, form: Mapping[str, str] | None = None) -> Call:
        """Read a request. The visitor is the other end of the connection."""
        headers = request.headers
        visitor = Visitor(
            client=request.client.host if request.client else "",
            user_agent=headers.get("user-agent", ""),
            accept_language=headers.get("accept-language", ""),
        )
        return cls(request.path_params.get("token", ""), request.query_params, form or {}, visitor)

    def language(self, otherwise: Language | None = None) -> Language:
        """The language that was chosen, else the given one, else the first that the browser asks for."""
        chosen = self.form.get("lang") or self.query.get("lang", "")
        asked = [part.partition(";")[0].strip()[:2].lower() for part in self.visitor.accept_language.split(",")]
        known = {language.value for language in Language}
        wanted = (chosen, otherwise.value if otherwise else "", *asked)
        return next((Language(word) for word in wanted if word in known), Language.ENGLISH)
