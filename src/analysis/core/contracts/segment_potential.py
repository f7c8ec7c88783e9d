"""Tables of the segment stage about what customers buy elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from analysis.core.contracts.clean import CUSTOMER_ID, CUSTOMER_NAME
from analysis.core.contracts.schema import Column, Kind, Table, Words

WALLET_STATUSES = ("measured", "estimated", "not_available")
QUADRANT_NAMES = ("key", "potential", "ordinary", "marginal")
TO_VERIFY = "to_verify"

_STATUS = Column(
    "wallet_status", "text", Words("Wallet is", "钱包"),
    "Measured: somebody told it. Estimated: from purchases and comparable customers, checked against told wallets.",
    values=WALLET_STATUSES,
)  # fmt: skip
_YEAR = Column(
    "wallet_year", "text", Words("Year", "年度"), "The calendar year that it was told for.", nullable=True
)
_SOURCE = Column("wallet_source", "text", Words("Source", "来源"), "Who told it.", nullable=True)
_SALES = Column(
    "sales", "money", Words("Own sales", "我方销售额"),
    "What the customer bought from us, returns deducted: in the year and the categories of a told wallet, else in the last 12 months.",
)  # fmt: skip
_WALLET = Column(
    "wallet", "money", Words("Wallet", "钱包"),
    "What the customer buys a year from all suppliers in the categories that we sell.", low=0, nullable=True,
)  # fmt: skip


def _ends(name: str, kind: Kind, en: str, zh: str) -> tuple[Column, Column]:
    return (
        Column(f"{name}_lo", kind, Words(f"{en}, low", f"{zh}下限"), f"Lower end of the interval of {name}.", nullable=True),
        Column(f"{name}_hi", kind, Words(f"{en}, high", f"{zh}上限"), f"Upper end of the interval of {name}.", nullable=True),
    )


_SIZE = (_WALLET, *_ends("wallet", "money", "Wallet", "钱包"))
_SHARE = (
    Column(
        "sow", "ratio", Words("Share of wallet", "钱包份额"),
        "Own sales / wallet; above 1 somebody is wrong, and it is shown as it is.", nullable=True,
    ),
    *_ends("sow", "ratio", "Share", "份额"),
)  # fmt: skip
_GAP = Column(
    "wallet_gap", "money", Words("Bought elsewhere", "他处采购"), "Wallet less own sales.", nullable=True
)

WALLETS = Table(
    "wallets",
    "one customer, with its wallet where that is known, and what stands in where it is not",
    ("customer_id",),
    (
        CUSTOMER_ID, CUSTOMER_NAME, _STATUS, _YEAR, _SOURCE, _SALES, *_SIZE, *_SHARE, _GAP,
        Column(
            "told_share", "ratio", Words("Told for", "覆盖销售"),
            "Share of the customer's sales of that year that lies in the categories told.", nullable=True,
        ),
        Column(
            "peer_high", "money", Words("Comparable customers at the top", "同类高位采购额"),
            "A stand-in, no wallet: what comparable customers buy from us of which most buy less, or own sales where these are higher.",
            low=0, nullable=True,
        ),
        *_ends("peer_high", "money", "Top", "高位"),
        Column(
            "category_gap", "money", Words("Category gap", "品类缺口"),
            "A stand-in, no wallet: for each category that comparable customers usually buy and this one does not, their median.",
            low=0,
        ),
        Column("missed_categories", "int", Words("Categories missed", "缺少品类数"), "How many categories those are.", low=0),
        Column("largest_gap", "text", Words("Largest gap", "最大缺口品类"), "The one with most money.", nullable=True),
    ),
)  # fmt: skip

WALLET_ERRORS = Table(
    "wallet_errors",
    "one category of which a customer bought more from us than it is said to buy from everybody",
    ("customer_id", "category"),
    (
        CUSTOMER_ID, CUSTOMER_NAME,
        Column("category", "text", Words("Category", "品类"), "Category; empty stands for all together."),
        replace(_YEAR, nullable=False), _SOURCE, _SALES, replace(_WALLET, nullable=False),
        Column("sow", "ratio", Words("Own sales / wallet", "我方销售额/钱包"), "Own sales / wallet, above 1.", low=1),
    ),
)  # fmt: skip

WALLET_CHECKS = Table(
    "wallet_checks",
    "how well purchases at one height among comparable customers are predicted for customers left out of the fit",
    ("tau",),
    (
        Column("tau", "ratio", Words("Height", "分位"), "Share of comparable customers that should buy less.", low=0, high=1),
        Column("customers", "int", Words("Customers", "客户数"), "Customers that were predicted.", low=0),
        Column("coverage", "ratio", Words("Buy less", "实际低于"), "Share of the customers left out that do buy less."),
        Column("coverage_constant", "ratio", Words("Buy less, one height for all", "实际低于（不分客户）"), "The same with one value for everybody."),
        Column("loss", "float", Words("Pinball loss", "分位损失"), "Mean pinball loss of the customers left out, of the logarithm."),
        Column("loss_constant", "float", Words("Loss, one height for all", "分位损失（不分客户）"), "The same with one value for everybody."),
        Column("gain_lo", "float", Words("Gain, low", "改善下限"), "Lower end of the interval of the gain in loss, paired over the parts of the base."),
        Column("gain_hi", "float", Words("Gain, high", "改善上限"), "Upper end of the same."),
        Column("helps", "bool", Words("Helps", "有用"), "Industry, region and size predict better than one value for everybody."),
    ),
)  # fmt: skip

QUADRANTS = Table(
    "quadrants",
    "one customer whose wallet is measured or estimated, with its place between potential and relationship",
    ("customer_id",),
    (
        CUSTOMER_ID, CUSTOMER_NAME,
        Column(
            "quadrant", "text", Words("Quadrant", "象限"),
            "Large wallet and high share: key; large and low: potential; small and high: ordinary; small and low: marginal. "
            "`to_verify` where none is probable enough, or the data contradicts itself.",
            values=(*QUADRANT_NAMES, TO_VERIFY),
        ),
        Column("probability", "ratio", Words("Probability", "概率"), "Of the likeliest quadrant.", low=0, high=1),
        *(
            Column(f"p_{name}", "ratio", Words(f"P({name})", f"概率（{zh}）"), f"Probability of the quadrant {name}.", low=0, high=1)
            for name, zh in zip(QUADRANT_NAMES, ("关键", "潜力", "普通", "边缘"), strict=True)
        ),
        replace(_STATUS, values=WALLET_STATUSES[:2]), _YEAR, _SALES,
        *(replace(column, nullable=column.name != "wallet") for column in _SIZE),
        *(replace(column, nullable=column.name != "sow") for column in _SHARE),
        replace(_GAP, nullable=False),
        Column("money", "money", Words("Money", "金额"), "Contribution, or revenue where costs are not known, of the purchases in the window to as_of."),
    ),
)  # fmt: skip


def _at(name: str, kind: Kind, words: Words, meaning: str, **limits: Any) -> tuple[Column, Column]:
    """The same some months ago and now."""
    times = (("before", "before", "此前", "Some months ago (moved_months)."), ("after", "now", "现在", "On the last day."))
    return tuple(
        Column(f"{name}_{time}", kind, Words(f"{words.en}, {en}", f"{zh}{words.zh}"), f"{meaning} {when}", **limits)
        for time, en, zh, when in times
    )  # type: ignore[return-value]


QUADRANT_MOVES = Table(
    "quadrant_moves",
    "one customer of quadrants: its quadrant some months ago and now, by the purchases of the twelve months to each day "
    "and the wallet that is known now",
    ("customer_id",),
    (
        CUSTOMER_ID, CUSTOMER_NAME, replace(_WALLET, nullable=False),
        *_at("sales", "money", Words("Own sales", "我方销售额"), "Sales of twelve months in the categories of the wallet, returns deducted."),
        *_at("sow", "ratio", Words("Share of wallet", "份额"), "These sales over the wallet."),
        *_at("quadrant", "text", Words("Quadrant", "象限"), "As in quadrants, by these sales.", values=(*QUADRANT_NAMES, TO_VERIFY)),
        *_at("probability", "ratio", Words("Probability", "概率"), "Of the likeliest quadrant.", low=0, high=1),
        Column("is_moved", "bool", Words("Moved", "已换象限"), "Whether it has a name both times, and another one."),
    ),
)  # fmt: skip
