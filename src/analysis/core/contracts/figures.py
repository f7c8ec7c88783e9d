"""The one form in which every stage hands over its headline figures."""

from __future__ import annotations

from analysis.core.contracts.schema import Column, Table, Words

STATUSES = ("measured", "estimated", "proxy", "not_available")
UNITS = ("money", "ratio", "count", "days", "number", "points")

_COLUMNS = (
    Column("stage", "text", Words("Stage", "阶段"), "Stage that computed the figure."),
    Column("name", "text", Words("Figure", "指标"), "Name of the figure, unique within its stage."),
    Column("unit", "text", Words("Unit", "单位"), "Unit of value, lo and hi.", values=UNITS),
    Column("status", "text", Words("Status", "状态"), "How the figure was come by.", values=STATUSES),
    Column("method", "text", Words("Method", "方法"), "Rule or model behind the figure, and the level of its interval."),
    Column("value", "float", Words("Value", "数值"), "The figure; missing where it is not available.", nullable=True),
    Column("lo", "float", Words("Low", "下限"), "Lower end of the interval.", nullable=True),
    Column("hi", "float", Words("High", "上限"), "Upper end of the interval.", nullable=True),
    Column("n", "int", Words("Rows", "样本数"), "Rows or customers behind the figure.", low=0, nullable=True),
    Column("inputs_used", "text", Words("Inputs", "所用数据"), "Tables and columns that were used."),
    Column("needs", "text", Words("Needs", "所需数据"), "What would make the figure available; empty where it is."),
    Column("as_of", "date", Words("As of", "截至"), "Last day that counts."),
)


def figures(stage: str) -> Table:
    """Contract of ``<stage>_figures``."""
    return Table(f"{stage}_figures", f"one headline figure of stage {stage}", ("name",), _COLUMNS)
