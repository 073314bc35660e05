"""The faces that Chinese pages are set in: which of them this machine has, found by the names of their files."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from ..findings import Place, Refused, finding

Role = Literal["title", "heading", "subheading", "body"]

ROLES: Mapping[Role, tuple[str, ...]] = {
    "title": ("FZXiaoBiaoSong-B05S", "STZhongsong", "Noto Serif CJK SC", "Source Han Serif SC", "Songti SC", "SimSun"),
    "heading": ("SimHei", "STHeiti", "Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei"),
    "subheading": ("KaiTi", "KaiTi_GB2312", "STKaiti", "Kaiti SC", "AR PL KaitiM GB", "AR PL UKai CN", "Noto Serif CJK SC"),
    "body": ("FangSong", "FangSong_GB2312", "STFangsong", "Noto Serif CJK SC", "Source Han Serif SC", "Songti SC", "SimSun"),
}
"""The families of each role of GB/T 9704, the standard's own first."""
LAST_RESORT = ("Noto Serif CJK SC", "Noto Sans CJK SC", "SimSun", "Microsoft YaHei", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei")
"""What stands in for any role of which no family is there."""
_FILES: Mapping[str, tuple[str, ...]] = {
    "AR PL KaitiM GB": ("gkai00mp.ttf",),
    "AR PL UKai CN": ("ukai.ttc",),
    "FZXiaoBiaoSong-B05S": ("fzxbsjw.ttf", "fzxbsjw--gb1-0.ttf", "fzxiaobiaosong-b05s.ttf"),
    "FangSong": ("simfang.ttf",),
    "FangSong_GB2312": ("simfang_gb2312.ttf", "fangsong_gb2312.ttf", "fsgb2312.ttf"),
    "KaiTi": ("simkai.ttf",),
    "KaiTi_GB2312": ("simkai_gb2312.ttf", "kaiti_gb2312.ttf", "ktgb2312.ttf"),
    "Kaiti SC": ("kaiti.ttc",),
    "Microsoft YaHei": ("msyh.ttc", "msyh.ttf"),
    "Noto Sans CJK SC": ("notosanscjk-regular.ttc", "notosanscjksc-regular.otf", "notosanscjk-vf.otf.ttc"),
    "Noto Serif CJK SC": ("notoserifcjk-regular.ttc", "notoserifcjksc-regular.otf", "notoserifcjk-vf.otf.ttc"),
    "STFangsong": ("stfangso.ttf", "stfangsong.ttf"),
    "STHeiti": ("stheiti.ttf", "stheiti medium.ttc", "stheiti light.ttc"),
    "STKaiti": ("stkaiti.ttf",),
    "STZhongsong": ("stzhongs.ttf",),
    "SimHei": ("simhei.ttf",),
    "SimSun": ("simsun.ttc", "simsun.ttf"),
    "Songti SC": ("songti.ttc",),
    "Source Han Sans SC": ("sourcehansanssc-regular.otf", "sourcehansans-regular.ttc", "sourcehansans.ttc"),
    "Source Han Serif SC": ("sourcehanserifsc-regular.otf", "sourcehanserif-regular.ttc", "sourcehanserif.ttc"),
    "WenQuanYi Micro Hei": ("wqy-microhei.ttc",),
    "WenQuanYi Zen Hei": ("wqy-zenhei.ttc",),
}
"""Families of simplified Chinese by the names of their files, in lower case."""
_JAPANESE = (
    "notosanscjkjp",
    "notoserifcjkjp",
    "notosansjp",
    "notoserifjp",
    "ipag",
    "ipam",
    "ipaex",
    "takao",
    "msgothic",
    "msmincho",
)
_JAPANESE_TOO = ("yugoth", "yumin", "meiryo", "hiragino", "vl-gothic", "sourcehansansjp", "sourcehanserifjp")
_SUFFIXES = (".ttf", ".ttc", ".otf", ".otc")


class Face(NamedTuple):
    """A family of a font, and its file."""

    family: str
    file: Path


@dataclass(frozen=True)
class Faces:
    """What was found in some folders: families of simplified Chinese with their files, and faces of Japanese alone."""

    chinese: Mapping[str, Path]
    japanese: tuple[Path, ...] = ()

    def of(self, role: Role) -> Face | None:
        """Return the face of a role, the first of its families that was found; None where no Chinese face was."""
        wanted = (*ROLES[role], *LAST_RESORT)
        return next((Face(family, self.chinese[family]) for family in wanted if family in self.chinese), None)


def folders() -> list[Path]:
    """Return the folders in which this system keeps fonts, its own and the user's, those that exist."""
    home, where = Path.home(), os.environ
    if sys.platform == "win32":
        named = [Path(where.get("WINDIR", "C:/Windows")) / "Fonts"]
        named += [Path(local) / "Microsoft/Windows/Fonts" for local in [where.get("LOCALAPPDATA")] if local]
    elif sys.platform == "darwin":
        named = [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts"]
    else:
        own = Path(where.get("XDG_DATA_HOME") or home / ".local/share")
        named = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), own / "fonts", home / ".fonts"]
    return [folder for folder in named if folder.is_dir()]


def find_faces(places: Sequence[Path] | None = None) -> Faces:
    """Look for the families of GB/T 9704, and what stands in for them, in some folders or in those of the system."""
    families = {file: family for family, files in _FILES.items() for file in files}
    chinese: dict[str, Path] = {}
    japanese: list[Path] = []
    for file in _font_files(folders() if places is None else places):
        name = file.name.lower()
        if name in families:
            chinese.setdefault(families[name], file)
        elif name.replace(" ", "").startswith((*_JAPANESE, *_JAPANESE_TOO)):
            japanese.append(file)
    return Faces(dict(sorted(chinese.items())), tuple(japanese))


def _font_files(places: Sequence[Path]) -> Iterator[Path]:
    """Return the files of fonts below some folders, in the same order on every disk."""
    for folder in places:
        for where, below, files in os.walk(folder):
            below.sort()
            yield from (Path(where, name) for name in sorted(files) if name.lower().endswith(_SUFFIXES))


def chosen(found: Faces) -> dict[Role, Face]:
    """Return the face of every role.

    :raises Refused: where no face of simplified Chinese is there: pages would be boxes, or set in a Japanese face.
    """
    faces = {role: found.of(role) for role in ROLES}
    if any(face is None for face in faces.values()):
        japanese = ", ".join(file.name for file in found.japanese[:3])
        raise Refused([finding("IC542" if japanese else "IC541", Place(), files=japanese)])
    return {role: face for role, face in faces.items() if face is not None}
