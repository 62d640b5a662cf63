"""The configuration: one YAML file, read whole, every mistake told at once with its line and column.

`load` gives a `Config`; `open_installation` opens its adapters; `json_schema` is for editors.
"""

from connector.config.loading import load, read
from connector.config.model import Config
from connector.config.opening import open_installation, section_of
from connector.config.problems import KeyPath, Problem
from connector.config.schema import json_schema

__all__ = ["Config", "KeyPath", "Problem", "json_schema", "load", "open_installation", "read", "section_of"]
