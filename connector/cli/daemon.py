"""`run`: the daemon - passes on schedule, done here or by workers, and the signing pages, until it is asked to stop."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Event
from types import FrameType

import structlog
import uvicorn
from apscheduler.triggers.cron import CronTrigger

from connector.cli.auditing import Nightly
from connector.cli.clock import utc_now
from connector.cli.distributed import road_owed
from connector.cli.failing import DONE
from connector.cli.opening import Opened, opened
from connector.cli.passes import log_deed
from connector.config.model import Web
from connector.engine.daemon import Daemon
from connector.engine.one_pass import run_pass
from connector.errors import Fatal
from connector.signing.app import signing_app
from connector.signing.service import SigningService

_SHUTDOWN_SECONDS = 20


def run(config_file: Path, clock: Callable[[], datetime] = utc_now) -> int:
    """Serve until SIGTERM or Ctrl-C; a pass under way finishes the record in hand.

    Args:
        clock: the time now, aware, UTC; by it a pass was missed. The schedule itself goes by the wall clock.
    """
    with opened(config_file, clock) as it:
        daemon = _daemon(it, clock)
        serve = _server(it)
        if daemon is not None:
            daemon.start()
        try:
            serve()
        finally:
            if daemon is not None:
                daemon.stop()
    return DONE


def _daemon(it: Opened, clock: Callable[[], datetime]) -> Daemon | None:
    """The schedule; None if the config has none."""
    if not it.config.schedule.enabled:
        return None

    nightly = Nightly(it)

    def walk(_due: datetime, stop: Event) -> None:
        run_pass(it.installation, it.store, tell=log_deed, stop=stop).log("pass.ended")
        if it.config.schedule.audit and not stop.is_set():
            nightly()

    act = road_owed(it.config, it.store) if it.config.workers.enabled else walk
    trigger = CronTrigger.from_crontab(it.config.schedule.crontab, timezone=it.config.time_zone)
    return Daemon(act, trigger, it.store, clock)


def _server(it: Opened) -> Callable[[], None]:
    """What serves, and returns when asked to stop: the signing pages, if they are ours, or nothing but the waiting.

    Raises:
        Fatal: the port is taken.
    """
    stopped = Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    # The web server hands a signal on when it has stopped; without these the process would die of it half-way.
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    service = it.installation.mandates
    if not isinstance(service, SigningService):
        return partial(_wait, stopped)
    web = it.config.web
    listening = _listen(web)
    server = uvicorn.Server(
        uvicorn.Config(
            signing_app(service, it.installation.mailer),
            access_log=False,  # the address of a page holds its token
            log_config=None,
            forwarded_allow_ips="127.0.0.1",  # evidence: a proxy on this machine may tell the address, nobody else
            server_header=False,
            timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
        )
    )
    structlog.get_logger().info("web.listening", host=web.host, port=web.port)
    return partial(server.run, [listening])


def _wait(stopped: Event) -> None:
    stopped.wait()


def _listen(web: Web) -> socket.socket:
    family = socket.AF_INET6 if ":" in web.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((web.host, web.port))
        listening.listen()  # visitors wait from now on, not from when the server is ready
    except OSError as error:
        listening.close()
        raise Fatal(
            f"Port {web.port} of {web.host} can't be used: {error.strerror}.",
            where="config key web",
            remedy="End the other program, or write another port.",
        ) from error
    return listening
