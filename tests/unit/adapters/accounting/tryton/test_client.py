"""What every answer of the server, and silence, means for the engine."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import httpx2
import pytest
from pytest_httpserver import HTTPServer

from adapters.accounting import calls
from adapters.accounting.tryton.client import TrytonClient
from adapters.accounting.tryton.settings import TrytonSettings
from connector.errors import ConnectorError, NoAccess, Retriable, Skippable, UnknownOutcome

KEY, PASSWORD, IBAN = "k" * 32, "p" * 16, "BE71096123456769"


def read(client: TrytonClient) -> object:
    return client.read("party.party", ("name",))


def change(client: TrytonClient) -> object:
    return client.create("party.party", {"name": "Anna"})


def wizard(client: TrytonClient) -> None:
    client.run_wizard("account.payment.process", "process", "account.payment", [1])


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "FIRST_PAUSE_SECONDS", 0)


def client_of(url: str, transport: httpx2.BaseTransport | None = None) -> TrytonClient:
    settings = {"url": url, "database": "books", "company": 1, "key": KEY, "login": "connector", "password": PASSWORD}
    return TrytonClient(TrytonSettings.model_validate(settings), "tryton", transport)


@pytest.fixture
def client(httpserver: HTTPServer) -> Iterator[TrytonClient]:
    opened = client_of(httpserver.url_for("/").rstrip("/"))
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("status", "reading", "changing"),
    [
        (400, NoAccess, Skippable),
        (401, NoAccess, NoAccess),
        (403, NoAccess, NoAccess),
        (404, NoAccess, NoAccess),
        (429, Retriable, Retriable),
        (500, NoAccess, UnknownOutcome),
        (502, Retriable, UnknownOutcome),
        (503, Retriable, UnknownOutcome),
        (302, NoAccess, NoAccess),
    ],
)
def test_each_status_has_its_meaning(
    httpserver: HTTPServer,
    client: TrytonClient,
    status: int,
    reading: type[ConnectorError],
    changing: type[ConnectorError],
) -> None:
    httpserver.expect_request("/books/rest/model/party.party").respond_with_data("<html>", status=status)
    for call, error in ((read, reading), (change, changing)):
        with pytest.raises(error) as raised:
            call(client)
        assert type(raised.value) is error
        assert raised.value.where == "tryton: party.party"


def test_a_record_that_is_gone_is_a_matter_of_that_record(httpserver: HTTPServer, client: TrytonClient) -> None:
    httpserver.expect_request("/books/rest/model/bank.account/7").respond_with_data("", status=404)
    with pytest.raises(Skippable, match="does not know this record"):
        client.update("bank.account", 7, {})


def test_what_tryton_does_not_allow_with_one_record_is_a_matter_of_that_record(
    httpserver: HTTPServer, client: TrytonClient
) -> None:
    httpserver.expect_request("/books/rest/model/account.payment/7/fail").respond_with_data("", status=403)
    with pytest.raises(Skippable, match="does not allow this"):
        client.press("account.payment", 7, "fail")


def test_a_read_is_tried_again_and_a_change_is_not(httpserver: HTTPServer, client: TrytonClient) -> None:
    httpserver.expect_request("/books/rest/model/party.party").respond_with_data("", status=503)
    with pytest.raises(Retriable):
        read(client)
    assert len(httpserver.log) == calls.READ_ATTEMPTS
    with pytest.raises(UnknownOutcome):
        change(client)
    assert len(httpserver.log) == calls.READ_ATTEMPTS + 1


def test_a_read_that_works_the_second_time_is_no_error(httpserver: HTTPServer, client: TrytonClient) -> None:
    httpserver.expect_ordered_request("/books/rest/model/party.party").respond_with_data("", status=502)
    httpserver.expect_ordered_request("/books/rest/model/party.party").respond_with_json([{"id": 1}])
    assert read(client) == [{"id": 1}]


def test_a_long_wait_is_left_to_the_engine(httpserver: HTTPServer, client: TrytonClient) -> None:
    httpserver.expect_request("/books/rest/model/party.party").respond_with_data(
        "", status=429, headers={"Retry-After": "60"}
    )
    with pytest.raises(Retriable) as raised:
        read(client)
    assert raised.value.retry_after_seconds == 60
    assert len(httpserver.log) == 1


def test_the_servers_words_are_passed_on_without_an_iban(httpserver: HTTPServer, client: TrytonClient) -> None:
    message = "IBAN “BE71 0961 2345 6769” is not valid, nor is BE71096123456769."
    httpserver.expect_request("/books/rest/model/party.party").respond_with_json(
        {"status": 400, "message": message, "description": ""}, status=400
    )
    with pytest.raises(Skippable, match="is not valid") as raised:
        change(client)
    assert "0961" not in str(raised.value)
    assert "BE71*********769" in str(raised.value)


@pytest.mark.parametrize(("call", "error"), [(read, NoAccess), (change, UnknownOutcome)])
def test_a_page_that_is_not_trytons_is_told(
    httpserver: HTTPServer,
    client: TrytonClient,
    call: Callable[[TrytonClient], object],
    error: type[ConnectorError],
) -> None:
    httpserver.expect_request("/books/rest/model/party.party").respond_with_data("<html>Welcome</html>")
    with pytest.raises(error, match="not an answer of Tryton"):
        call(client)


def raising(error: Exception) -> httpx2.BaseTransport:
    def handle(request: httpx2.Request) -> httpx2.Response:
        raise error

    return httpx2.MockTransport(handle)


@pytest.mark.parametrize(
    ("error", "changing"),
    [
        (httpx2.ConnectError("refused"), Retriable),
        (httpx2.ConnectTimeout("slow"), Retriable),
        (httpx2.ReadTimeout("slow"), UnknownOutcome),
        (httpx2.RemoteProtocolError("cut"), UnknownOutcome),
        (httpx2.WriteError("cut"), UnknownOutcome),
    ],
)
def test_silence_after_a_change_was_sent_is_an_unknown_outcome(
    error: Exception, changing: type[ConnectorError]
) -> None:
    client = client_of("http://127.0.0.1:9", raising(error))
    with pytest.raises(Retriable):
        read(client)
    with pytest.raises(changing) as raised:
        change(client)
    assert type(raised.value) is changing


def test_an_address_where_nothing_listens_is_worth_another_try() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        client = client_of(f"http://127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(Retriable, match="No answer from Tryton"):
            read(client)
        client.close()


LOGGED_IN = {"id": 0, "result": [5, "token", None]}
STARTED = {"id": 0, "result": [3, "process", "end"]}
DONE = {"id": 0, "result": None}
USER_WARNING = ["UserWarning", ["overpay.1", "More than the line", ""]]


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        ({"error": ["UserError", ["No period", "for this date", None]]}, Skippable, "No period for this date"),
        ({"error": USER_WARNING}, Skippable, "More than the line"),
        ({"error": ["division by zero", "Traceback"]}, UnknownOutcome, "Tryton failed"),
    ],
)
def test_a_wizard_that_tryton_refuses_is_told(
    httpserver: HTTPServer, client: TrytonClient, answer: object, error: type[ConnectorError], words: str
) -> None:
    for next_answer in (LOGGED_IN, STARTED, answer):
        httpserver.expect_ordered_request("/books/rpc/").respond_with_json(next_answer)
    with pytest.raises(error, match=words) as raised:
        wizard(client)
    assert type(raised.value) is error


def test_a_session_is_used_again_and_renewed_when_it_ended(httpserver: HTTPServer, client: TrytonClient) -> None:
    ended = "ended"
    for answer in (LOGGED_IN, STARTED, DONE, DONE, ended, LOGGED_IN, STARTED, DONE, DONE):
        handler = httpserver.expect_ordered_request("/books/rpc/")
        if answer is ended:
            handler.respond_with_data("", status=401)
        else:
            handler.respond_with_json(answer)
    wizard(client)
    wizard(client)
    methods = [request.get_json()["method"].rpartition(".")[2] for request, _ in httpserver.log]
    assert methods == ["login", "create", "execute", "delete", "create", "login", "create", "execute", "delete"]


def test_a_refused_login_is_named_as_such(httpserver: HTTPServer, client: TrytonClient) -> None:
    httpserver.expect_request("/books/rpc/").respond_with_data("", status=401)
    with pytest.raises(NoAccess, match="login"):
        wizard(client)


def test_no_secret_is_in_an_error(httpserver: HTTPServer, client: TrytonClient) -> None:
    httpserver.expect_request("/books/rest/model/party.party").respond_with_data("", status=401)
    httpserver.expect_request("/books/rpc/").respond_with_data("", status=401)
    calls: list[Callable[[TrytonClient], object]] = [read, change, wizard]
    for call in calls:
        with pytest.raises(ConnectorError) as raised:
            call(client)
        assert KEY not in str(raised.value)
        assert PASSWORD not in str(raised.value)
