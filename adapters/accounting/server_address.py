"""The address of a package's server, as a person writes it in the config."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit


def secure(address: str, example: str) -> str:
    """The address without a slash at its end.

    Args:
        example: of one for this package, for whoever wrote another thing.

    Raises:
        ValueError: it is no address, or what goes there could be read on the way.
    """
    parts = urlsplit(address)
    if not parts.hostname or parts.scheme not in ("http", "https"):
        raise ValueError(f"write the whole address, e.g. {example}")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise ValueError("write https: the key would travel in the clear (http is for this machine alone)")
    return address.rstrip("/")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
