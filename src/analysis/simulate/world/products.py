"""The price list: categories, products, costs and how often each is asked for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# Category: its gross margin at list price, and what it holds: name, unit, list price of the small size.
ASSORTMENT: dict[str, tuple[float, tuple[tuple[str, str, float], ...]]] = {
    "劳保用品 Safety": (
        0.34,
        (
            ("丁腈手套 Nitrile gloves", "双", 9.8),
            ("防护眼镜 Safety glasses", "副", 18.5),
            ("安全帽 Helmet", "顶", 36.0),
            ("反光背心 Hi-vis vest", "件", 22.0),
            ("防尘口罩 Dust mask", "盒", 45.0),
        ),
    ),
    "紧固件 Fasteners": (
        0.28,
        (
            ("六角螺栓 Hex bolt", "盒", 32.0),
            ("六角螺母 Hex nut", "盒", 16.0),
            ("平垫圈 Washer", "盒", 8.5),
            ("自攻螺钉 Tapping screw", "盒", 24.0),
            ("膨胀螺丝 Anchor bolt", "盒", 41.0),
        ),
    ),
    "电工器材 Electrical": (
        0.24,
        (
            ("电缆 Cable", "卷", 168.0),
            ("断路器 Circuit breaker", "个", 58.0),
            ("接线端子 Terminal block", "盒", 27.0),
            ("LED灯管 LED tube", "支", 19.0),
            ("工业插座 Industrial socket", "个", 33.0),
        ),
    ),
    "手动工具 Hand tools": (
        0.36,
        (
            ("活动扳手 Adjustable wrench", "把", 39.0),
            ("螺丝刀 Screwdriver", "把", 14.0),
            ("卷尺 Tape measure", "把", 17.5),
            ("钢丝钳 Pliers", "把", 29.0),
            ("羊角锤 Claw hammer", "把", 34.0),
        ),
    ),
    "包装耗材 Packaging": (
        0.22,
        (
            ("纸箱 Carton", "个", 3.2),
            ("封箱胶带 Packing tape", "卷", 6.4),
            ("缠绕膜 Stretch film", "卷", 28.0),
            ("气泡膜 Bubble wrap", "卷", 42.0),
            ("打包带 Strapping", "卷", 65.0),
        ),
    ),
    "清洁用品 Cleaning": (
        0.31,
        (
            ("擦拭布 Wiping cloth", "包", 21.0),
            ("工业清洗剂 Industrial cleaner", "桶", 88.0),
            ("垃圾袋 Bin bags", "包", 12.5),
            ("洗手液 Hand soap", "瓶", 15.8),
            ("拖把 Mop", "把", 26.0),
        ),
    ),
    "办公用品 Office": (
        0.26,
        (
            ("复印纸 Copy paper", "箱", 118.0),
            ("中性笔 Gel pens", "盒", 13.0),
            ("文件夹 Folders", "包", 23.0),
            ("标签纸 Labels", "卷", 11.5),
            ("硒鼓 Toner", "支", 146.0),
        ),
    ),
    "润滑油品 Lubricants": (
        0.29,
        (
            ("液压油 Hydraulic oil", "桶", 235.0),
            ("润滑脂 Grease", "支", 31.0),
            ("切削液 Cutting fluid", "桶", 196.0),
            ("防锈剂 Rust inhibitor", "瓶", 37.0),
            ("齿轮油 Gear oil", "桶", 210.0),
        ),
    ),
}
SIZES = (("小号 S", 1.0), ("中号 M", 1.7), ("大号 L", 2.9))
PRICE_SPREAD = 0.06
MARGIN_SPREAD = 0.035
POPULARITY_POWER = 0.8  # of the rank within its category
PRICE_STEP = 10  # list prices end in ten cents


@dataclass(frozen=True)
class Products:
    """The price list, best seller of each category first. Money in cents."""

    ids: list[str]
    names: list[str]
    units: list[str]
    categories: list[str]
    category: np.ndarray
    list_price: np.ndarray
    cost: np.ndarray
    cost_is_entered: np.ndarray
    popularity: np.ndarray

    def of_category(self, number: int) -> np.ndarray:
        """Places of the products of category ``number``."""
        return np.flatnonzero(self.category == number)


def make_products(rng: np.random.Generator, *, missing_cost: float) -> Products:
    """Draw the price list."""
    ids, names, units, category, price, margin, rank = [], [], [], [], [], [], []
    for number, (usual_margin, kinds) in enumerate(ASSORTMENT.values()):
        ranks = rng.permutation(len(kinds) * len(SIZES))
        for place, (name, unit, small) in enumerate(kinds):
            for step, (size, times) in enumerate(SIZES):
                ids.append(f"P{number + 1}{place * len(SIZES) + step + 1:02d}0")
                names.append(f"{name} {size}")
                units.append(unit)
                category.append(number)
                price.append(small * times)
                margin.append(usual_margin)
                rank.append(ranks[place * len(SIZES) + step] + 1)
    n = len(ids)
    listed = np.array(price) * np.exp(PRICE_SPREAD * rng.standard_normal(n))
    list_price = np.rint(listed * 100 / PRICE_STEP).astype(np.int64) * PRICE_STEP  # 100 cents
    margins = np.array(margin) + MARGIN_SPREAD * rng.standard_normal(n)
    entered = np.ones(n, bool)
    entered[rng.permutation(n)[: round(missing_cost * n)]] = False
    return Products(
        ids=ids, names=names, units=units, categories=list(ASSORTMENT), category=np.array(category),
        list_price=list_price, cost=np.rint(list_price * (1 - margins)).astype(np.int64),
        cost_is_entered=entered, popularity=np.array(rank, float) ** -POPULARITY_POWER,
    )  # fmt: skip
