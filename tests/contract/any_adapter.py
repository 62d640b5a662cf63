"""What all adapters share: settings that refuse what they do not know, a check that tells, a close that is safe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Protocol, TypeVar

import pytest
from pydantic import ValidationError

from connector.ports import Adapter

AnyAdapter = TypeVar("AnyAdapter", bound=Adapter)


@contextmanager
def closing_all(open_: Callable[[], AnyAdapter]) -> Iterator[Callable[[], AnyAdapter]]:
    """Opens adapters, and closes all of them in the end."""
    with ExitStack() as stack:

        def opened() -> AnyAdapter:
            adapter = open_()
            stack.callback(adapter.close)
            return adapter

        yield opened


class World(Protocol):
    """The other side of any adapter."""

    def open(self) -> Adapter:
        """A new adapter on it."""


class AdapterContract:
    """Rules for every adapter."""

    @pytest.fixture
    def adapter(self, world: World) -> Iterator[Adapter]:
        adapter = world.open()
        yield adapter
        adapter.close()

    def test_a_misspelt_setting_is_refused(self, adapter: Adapter) -> None:
        with pytest.raises(ValidationError, match="no_such_setting"):
            type(adapter).Settings.model_validate({"no_such_setting": 1})

    def test_check_tells_what_it_tried(self, adapter: Adapter) -> None:
        probes = list(adapter.check())
        assert probes
        assert all(probe.what for probe in probes)
        assert [probe for probe in probes if not probe.ok] == []

    def test_it_can_be_closed_twice(self, adapter: Adapter) -> None:
        adapter.close()
        adapter.close()

    def test_it_bears_the_name_of_the_config(self, adapter: Adapter) -> None:
        assert adapter.name == adapter.surroundings.name
