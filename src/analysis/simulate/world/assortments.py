"""The price lists, by name."""

from __future__ import annotations

from dataclasses import dataclass

# Category: its gross margin at list price, whether it is used up, and what it holds: name, unit, list price of
# the small size.
Categories = dict[str, tuple[float, bool, tuple[tuple[str, str, float], ...]]]


@dataclass(frozen=True)
class Assortment:
    """One price list: every product comes in every size, at so many times the price of the small one."""

    sizes: tuple[tuple[str, float], ...]
    categories: Categories


THREE_SIZES = (("小号 S", 1.0), ("中号 M", 1.7), ("大号 L", 2.9))

INDUSTRIAL: Categories = {
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
BUILDING: Categories = {
    "水泥砂浆 Cement": (0.16, True, (("水泥 Cement", "吨", 420.0), ("砂浆 Mortar", "吨", 360.0), ("腻子粉 Putty", "袋", 32.0))),
    "瓷砖 Tiles": (0.30, False, (("地砖 Floor tile", "箱", 96.0), ("墙砖 Wall tile", "箱", 78.0), ("石材 Stone", "平米", 210.0))),
    "涂料 Paint": (0.34, True, (("乳胶漆 Emulsion", "桶", 260.0), ("底漆 Primer", "桶", 180.0), ("防水涂料 Sealant", "桶", 220.0))),
    "管材 Pipes": (0.24, False, (("水管 Water pipe", "根", 38.0), ("线管 Conduit", "根", 12.0), ("管件 Fitting", "个", 6.5))),
    "板材 Boards": (0.22, False, (("石膏板 Plasterboard", "张", 29.0), ("细木工板 Blockboard", "张", 135.0), ("保温板 Insulation", "张", 46.0))),
    "五金 Hardware": (0.38, False, (("锁具 Lock", "把", 120.0), ("合页 Hinge", "副", 24.0), ("龙头 Tap", "个", 160.0))),
}  # fmt: skip
SOFTWARE: Categories = {
    "订阅 Subscription": (0.82, False, (("客户管理 CRM", "月", 800.0), ("报表 Reports", "月", 450.0), ("协作 Teamwork", "月", 300.0))),
    "容量 Capacity": (0.70, True, (("存储 Storage", "份", 120.0), ("调用包 API calls", "份", 90.0), ("短信包 Messages", "份", 60.0))),
    "服务 Services": (0.45, False, (("培训 Training", "天", 1800.0), ("实施 Set-up", "天", 2400.0), ("支持 Support", "月", 600.0))),
}  # fmt: skip
TELECOM: Categories = {
    "语音 Voice": (0.48, False, (("集团通话 Group calls", "月", 900.0), ("长途 Long distance", "月", 600.0), ("会议 Conference", "月", 350.0))),
    "专线 Lines": (0.55, False, (("互联网专线 Internet line", "月", 2600.0), ("数据专线 Data line", "月", 3800.0), ("组网 VPN", "月", 1900.0))),
    "流量 Data": (0.40, True, (("流量包 Data pack", "份", 200.0), ("物联网卡 SIM cards", "张", 8.0), ("短信 Messages", "份", 150.0))),
    "云 Cloud": (0.35, False, (("云主机 Server", "月", 1200.0), ("云存储 Storage", "月", 400.0), ("安全 Security", "月", 700.0))),
}  # fmt: skip
OFFICE: Categories = {
    "纸张 Paper": (0.18, True, (("复印纸 Copy paper", "箱", 118.0), ("便签 Notes", "包", 9.0), ("信封 Envelopes", "包", 14.0))),
    "打印耗材 Printing": (0.27, True, (("硒鼓 Toner", "支", 146.0), ("墨盒 Ink", "支", 88.0), ("色带 Ribbon", "支", 26.0))),
    "书写 Writing": (0.35, True, (("中性笔 Gel pens", "盒", 13.0), ("白板笔 Markers", "盒", 22.0), ("订书钉 Staples", "盒", 4.5))),
    "设备 Equipment": (0.20, False, (("打印机 Printer", "台", 1280.0), ("碎纸机 Shredder", "台", 420.0), ("塑封机 Laminator", "台", 310.0))),
    "茶水 Pantry": (0.25, True, (("咖啡 Coffee", "罐", 68.0), ("纸杯 Paper cups", "条", 12.0), ("抽纸 Tissues", "提", 29.0))),
    "家具 Furniture": (0.30, False, (("办公椅 Chair", "把", 480.0), ("文件柜 Cabinet", "个", 620.0), ("办公桌 Desk", "张", 760.0))),
}  # fmt: skip
RETAIL: Categories = {
    "食品 Food": (0.28, True, (("坚果 Nuts", "袋", 32.0), ("茶叶 Tea", "罐", 86.0), ("饼干 Biscuits", "盒", 18.0))),
    "护肤 Skin care": (0.52, True, (("面霜 Cream", "瓶", 128.0), ("洁面 Cleanser", "支", 59.0), ("防晒 Sunscreen", "支", 79.0))),
    "家居 Home": (0.40, False, (("毛巾 Towels", "条", 29.0), ("香薰 Candle", "个", 66.0), ("收纳盒 Box", "个", 35.0))),
    "服饰 Clothes": (0.46, False, (("T恤 T-shirt", "件", 79.0), ("袜子 Socks", "双", 15.0), ("围巾 Scarf", "条", 98.0))),
}  # fmt: skip
IT: Categories = {
    "运维 Operations": (0.38, False, (("驻场 On site", "月", 9000.0), ("巡检 Inspection", "次", 1800.0), ("热线 Hotline", "月", 2500.0))),
    "项目 Projects": (0.32, False, (("集成 Integration", "天", 2200.0), ("开发 Development", "天", 2600.0), ("迁移 Migration", "天", 2400.0))),
    "硬件 Hardware": (0.12, False, (("服务器 Server", "台", 18000.0), ("交换机 Switch", "台", 4200.0), ("备件 Spare parts", "件", 650.0))),
    "许可 Licences": (0.18, True, (("数据库 Database", "套", 5200.0), ("安全 Security", "套", 1600.0), ("备份 Backup", "套", 1100.0))),
}  # fmt: skip
TIERS = (("基础 Basic", 1.0), ("专业 Pro", 2.2), ("企业 Enterprise", 4.5))
ASSORTMENTS: dict[str, Assortment] = {
    "industrial": Assortment(THREE_SIZES, INDUSTRIAL),
    "building": Assortment(THREE_SIZES, BUILDING),
    "software": Assortment(TIERS, SOFTWARE),
    "telecom": Assortment(TIERS, TELECOM),
    "office": Assortment(THREE_SIZES, OFFICE),
    "retail": Assortment(THREE_SIZES, RETAIL),
    "it": Assortment(TIERS, IT),
}
