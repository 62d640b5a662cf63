"""Bring XML of strangers into plain form, chunk by chunk, and refuse what is no XML or is an attack.

Plain form has elements of the document's namespace by their local names, texts, and the attribute Ccy; no comment,
CDATA, other attribute or prefix. Nearly all of a bank file stands in that form, and is then handed out as it is: a
parser checks it, but tells nothing, which is many times faster than hearing of each tag. What of the file is not plain
is made so out of what the parser tells. No entity is expanded, no DTD is read, nothing is fetched.
"""

from __future__ import annotations

from xml.parsers import expat

_MOST_DEPTH = 256
_AFTER_END = expat.errors.codes[expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]
_DECLARATION = expat.errors.codes[expat.errors.XML_ERROR_MISPLACED_XML_PI]
_BEFORE_NAME = "}"  # between namespace and local name, as expat tells them
_FOREIGN = "other:"  # before the name of an element of another namespace
_CURRENCY = "Ccy"
_IN_CURRENCY = b' Ccy="'
# Bytes below 128 mean ASCII in these: markup is found without decoding.
_ENCODINGS = {None: "utf-8", "utf-8": "utf-8", "us-ascii": "ascii", "iso-8859-1": "latin-1"}
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;"})


class BrokenXml(ValueError):
    """The XML cannot be read on; `line` says where, if known."""

    def __init__(self, why: str, line: int | None = None) -> None:
        super().__init__(why)
        self.line = line


class AnotherDocument(BrokenXml):
    """The document is complete, and another one begins after it; `rest` is what was fed of that one."""

    rest = b""


class PlainXml:
    """One document on its way into plain form; lines stay where they are.

    `fault` says why the document cannot be read on, once that is so.
    """

    def __init__(self) -> None:
        self.fault: BrokenXml | None = None
        self._parser = expat.ParserCreate(namespace_separator=_BEFORE_NAME)
        self._parser.buffer_text = True
        self._parser.XmlDeclHandler = self._on_declaration
        self._parser.StartDoctypeDeclHandler = self._on_doctype
        self._parser.StartNamespaceDeclHandler = self._on_namespace
        self._parser.StartCdataSectionHandler = self._on_cdata
        self._parser.EndCdataSectionHandler = self._on_end_of_cdata
        self._fed = 0
        self._start = b""
        self._pending = b""  # fed, but not complete: a tag that was cut
        self._depth = 0
        self._line = 1  # at the end of what was handed out
        self._encoding: str | None = _ENCODINGS[None]
        self._namespace: str | None = None  # of the root, once it is known
        self._declared: dict[str | None, str | None] = {}  # by the root: prefix to namespace
        self._may_be_plain = False
        self._in_cdata = False
        self._told: list[str] = []

    @property
    def waiting(self) -> int:
        """How many bytes of a tag, comment or the like wait for its end."""
        return len(self._pending)

    @property
    def _untold(self) -> int:
        """How many lines ended after the last start tag of what was not plain: they are told with a next tag."""
        return self._parser.CurrentLineNumber - self._line

    @property
    def is_in_plain_content(self) -> bool:
        """Whether what comes next stands in an element, not too deep, and its tags tell by themselves what they are.

        All lines before it have been told.
        """
        is_in_content = self.fault is None and not self._pending and not self._in_cdata and not self._untold
        return is_in_content and self._may_be_plain and 0 < self._depth <= _MOST_DEPTH // 2

    def decoded(self, source: bytes) -> str | None:
        """Return what bytes of plain content are as characters, None if some are none of XML's (see `encoded`)."""
        try:
            text = source.decode(self._encoding or "")
        except UnicodeDecodeError:
            return None
        return None if "\ufffe" in text or "\uffff" in text else text

    def encoded(self, text: str) -> bytes:
        """Return the bytes of which `decoded` made a text."""
        return text.encode(self._encoding or "")

    def feed(self, chunk: bytes) -> str:
        """Return the plain form of what is complete with this chunk, up to the fault if there is one."""
        source = self._pending + chunk
        self._start = (self._start + chunk)[:4]
        tags = source.count(b"<")
        as_it_is = self._may_be_plain and not self._in_cdata and _is_plain(source, tags)
        self._listen(not as_it_is)
        untold = self._untold
        self._parse(chunk)
        self._fed += len(chunk)
        complete = len(source) - self._fed + max(self._parser.CurrentByteIndex, 0)
        self._pending = source[complete:]
        if isinstance(self.fault, AnotherDocument):
            self.fault.rest = self._pending
        if as_it_is:
            return self._as_it_is(source[:complete], tags - source.count(b"<", complete), untold)
        text = "".join(self._told)
        self._told.clear()
        return text

    def close(self) -> str:
        """Return the plain form of what was left; a document that is cut off has a fault."""
        self._listen(True)
        self._parse(b"", last=True)
        return "".join(self._told)

    def _parse(self, chunk: bytes, *, last: bool = False) -> None:
        try:
            self._parser.Parse(chunk, last)
        except BrokenXml as fault:
            self.fault = fault
        except expat.ExpatError as error:
            why = "The document ends before its last tag: it was cut off." if last else str(error)
            after_end = error.code == _AFTER_END or (error.code == _DECLARATION and not self._depth)
            if after_end and self._namespace is not None:
                self.fault = AnotherDocument("Something stands after the end of the document.", error.lineno)
            else:
                self.fault = BrokenXml(why, error.lineno)
        except (ValueError, LookupError) as error:  # about an encoding that neither expat nor Python knows
            self.fault = BrokenXml(f"The encoding is not read here ({error}); UTF-8 is.", 1)

    def _as_it_is(self, source: bytes, tags: int, untold: int) -> str:
        """Return the text of a plain part, with what is `untold` of the lines before it."""
        self._depth += tags - 2 * source.count(b"</") - source.count(b"/>")
        if self._depth > _MOST_DEPTH:
            self.fault = self.fault or _too_deep(self._parser.CurrentLineNumber)
        text = source.decode(self._encoding or "")
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        if untold and "<" in text:
            text = text.replace("<", "\n" * untold + "<", 1)  # before a tag, it is no part of a text
            untold = 0
        self._line = self._parser.CurrentLineNumber - untold
        return text

    # ------------------------------------------------------------------------------- what the parser tells

    def _listen(self, on: bool) -> None:
        self._parser.StartElementHandler = self._on_start if on else None
        self._parser.EndElementHandler = self._on_end if on else None
        self._parser.CharacterDataHandler = self._on_text if on else None

    def _on_declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        self._encoding = _ENCODINGS.get(encoding.lower() if encoding else None)

    def _on_doctype(self, *_: object) -> None:
        line = self._parser.CurrentLineNumber
        raise BrokenXml("The file declares a DTD; bank files have none, and entities can be an attack.", line)

    def _on_namespace(self, prefix: str | None, uri: str | None) -> None:
        if self._namespace is None:
            self._declared[prefix] = uri
        elif prefix is None or uri == self._namespace:
            self._may_be_plain = False  # from here on, a tag does not say by itself whether it is ours

    def _on_root(self, name: str) -> None:
        self._namespace = name.rpartition(_BEFORE_NAME)[0]
        prefixed = {uri for prefix, uri in self._declared.items() if prefix is not None}
        is_utf_16 = b"\0" in self._start
        self._may_be_plain = self._encoding is not None and not is_utf_16 and self._namespace not in prefixed

    def _on_start(self, name: str, attributes: dict[str, str]) -> None:
        if self._namespace is None:
            self._on_root(name)
        self._depth += 1
        if self._depth > _MOST_DEPTH:
            raise _too_deep(self._parser.CurrentLineNumber)
        line = self._parser.CurrentLineNumber
        self._told.append("\n" * (line - self._line))
        self._line = line
        currency = attributes.get(_CURRENCY)
        shown = "" if currency is None else f' {_CURRENCY}="{currency.translate(_ESCAPES)}"'
        self._told.append(f"<{self._plain_name(name)}{shown}>")

    def _on_end(self, name: str) -> None:
        self._depth -= 1
        self._told.append(f"</{self._plain_name(name)}>")

    def _on_text(self, text: str) -> None:
        self._told.append(" " if text.isspace() else text.translate(_ESCAPES))

    def _on_cdata(self) -> None:
        self._in_cdata = True  # it may end in a later chunk; its text is no markup

    def _on_end_of_cdata(self) -> None:
        self._in_cdata = False

    def _plain_name(self, name: str) -> str:
        namespace, _, local = name.rpartition(_BEFORE_NAME)
        return local if namespace == self._namespace else _FOREIGN + local


def _is_plain(source: bytes, tags: int) -> bool:
    """Tell whether a part of a document is in plain form, as far as it goes, by a few fast counts.

    `tags` is how many < are in it: each is a tag's, each > ends one, and each = is that of a currency.
    """
    if (b"!" in source and b"<!" in source) or (b"?" in source and b"<?" in source):
        return False
    is_cut = source.rfind(b"<") > source.rfind(b">")
    return source.count(b"=") == source.count(_IN_CURRENCY) and tags - is_cut == source.count(b">")


def _too_deep(line: int) -> BrokenXml:
    return BrokenXml(f"Elements are nested more than {_MOST_DEPTH} deep.", line)
