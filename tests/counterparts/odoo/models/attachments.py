"""Files attached to records."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from tests.counterparts.odoo.errors import UserError, value_error
from tests.counterparts.odoo.exposed import on_model
from tests.counterparts.odoo.fields import Field, Row, choice, link, of
from tests.counterparts.odoo.homes import Home
from tests.counterparts.odoo.models.base import Model
from tests.counterparts.odoo.rights import USER, Access

if TYPE_CHECKING:
    from tests.counterparts.odoo.env import Env


class Attachments(Model):
    """ir.attachment: `datas` is base64, `checksum` the SHA-1 of the content."""

    name = "ir.attachment"
    description = "Attachment"
    order = "id desc"
    access: ClassVar[Access] = {USER: "rwcd"}
    indexed = ("res_id", "checksum")

    def declare(self, home: Home) -> Iterable[Field]:
        """Fields of an attachment."""
        yield from of("char", "name", required=True)
        yield from of("char", "res_model", "res_field", "mimetype", "url")
        yield from of("text", "description")
        yield Field("checksum", "char", "Checksum/SHA1", size=40, readonly=True)
        yield Field("res_id", "many2one_reference", "Resource ID")
        yield choice("type", "url", "binary", default="binary", required=True)
        yield from of("integer", "file_size", readonly=True)
        yield from of("boolean", "public")
        yield from of("binary", "datas")
        yield link("company_id", "res.company")

    def create_one(self, env: Env, values: Row) -> int:
        """Whoever may change a record may attach to it."""
        self._check_record(env, values, "write")
        return super().create_one(env, values)

    def computed(self, env: Env, row: Row) -> Row:
        """Checksum and size of the content."""
        try:
            content = base64.b64decode(row.get("datas") or "", validate=True)
        except binascii.Error as error:
            raise value_error(f"{error}") from error
        kind = row.get("mimetype") or ("application/pdf" if content.startswith(b"%PDF") else "application/octet-stream")
        checksum = hashlib.sha1(content).hexdigest()
        return {**row, "checksum": checksum, "file_size": len(content), "mimetype": kind}

    def check_companies(self, env: Env, ids: Iterable[int], operation: str) -> None:
        """Whoever may not see a record may not see what is attached to it."""
        for id_ in ids:
            self._check_record(env, self.row(env, id_), "read" if operation == "read" else "write")

    def _check_record(self, env: Env, values: Row, operation: str) -> None:
        model, id_ = values.get("res_model"), values.get("res_id")
        if not model or env.is_superuser:
            return
        if model not in env.database.models:
            raise UserError(f"Object {model} doesn't exist")
        env[model].check_access(env, operation)
        if id_:
            env[model].check_companies(env, env[model].required(env, [int(id_)]), operation)

    @on_model
    def search(self, env: Env, domain: Any, offset: Any = 0, limit: Any = None, order: Any = None) -> list[int]:
        """Only what is attached to records that the user may see."""
        found = super().search(env, domain, 0, None, order)
        seen = [id_ for id_ in found if self._may_see(env, id_)]
        first = int(offset or 0)
        return seen[first : first + int(limit)] if limit else seen[first:]

    def _may_see(self, env: Env, id_: int) -> bool:
        model = self.row(env, id_).get("res_model")
        if not model or env.is_superuser:
            return True
        return any("r" in env[model].access.get(group, "") for group in env.groups)
