"""How a package's record becomes ours and back: one engine, one YAML file per package."""

from mappings.engine import Mapping, load
from mappings.errors import MappingError, MappingFileError

__all__ = ["Mapping", "MappingError", "MappingFileError", "load"]
