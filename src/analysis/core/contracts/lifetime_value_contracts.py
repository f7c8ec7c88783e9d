"""Tables of lifetime value under contract (V4), from the optional table ``subscriptions``; without rows where it is missing."""

from __future__ import annotations

from analysis.core.contracts.clean import CUSTOMER_ID
from analysis.core.contracts.schema import Column, Table, Words

LAWS = ("constant", "sbg", "bdw")  # from the simplest
AGES = ("known", "older")
TOLD = ("open", "renewed", "cancelled")
_LAW = Column("law", "text", Words("Law", "模型"), "Law of renewal.", values=LAWS)


def _share(name: str, en: str, zh: str, meaning: str, *, nullable: bool = False) -> Column:
    return Column(name, "ratio", Words(en, zh), meaning, low=0, high=1, nullable=nullable)


def _money(name: str, en: str, zh: str, meaning: str) -> Column:
    return Column(name, "money", Words(en, zh), meaning, nullable=True)


CONTRACT_VALUES = Table(
    "contract_values",
    "one customer with a running contract, over one time ahead; what is said of one contract is said of the one that ends first",
    ("customer_id", "horizon_months"),
    (
        CUSTOMER_ID,
        Column("horizon_months", "int", Words("Months ahead", "预测月数"), "Length of the time ahead; missing for all time to come.",
               "months", low=1, nullable=True),
        Column("lines", "int", Words("Running contracts", "有效合同"), "Contracts that run side by side.", low=1),
        Column("plan", "text", Words("Plan", "套餐"), "What was agreed.", nullable=True),
        Column("ends_on", "date", Words("Ends on", "到期日"), "Last day of the running term."),
        Column("renewals", "int", Words("Renewals so far", "已续约次数"), "Terms before the running one, one after the other, in the table.", low=0),
        Column("is_age_known", "bool", Words("From the first", "首签可见"), "The first contract of the line is in the table; else there may be more renewals."),
        Column("told", "text", Words("Known so far", "已知意向"), "Whether the customer has told what comes after the term.", values=TOLD),
        _share("renews", "Renews next", "下次续约概率", "Probability that the running term is renewed, given what is known by as_of.", nullable=True),
        Column("derl", "float", Words("Renewals to come", "预期续约次数"),
               "Discounted expected residual lifetime: expected renewals from the next on, each worth less the later it comes, on the day of the next.",
               "renewals", low=0, nullable=True),
        _money("annual_value", "Value a year", "年费", "Of all its running contracts."),
        Column("years", "float", Words("Discounted years", "折现年数"),
               "Expected years under contract up to the horizon, discounted to as_of.", "years", low=0, nullable=True),
        _money("value", "Value", "价值", "Value a year times discounted expected years; revenue."),
        _money("lo", "Low", "下限", "Lower end of the interval of what will come in."),
        _money("hi", "High", "上限", "Upper end of the interval of what will come in."),
        Column("law", "text", Words("Law", "模型"), "Law of renewal behind it.", values=(*LAWS, "not_available")),
    ),
)  # fmt: skip

CONTRACT_SURVIVAL = Table(
    "contract_survival",
    "one renewal of the contracts whose first one is in the table: how many came to it, how many passed, and how many are still there",
    ("renewal",),
    (
        Column("renewal", "int", Words("Renewal", "第几次续约"), "First, second, ...", low=1),
        Column("at_risk", "int", Words("Came to it", "到期合同"), "Contracts whose renewal of this number is decided.", low=1),
        Column("renewed", "int", Words("Renewed", "续约"), "Those that passed it.", low=0),
        _share("survival", "Still there", "仍在约占比", "Share of all that began still there after it, by Kaplan-Meier."),
        _share("lo", "Low", "下限", "Lower end of its interval.", nullable=True),
        _share("hi", "High", "上限", "Upper end of its interval.", nullable=True),
        _share("model", "Law", "模型", "The same by the published law."),
    ),
)  # fmt: skip

CONTRACT_SCORES = Table(
    "contract_scores",
    "one law of renewal and how it foretold renewals that it had not seen, over all rolling cut-offs",
    ("law",),
    (
        _LAW,
        Column("is_published", "bool", Words("Published", "采用"), "The law behind the values: the shifted beta-geometric one unless another foretold surely better."),
        Column("cutoffs", "int", Words("Cut-offs", "截断日数"), "Days up to which it was fitted, each time to foretell what came next.", low=1),
        Column("decisions", "int", Words("Renewals due", "到期决定"), "Decisions foretold.", low=1),
        Column("renewed", "int", Words("Renewed", "实际续约"), "Renewals that came.", low=0),
        Column("predicted", "float", Words("Predicted", "预测续约"), "Renewals that it expected.", "renewals", low=0),
        Column("total_error", "ratio", Words("Total error", "总量误差"), "Predicted over actual renewals, less 1.", nullable=True),
        Column("log_loss", "float", Words("Log loss", "对数损失"), "Mean of minus the logarithm of the probability given to what came.", low=0),
    ),
)  # fmt: skip

CONTRACT_MODELS = Table(
    "contract_models",
    "one parameter of one law of renewal fitted to all decided renewals",
    ("age", "law", "parameter"),
    (
        Column("age", "text", Words("Contracts", "合同"),
               "Those whose first contract is in the table, or older ones, by their renewals in it.", values=AGES),
        _LAW,
        Column("is_published", "bool", Words("Published", "采用"), "The law behind the values."),
        Column("parameter", "text", Words("Parameter", "参数"), "Name in the literature."),
        Column("estimate", "float", Words("Estimate", "估计值"), "Maximum likelihood; of one share for all the mean that it leaves open.", low=0),
        Column("lo", "float", Words("Low", "下限"), "Lower end of its interval.", nullable=True),
        Column("hi", "float", Words("High", "上限"), "Upper end of its interval.", nullable=True),
        Column("log_likelihood", "float", Words("Log-likelihood", "对数似然"), "Of the law."),
        Column("decisions", "int", Words("Renewals due", "到期决定"), "Decisions that it was fitted to.", low=1),
        Column("lost", "int", Words("Lost", "流失"), "Those that were not renewed.", low=0),
        Column("status", "text", Words("Status", "状态"), "What the data could tell."),
    ),
)  # fmt: skip
