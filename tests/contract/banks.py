"""What every bank channel must hold to: rules that an adapter joins with one class and one fixture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from connector.errors import NoAccess, Unsupported
from connector.ports import BankChannel, OutgoingFile
from tests.contract.any_adapter import AdapterContract, closing_all
from tests.contract.worlds import BankWorld

NAME = "kit-20261124-1.xml"
CONTENT = "<Document>Zoë</Document>\r\n".encode() * 1000


def contents(channel: BankChannel) -> list[tuple[str, bytes]]:
    """Names and bytes of what waits for us."""
    found = []
    for file in channel.fetch():
        with file.open() as stream:
            found.append((file.name, stream.read()))
    return found


class BankContract(AdapterContract):
    """All rules for a bank channel."""

    @pytest.fixture
    def world(self) -> BankWorld:
        """The other side; the joining class gives it."""
        raise NotImplementedError

    @pytest.fixture
    def reopen(self, world: BankWorld) -> Iterator[Callable[[], BankChannel]]:
        with closing_all(world.open) as reopen:
            yield reopen

    @pytest.fixture
    def channel(self, reopen: Callable[[], BankChannel]) -> BankChannel:
        return reopen()

    @pytest.fixture
    def file(self, tmp_path: Path) -> OutgoingFile:
        return outgoing(tmp_path, NAME, CONTENT)

    def test_a_file_arrives_byte_for_byte(self, world: BankWorld, channel: BankChannel, file: OutgoingFile) -> None:
        assert channel.send(file)
        assert dict(world.received()) == {NAME: CONTENT}

    def test_our_own_copy_stays(self, channel: BankChannel, file: OutgoingFile) -> None:
        channel.send(file)
        assert file.path.read_bytes() == CONTENT

    def test_sending_twice_is_sending_once(
        self, world: BankWorld, reopen: Callable[[], BankChannel], channel: BankChannel, file: OutgoingFile
    ) -> None:
        receipt = channel.send(file)
        assert channel.send(file) == receipt
        assert reopen().send(file) == receipt
        assert dict(world.received()) == {NAME: CONTENT}

    def test_a_name_is_not_used_for_other_content(
        self, world: BankWorld, channel: BankChannel, file: OutgoingFile, tmp_path: Path
    ) -> None:
        channel.send(file)
        with pytest.raises(NoAccess):
            channel.send(outgoing(tmp_path / "other", NAME, b"<Document/>"))
        assert dict(world.received()) == {NAME: CONTENT}

    def test_a_file_is_found_by_name_and_digest(
        self, reopen: Callable[[], BankChannel], channel: BankChannel, file: OutgoingFile
    ) -> None:
        if not type(channel).features()["look_up"]:
            with pytest.raises(Unsupported):
                channel.look_up(file.name, file.sha256)
            return
        assert channel.look_up(file.name, file.sha256) is None
        receipt = channel.send(file)
        assert channel.look_up(file.name, file.sha256) == receipt
        assert reopen().look_up(file.name, file.sha256) == receipt
        assert channel.look_up(f"other-{file.name}", file.sha256) is None

    def test_files_come_oldest_first_and_whole(self, world: BankWorld, channel: BankChannel) -> None:
        files = [("b.xml", b"first"), ("a.xml", CONTENT), ("c.xml", b"")]
        for name, content in files:
            world.leave(name, content)
        assert contents(channel) == files

    def test_a_file_that_was_not_handled_comes_again(
        self, world: BankWorld, reopen: Callable[[], BankChannel], channel: BankChannel
    ) -> None:
        world.leave("a.xml", CONTENT)
        first = [file.id for file in channel.fetch()]
        assert [file.id for file in reopen().fetch()] == first

    def test_a_handled_file_does_not_come_again(
        self, world: BankWorld, reopen: Callable[[], BankChannel], channel: BankChannel
    ) -> None:
        world.leave("a.xml", b"one")
        world.leave("b.xml", b"two")
        first, second = list(channel.fetch())
        channel.handled(first)
        channel.handled(first)
        assert [file.id for file in channel.fetch()] == [second.id]
        assert [file.id for file in reopen().fetch()] == [second.id]

    def test_the_same_name_may_come_again_later(self, world: BankWorld, channel: BankChannel) -> None:
        world.leave("a.xml", b"one")
        first = next(channel.fetch())
        channel.handled(first)
        world.leave("a.xml", b"two")
        assert contents(channel) == [("a.xml", b"two")]
        channel.handled(first)
        assert contents(channel) == [("a.xml", b"two")]

    def test_a_file_that_is_being_written_is_not_given(self, world: BankWorld, channel: BankChannel) -> None:
        if not world.leave_half("a.xml", CONTENT):
            pytest.skip("this channel only shows whole files")
        assert contents(channel) == []


def outgoing(folder: Path, name: str, content: bytes) -> OutgoingFile:
    """A finished file of ours."""
    path = folder / "spool" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return OutgoingFile(name, path, sha256(content).hexdigest())
