"""Made-up companies, places and desks; nobody in particular."""

from __future__ import annotations

import numpy as np

# Place, and how many of the customers sit there. "NA" is North America: a word, not a missing value.
REGIONS = {
    "广东 Guangdong": 0.17,
    "江苏 Jiangsu": 0.13,
    "浙江 Zhejiang": 0.12,
    "上海 Shanghai": 0.10,
    "山东 Shandong": 0.08,
    "北京 Beijing": 0.07,
    "四川 Sichuan": 0.06,
    "湖北 Hubei": 0.05,
    "河南 Henan": 0.05,
    "福建 Fujian": 0.05,
    "河北 Hebei": 0.03,
    "陕西 Shaanxi": 0.03,
    "SEA": 0.03,
    "NA": 0.03,
}
REPS_PER_REGION = 0.06  # one desk for each six percent of the customers
INDUSTRIES = {
    "机械制造 Machinery": 0.26,
    "电子 Electronics": 0.18,
    "建筑工程 Construction": 0.16,
    "物流仓储 Logistics": 0.12,
    "食品加工 Food": 0.10,
    "化工 Chemicals": 0.10,
    "物业服务 Facilities": 0.08,
}
WORDS_ZH = (
    "青山",
    "白石",
    "长河",
    "南桥",
    "北岭",
    "东湖",
    "西园",
    "平原",
    "高地",
    "新港",
    "中洲",
    "林间",
    "石桥",
    "河口",
    "田野",
    "云台",
    "沙洲",
    "松岗",
    "竹溪",
    "梅岭",
)
TRADES_ZH = ("机电", "五金", "建材", "电子", "包装", "物流", "食品", "化工", "物业", "设备")
FORMS_ZH = ("有限公司", "商行", "经营部", "工程公司")
WORDS_EN = (
    "North",
    "South",
    "East",
    "West",
    "Harbour",
    "River",
    "Hill",
    "Lake",
    "Stone",
    "Bridge",
    "Field",
    "Forest",
    "Valley",
    "Coast",
    "Island",
    "Meadow",
    "Canal",
    "Plain",
    "Ridge",
    "Garden",
)
TRADES_EN = ("Machinery", "Hardware", "Building Supplies", "Electronics", "Packaging", "Logistics", "Foods",
             "Chemicals", "Facilities", "Equipment")  # fmt: skip
FORMS_EN = ("Co., Ltd.", "Trading", "& Partners", "Works")
NAME_OF_NOBODY = "NA"  # one customer is really called this


def draw_share(rng: np.random.Generator, shares: dict[str, float], n: int) -> np.ndarray:
    """``n`` draws from named shares, as places in the dict."""
    edges = np.cumsum(list(shares.values()))
    return np.minimum(np.searchsorted(edges, rng.random(n) * edges[-1], side="right"), len(shares) - 1)


def company_names(rng: np.random.Generator, *, abroad: np.ndarray, chinese: float) -> list[str]:
    """One name for each customer, all different, in Chinese or in English."""
    n = len(abroad)
    in_chinese = (rng.random(n) < chinese) & ~abroad
    order = {True: rng.permutation(_count(True)), False: rng.permutation(_count(False))}
    used, names = {True: 0, False: 0}, []
    for zh in in_chinese.tolist():
        place = used[zh]
        used[zh] += 1
        turn, number = divmod(place, len(order[zh]))
        name = _name(zh, int(order[zh][number]))
        names.append(f"{name} {turn + 1}" if turn else name)
    return names


def _parts(zh: bool) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    return (WORDS_ZH, TRADES_ZH, FORMS_ZH) if zh else (WORDS_EN, TRADES_EN, FORMS_EN)


def _count(zh: bool) -> int:
    words, trades, forms = _parts(zh)
    return len(words) * len(trades) * len(forms)


def _name(zh: bool, number: int) -> str:
    words, trades, forms = _parts(zh)
    rest, form = divmod(number, len(forms))
    word, trade = divmod(rest, len(trades))
    return ("" if zh else " ").join((words[word], trades[trade], forms[form]))


def desks(region: np.ndarray, rng: np.random.Generator) -> tuple[list[str], np.ndarray]:
    """Names of the sales desks, and the desk of each customer; a desk serves one region."""
    names: list[str] = []
    first, count = [], []
    for place, share in REGIONS.items():
        size = max(1, round(share / REPS_PER_REGION))
        first.append(len(names))
        count.append(size)
        for _ in range(size):
            number = len(names) + 1
            names.append(f"业务员{number:02d}" if " " in place else f"Rep {number:02d}")
    own = np.array(first)[region] + rng.integers(0, 1 << 30, len(region)) % np.array(count)[region]
    return names, own
