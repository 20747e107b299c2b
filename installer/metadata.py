"""What is said about the program, from ``metadata.toml`` to the form each system reads."""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

_FILE: Final = Path(__file__).with_name("metadata.toml")


@dataclass(frozen=True)
class Words:
    """One language's words about the program."""

    name: str
    generic: str
    summary: str
    description: tuple[str, ...]
    keywords: tuple[str, ...]


@dataclass(frozen=True)
class Metadata:
    """Everything, by its meaning; ``texts`` by language, ``en`` and ``zh_CN``."""

    identifier: str
    command: str
    publisher: str
    contact: str
    licence: str
    categories: tuple[str, ...]
    texts: dict[str, Words]
    icon_sizes: tuple[int, ...] = (16, 24, 32, 48, 64, 128, 256)

    def desktop_entry(self) -> str:
        """The entry of menus (Desktop Entry Specification 1.4)."""
        english, chinese = self.texts["en"], self.texts["zh_CN"]
        lines = [
            "[Desktop Entry]",
            "Version=1.4",
            "Type=Application",
            f"Name={english.name}",
            f"Name[zh_CN]={chinese.name}",
            f"GenericName={english.generic}",
            f"GenericName[zh_CN]={chinese.generic}",
            f"Comment={english.summary}",
            f"Comment[zh_CN]={chinese.summary}",
            f"Exec=/usr/bin/{self.command}",
            f"Icon={self.identifier}",
            "Terminal=false",
            f"Categories={';'.join(self.categories)};",
            f"Keywords={';'.join(english.keywords)};",
            f"Keywords[zh_CN]={';'.join(chinese.keywords)};",
            "StartupNotify=true",
            f"StartupWMClass={self.command}",
        ]
        return "\n".join(lines) + "\n"

    def metainfo(self, version: str, made_at: datetime) -> str:
        """What software centres show (AppStream 1.0)."""
        english, chinese = self.texts["en"], self.texts["zh_CN"]
        maker = self.identifier.rpartition(".")[0].lower()
        paragraphs = [
            f'    <p>{escape(one)}</p>\n    <p xml:lang="zh_CN">{escape(other)}</p>'
            for one, other in zip(english.description, chinese.description, strict=True)
        ]
        return "\n".join(
            [
                '<?xml version="1.0" encoding="UTF-8"?>',
                '<component type="desktop-application">',
                f"  <id>{self.identifier}</id>",
                f"  <name>{escape(english.name)}</name>",
                f'  <name xml:lang="zh_CN">{escape(chinese.name)}</name>',
                f"  <summary>{escape(english.summary)}</summary>",
                f'  <summary xml:lang="zh_CN">{escape(chinese.summary)}</summary>',
                "  <metadata_license>CC0-1.0</metadata_license>",
                f"  <project_license>{self.licence}</project_license>",
                f'  <developer id="{maker}"><name>{self.publisher}</name></developer>',
                "  <description>",
                *paragraphs,
                "  </description>",
                f'  <launchable type="desktop-id">{self.identifier}.desktop</launchable>',
                f"  <provides><binary>{self.command}</binary></provides>",
                '  <content_rating type="oars-1.1"/>',
                "  <releases>",
                f'    <release version="{version}" date="{made_at:%Y-%m-%d}"/>',
                "  </releases>",
                "</component>",
                "",
            ]
        )

    def manual(self, language: str, version: str, made_at: datetime) -> str:
        """The manual page, in ``man``'s language."""
        words = self.texts[language]
        chinese = language == "zh_CN"
        heads = (
            ("名称", "用法", "说明", "命令", "环境变量")
            if chinese
            else (*("NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "ENVIRONMENT"),)
        )
        commands = (
            "不带参数打开窗口。loanapp --help 列出全部命令，其中 verify 核对合同，quote 计算费用，doctor 检查这台电脑。"
            if chinese
            else "Without arguments the window opens. loanapp --help lists the commands; among them verify checks a "
            "contract, quote works out a cost and doctor looks at this computer."
        )
        home = "草稿、密钥和本机数据所在的文件夹。" if chinese else "Folder of drafts, keys and data of this computer."
        return "\n".join(
            [
                f'.TH {self.command.upper()} 1 "{made_at:%Y-%m-%d}" "{self.command} {version}"',
                f".SH {heads[0]}",
                f"{self.command} \\- {words.summary}",
                f".SH {heads[1]}",
                f".B {self.command}",
                "[\\fICOMMAND\\fR] [\\fIOPTIONS\\fR]",
                f".SH {heads[2]}",
                *(f"{one}\n.PP" for one in words.description[:-1]),
                words.description[-1],
                f".SH {heads[3]}",
                commands,
                f".SH {heads[4]}",
                ".TP",
                ".B LOANAPP_HOME",
                home,
                "",
            ]
        )

    def copyright(self) -> str:
        """Debian's machine-readable copyright file; the licences of what is packed stand beside each part."""
        return (
            "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
            "Upstream-Name: LoanApp\n\n"
            f"Files: *\nCopyright: 2026 {self.publisher}\nLicense: {self.licence}\n"
            " On Debian systems the full text of the Apache License 2.0 is in\n"
            " /usr/share/common-licenses/Apache-2.0.\n"
            "Comment:\n"
            f" The folder /usr/lib/{self.command} holds Python, Qt (LGPL-3), OpenCV (Apache-2.0), FFmpeg (LGPL-2.1)\n"
            " and other libraries under their own licences, which lie beside them; models and fonts are listed with\n"
            f" licence and origin in /usr/lib/{self.command}/_internal/resources/assets.toml.\n"
        )

    def debian_changelog(self, version: str, made_at: datetime) -> str:
        """One entry: the version that is packed."""
        return (
            f"{self.command} ({version}) unstable; urgency=medium\n\n  * Release {version}.\n\n"
            f" -- {self.publisher} <{self.contact}>  {format_datetime(made_at)}\n"
        )


def read_metadata() -> Metadata:
    """What ``metadata.toml`` says. Raises ``KeyError`` where something is missing."""
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    texts = {
        language: Words(
            *(str(table[language][name]) for name in ("name", "generic", "summary")),
            tuple(table[language]["description"]),
            tuple(table[language]["keywords"]),
        )
        for language in ("en", "zh_CN")
    }
    plain = {name: str(table[name]) for name in ("identifier", "command", "publisher", "contact", "licence")}
    return Metadata(**plain, categories=tuple(table["categories"]), texts=texts)
