"""The price lists, by name."""

from __future__ import annotations

Assortment = dict[str, tuple[float, bool, tuple[tuple[str, str, float], ...]]]

# Category: its gross margin at list price, whether it is used up, and what it holds: name, unit, list price of
# the small size.
INDUSTRIAL: Assortment = {
    "劳保用品 Safety": (
        0.34,
        True,
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
        True,
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
        False,
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
        False,
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
        True,
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
        True,
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
        True,
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
        True,
        (
            ("液压油 Hydraulic oil", "桶", 235.0),
            ("润滑脂 Grease", "支", 31.0),
            ("切削液 Cutting fluid", "桶", 196.0),
            ("防锈剂 Rust inhibitor", "瓶", 37.0),
            ("齿轮油 Gear oil", "桶", 210.0),
        ),
    ),
}
ASSORTMENTS: dict[str, Assortment] = {"industrial": INDUSTRIAL}
