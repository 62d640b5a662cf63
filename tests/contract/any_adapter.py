"""What all adapters share: settings that refuse what they do not know, a check that tells, a close that is safe."""

from __future__ import annotations

from typing import Protocol

import pytest
from pydantic import ValidationError

from connector.ports import Adapter


class World(Protocol):
    """The other side of any adapter."""

    def open(self) -> Adapter:
        """A new adapter on it."""


class AdapterContract:
    """Rules for every adapter."""

    @pytest.fixture
    def adapter(self, world: World) -> Adapter:
        return world.open()

    def test_a_misspelt_setting_is_refused(self, adapter: Adapter) -> None:
        with pytest.raises(ValidationError, match="no_such_setting"):
            type(adapter).Settings.model_validate({"no_such_setting": 1})
        adapter.close()

    def test_check_tells_what_it_tried(self, adapter: Adapter) -> None:
        probes = list(adapter.check())
        assert probes
        assert all(probe.what for probe in probes)
        assert [probe for probe in probes if not probe.ok] == []
        adapter.close()

    def test_it_can_be_closed_twice(self, adapter: Adapter) -> None:
        adapter.close()
        adapter.close()

    def test_it_bears_the_name_of_the_config(self, adapter: Adapter) -> None:
        assert adapter.name == adapter.surroundings.name
        adapter.close()
