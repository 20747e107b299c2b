"""Words in both languages of the program."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LocalisedText:
    """The same words in Chinese and English."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """English for ``en`` and its regions, Chinese for everything else."""
        return self.en if language.lower().startswith("en") else self.zh
