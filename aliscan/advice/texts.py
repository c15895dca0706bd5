"""A text in both languages, side by side: what one of them lacks is seen at once."""

from __future__ import annotations

from dataclasses import dataclass

from aliscan.i18n import language


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence or paragraph, English and Simplified Chinese."""

    en: str
    zh: str

    def __str__(self) -> str:
        return self.zh if language() == "zh" else self.en
