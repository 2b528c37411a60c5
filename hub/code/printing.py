"""Prints codes: one layout (Typst) gives PDF with the used characters embedded, SVG of outlines alone, and PNG.

What stands on a plate is passed as data and never becomes part of the layout. The font comes with the hub; it holds the
characters of GB 2312, and a folder of the settings adds others. What no font has is refused, and never an empty box.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Any

from hub.code.address import CodeAddress
from hub.code.forms import FORMS, WORDING, WORDING_EN, FormFault, Look, Use, check_look, module_of
from hub.code.glyphs import Letters
from hub.code.keys import Algorithm, CodeKeys
from hub.code.signed import sign_code
from hub.code.symbol import Symbol, SymbolError, encode
from hub.code.tokens import grouped

FONT = "Chengxin Sans"
_CHECK: dict[Algorithm, str] = {
    Algorithm.ED25519: "无网络时也可验真",
    # A browser knows nothing of SM2.
    Algorithm.SM2: "国密签名，联网验真",
}
"""How a door plate is told from a forgery."""
_PPI: dict[Use, int] = {Use.BANNER: 60, Use.CAMPUS: 150}
"""Dots an inch of a PNG; 300 for all others."""


class Missing(Exception):
    """What printing needs is not installed: the extra `print`."""


class Unprintable(ValueError):
    """A name holds characters that no font here has; they are the text."""


class Format(StrEnum):
    """What a form is printed as."""

    PDF = "pdf"
    PNG = "png"
    SVG = "svg"

    @property
    def media_type(self) -> str:
        """As HTTP calls it."""
        return {"pdf": "application/pdf", "png": "image/png", "svg": "image/svg+xml"}[self.value]


@dataclass(frozen=True, slots=True)
class Plate:
    """What is printed of a code: for whom, since when; a batch for packaging."""

    token: str
    entity: str
    name: str
    issued: date
    batch: str = ""


_SMALL, _INCH = 360, 25.4
"""Pixels of the longer side of what is only looked at; millimetres."""


@dataclass(frozen=True, slots=True)
class Printer:
    """Prints plates of one hub; `fonts` is a folder of further ones."""

    address: CodeAddress
    keys: CodeKeys
    fonts: Path | None = None
    _found: list[Any] = field(default_factory=list, repr=False)
    _letters: Letters = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_letters", Letters(self.fonts))

    def symbol(self, plate: Plate, use: Use) -> Symbol:
        """The symbol of a plate in its use."""
        form, token = FORMS[use], plate.token
        if form.signed:
            text = self.address.signed(token, sign_code(self.keys, token, plate.entity, plate.issued))
        elif plate.batch and use is Use.PACKAGE:
            text = self.address.packaged(token, plate.batch)
        else:
            text = self.address.plain(token)
        try:
            return encode(text, form.least, form.most_version)
        except SymbolError:
            # A long address, or the token of another issuer: rather weaker than too fine.
            return _weaker(text, form.most_version)

    def print_all(
        self, plates: Sequence[Plate], use: Use, kind: Format, look: Look | None = None, *, small: bool = False
    ) -> list[bytes]:
        """Pages of a form, one for each plate; a PDF holds all of them in one, and a small PNG is to be looked at. Blocking.

        FormFault if the look can't be read, Unprintable where a name can't be written, Missing without the extra.
        """
        look = look or Look(FORMS[use].usual)
        check_look(FORMS[use], look)
        typst = _typst()
        for plate in plates:
            self.check_name(plate)
        told = json.dumps([self._told(plate, use, look) for plate in plates], ensure_ascii=False)
        made = typst.compile(
            (files("hub.code") / "plates.typ").read_bytes(),
            format=kind.value,
            font_paths=self._fonts(typst),
            sys_inputs={"plates": told, "font": FONT},
            ppi=_ppi(use, small=small) if kind is Format.PNG else None,
            # The same plate is the same file.
            timestamp=0,
        )
        return list(made) if isinstance(made, list) else [made]

    def _told(self, plate: Plate, use: Use, look: Look) -> dict[str, Any]:
        form, symbol = FORMS[use], self.symbol(plate, use)
        return {
            "use": use.value,
            "sheet": form.sheet,
            "width": module_of(form, look.width, symbol.modules) * symbol.modules,
            "svg": symbol.svg(look.dark, look.light),
            "dark": look.dark,
            "light": look.light,
            "name": plate.name,
            "token": grouped(plate.token),
            "check": _CHECK[self.keys.algorithm],
            "issued": f"{plate.issued.year}年{plate.issued.month}月{plate.issued.day}日",
            "batch": plate.batch,
            "wording": WORDING,
            "wordingEn": WORDING_EN,
        }

    def check_name(self, plate: Plate) -> None:
        """Unprintable if the name holds characters that no font here has."""
        lacking = self._letters.lacking(plate.name)
        if lacking:
            raise Unprintable("".join(lacking[:20]))

    def _fonts(self, typst: Any) -> Any:
        """The fonts, read once."""
        if not self._found:
            folders = [str(files("hub") / "fonts"), *([str(self.fonts)] if self.fonts else [])]
            self._found.append(typst.Fonts(include_system_fonts=False, font_paths=folders))
        return self._found[0]


def _ppi(use: Use, *, small: bool) -> float:
    """Pixels to an inch of a picture: of a small one as many as make its longer side some 360."""
    return _SMALL * _INCH / max(FORMS[use].sheet) if small else _PPI.get(use, 300)


def _weaker(text: str, most_version: int) -> Symbol:
    try:
        return encode(text, "M", most_version)
    except SymbolError:
        raise FormFault("码的内容过长，此形式容不下", "what the code says is too long for this form") from None


def _typst() -> Any:
    try:
        import typst  # noqa: PLC0415 - an extra, for whoever prints
    except ImportError:
        raise Missing("typst") from None
    return typst
