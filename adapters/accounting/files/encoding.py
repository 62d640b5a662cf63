"""In which encoding a file is written, and whether it ends as it should; found in one pass over its bytes."""

from __future__ import annotations

import codecs
import hashlib
from dataclasses import dataclass
from pathlib import Path

from adapters.accounting.files.refusal import Refused

CHUNK = 1 << 18
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DEFINED_IN_CP1252 = bytes(set(range(256)) - set(b"\x81\x8d\x8f\x90\x9d"))


@dataclass(frozen=True, slots=True)
class Content:
    """What one pass over a file's bytes tells.

    Attributes:
        digest: SHA-256, hexadecimal.
        lines: number of line ends.
        encoding: as Python calls it; None if it is none of those that are recognised.
    """

    digest: str
    lines: int
    encoding: str | None


def examine(path: Path) -> Content:
    """Digest, number of lines and encoding of a file."""
    digest = hashlib.sha256()
    lines = 0
    utf8: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
    is_cp1252 = True
    with path.open("rb") as stream:
        start = stream.read(1024)
        stream.seek(0)
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            lines += chunk.count(b"\n")
            utf8 = _still_utf8(utf8, chunk)
            is_cp1252 = is_cp1252 and not chunk.translate(None, _DEFINED_IN_CP1252)
    if utf8 is not None:
        try:
            utf8.decode(b"", final=True)
        except UnicodeDecodeError:
            utf8 = None
    encoding = _encoding(start, "utf-8" if utf8 is not None else "cp1252" if is_cp1252 else None)
    return Content(digest.hexdigest(), lines, encoding)


def _still_utf8(decoder: codecs.IncrementalDecoder | None, chunk: bytes) -> codecs.IncrementalDecoder | None:
    if decoder is not None:
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError:
            return None
    return decoder


def _encoding(start: bytes, of_bytes: str | None) -> str | None:
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    if b"\0" not in start:
        return of_bytes
    # UTF-16 without its mark: every second byte of plain text is zero.
    pairs = len(start) // 2
    if start[1::2].count(0) > pairs * 0.6:
        return "utf-16-le"
    return "utf-16-be" if start[0::2].count(0) > pairs * 0.6 else None


def encoding_of(content: Content, setting: str) -> str:
    """The encoding to read with: what the config says, else what was recognised.

    Raises:
        Refused: nothing was recognised, or the config names an encoding that there is not.
    """
    if setting != "auto":
        try:
            return codecs.lookup(setting).name
        except LookupError:
            raise Refused("", setting, "There is no such encoding.", "Set encoding to auto in the config.") from None
    if content.encoding is None:
        raise Refused("", "", "This is not text in UTF-8, UTF-16 or Windows-1252.", "Save the file as CSV in UTF-8.")
    return content.encoding
