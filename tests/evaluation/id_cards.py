"""Photos of made-up identity cards in five levels, each the same for the same seed and index.

Nobody holds these cards: the county of each number ends in 99, which GB/T 2260 gives to none.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from loanapp.demonstration.identities import LONG_TERM, DemonstrationIdentity, find_identity
from loanapp.demonstration.identity_card import PhotoConditions, Side, render_card
from loanapp.domain.ethnic_groups import ETHNIC_GROUPS
from loanapp.domain.identity_number import check_character
from loanapp.vision.documents import DocumentSide

LEVELS = (0, 1, 2, 3, 4)
# One photo in five shows the back.
BACK_EVERY = 5
# Of a hundred names so many hold one rare character: outside the 3755 most used of GB 2312.
RARE_SHARE = 0.12
RARE = "淼焱燚喆垚犇骉翀玥珺赟昉璟晟頔䶮昇堃祎翾婳彧烨煊炘曌妤嫣旻暘旸禛翯龑瑀玙珅珩骐骢鋆皛翙㛃㮾𬱖𠅤"
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
_DOUBLE_SURNAMES = ("欧阳", "上官", "司马", "诸葛", "皇甫", "尉迟")
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华慧建文玲红斌辉宇浩凯健俊帆雪婷梅鑫波宁志国庆春兰海燕晓东"
    "子涵雨泽欣怡梓轩思远天佑家豪佳琪若曦一诺"
)
_DOTTED = ("买买提·艾合买提", "阿依古丽·吐尔逊", "努尔兰·哈力木", "迪丽努尔·阿不都", "才让·多吉")
_PLACES = {
    "11": "北京市",
    "12": "天津市",
    "13": "河北省石家庄市",
    "21": "辽宁省沈阳市",
    "31": "上海市",
    "32": "江苏省南京市",
    "33": "浙江省杭州市",
    "35": "福建省厦门市",
    "37": "山东省青岛市",
    "41": "河南省郑州市",
    "42": "湖北省武汉市",
    "43": "湖南省长沙市",
    "44": "广东省广州市",
    "45": "广西南宁市",
    "50": "重庆市",
    "51": "四川省成都市",
    "53": "云南省昆明市",
    "61": "陕西省西安市",
    "65": "新疆乌鲁木齐市",
}
_ROADS = ("模拟路", "样例街", "示范大道", "演示巷", "测试东路")
_DISTRICTS = ("示范区", "样例县", "模拟区")


@dataclass(frozen=True)
class CardPhoto:
    """One photo, what is printed on it, and whether its name holds a rare character."""

    index: int
    level: int
    side: Side
    identity: DemonstrationIdentity
    conditions: PhotoConditions
    rare: bool

    def content(self) -> bytes:
        """JPEG, 1280x960."""
        return render_card(self.identity, self.side, self.conditions)

    def expected(self) -> dict[str, str]:
        """The fields as the reader would give them."""
        one, number = self.identity, self.identity.identity_number
        if DocumentSide(self.side) is DocumentSide.BACK:
            until = LONG_TERM if one.valid_until is None else one.valid_until.isoformat()
            return {"authority": one.authority, "valid_from": one.valid_from.isoformat(), "valid_until": until}
        return {
            "name": one.name,
            "sex": "male" if int(number[16]) % 2 else "female",
            "ethnic_group": one.ethnic_group,
            "birth": f"{number[6:10]}-{number[10:12]}-{number[12:14]}",
            "address": one.address,
            "identity_number": number,
        }


def card_photo(seed: int, index: int) -> CardPhoto:
    """Photo ``index`` of the set: its level is ``index % 5``."""
    random = np.random.default_rng((seed, index))
    level, turn = index % len(LEVELS), index // len(LEVELS)
    side: Side = "back" if turn % BACK_EVERY == BACK_EVERY - 1 else "front"
    identity, rare = _identity(random)
    return CardPhoto(index, level, side, identity, _conditions(level, random), rare)


def _conditions(level: int, random: np.random.Generator) -> PhotoConditions:
    """The numbers of docs/id-documents.md."""

    def between(low: float, high: float) -> float:
        return float(random.uniform(low, high))

    def either(low: float, high: float) -> float:
        return between(low, high) * float(random.choice((-1, 1)))

    far, seed = int(random.integers(4)), int(random.integers(1 << 31))
    at = (between(-0.6, 0.6), between(-0.5, 0.5))
    match level:
        case 0:
            return PhotoConditions(0.0, 0.0, blur=0.3, noise=1.0, seed=seed)
        case 1:
            return PhotoConditions(either(0.5, 3), between(0, 0.06), blur=0.5, noise=between(3, 6), seed=seed)
        case 2:
            tilt, lean, glare = either(3, 7), between(0.05, 0.15), between(0.3, 0.7)
            blur, noise, light = between(0.5, 0.9), between(4, 8), between(0.8, 1.1)
        case 3:
            tilt, lean, glare = either(3, 10), between(0.45, 0.65), between(0.4, 0.8)
            blur, noise, light = between(1.3, 1.9), between(5, 9), between(0.65, 1.0)
        case _:
            tilt, lean, glare = either(5, 15), between(0.5, 0.8), between(0.8, 1.4)
            blur, noise, light = between(3.6, 6), between(10, 16), between(0.35, 0.6)
    return PhotoConditions(tilt, lean, blur, noise, light, glare, seed, far, at)


def _identity(random: np.random.Generator) -> tuple[DemonstrationIdentity, bool]:
    name, rare = _name(random)
    province = str(random.choice(list(_PLACES)))
    place = _PLACES[province] + str(random.choice(_DISTRICTS))
    road, house = str(random.choice(_ROADS)), f"{random.integers(1, 400)}号"
    flat = f"{random.integers(1, 30)}栋{random.integers(1, 5)}单元{random.integers(101, 2804)}室"
    address = place + road + house + (flat if random.random() < 0.7 else "")
    born = date.fromordinal(int(random.integers(date(1955, 1, 1).toordinal(), date(2005, 1, 1).toordinal())))
    body = f"{province}0199{born:%Y%m%d}{random.integers(1, 1000):03d}"
    until = None if random.random() < 0.2 else date(int(random.integers(2096, 2099)), 5, 20)
    identity = find_identity("approved")
    values = {
        "name": name,
        "ethnic_group": "汉" if random.random() < 0.7 else str(random.choice(ETHNIC_GROUPS)),
        "identity_number": body + check_character(body),
        "address": address,
        "authority": f"{place.removesuffix('样例县')}公安局{random.choice(_DISTRICTS)[:-1]}分局",
        "valid_from": date(int(random.integers(2010, 2024)), int(random.integers(1, 13)), int(random.integers(1, 29))),
        "valid_until": until,
    }
    fields = {field: getattr(identity, field) for field in identity.__slots__}
    return DemonstrationIdentity(**(fields | values)), rare


def _name(random: np.random.Generator) -> tuple[str, bool]:
    kind = random.random()
    if kind < 0.04:
        return str(random.choice(_DOTTED)), False
    surname = str(random.choice(_DOUBLE_SURNAMES)) if kind < 0.08 else str(random.choice(list(_SURNAMES)))
    given = [str(one) for one in random.choice(list(_GIVEN), int(random.integers(1, 3)))]
    rare = bool(random.random() < RARE_SHARE)
    if rare:
        given[int(random.integers(len(given)))] = str(random.choice(list(RARE)))
    return surname + "".join(given), rare
