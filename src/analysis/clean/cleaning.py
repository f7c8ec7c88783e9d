"""F1: the cleaning from raw text cells to the tables that every stage reads.

cleaning = open_cleaning(params_file, as_of)
cleaning.judge()       # as_of decided, every line has its rule
cleaning.store()       # tables written, nothing lost
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.clean.counts import column_profile, control_totals, line_counts, money_counts, order_id_counts
from analysis.clean.currency import agreed_currency, other_currencies
from analysis.clean.decisions import Period, Reading, decide_period, decide_reading
from analysis.clean.gate import open_gate, refuse_unusable
from analysis.clean.optional import Brought, store_optional
from analysis.clean.read import SourceRead, read_source
from analysis.clean.sql_parts import day, file_factors, numbers, patterns, texts
from analysis.clean.steps import prove_nothing_lost, step_table
from analysis.clean.store import whole_lines
from analysis.clean.suspects import find_suspects
from analysis.core import params, project, tables
from analysis.core.contracts import clean as contracts
from analysis.core.contracts.optional_inputs import OPTIONAL
from analysis.core.contracts.schema import Table
from analysis.core.dialect import literal, render
from analysis.core.engine import Engine, open_engine
from analysis.core.errors import ParamsError

FOLDER = Path(__file__).parent


def open_cleaning(params_file: str = "params.yaml", as_of: str | None = None) -> Cleaning:
    """Read the source that ``params_file`` names into text tables.

    Parameters
    ----------
    as_of : a day as "2026-09-30" in place of the one in ``params_file``.

    Raises
    ------
    ParamsError, DataError
    """
    loaded = params.load(project.inside(params_file))
    try:
        asked = datetime.date.fromisoformat(as_of) if as_of else loaded.as_of
    except ValueError:
        raise ParamsError("as_of", "as_of must be a day", as_of, 'Write it as "2026-09-30"') from None
    with contextlib.ExitStack() as on_failure:
        engine = on_failure.enter_context(open_engine(loaded.engine))
        read = read_source(loaded.source, loaded.engine, engine.scratch)
        on_failure.pop_all()  # from here on ``store`` closes the engine
    return Cleaning(loaded, asked, engine, read)


@dataclass
class Cleaning:
    """One cleaning under way.

    Attributes
    ----------
    params : all of ``params.yaml``.
    asked : the last day that shall count, ``None`` for the last complete month.
    read : the text tables, with the files and the mapping of their columns.
    filled_lines : lines that take order, day and customer from the line above them.
    brought : the optional tables that the source brings.
    """

    params: params.Params
    asked: datetime.date | None
    engine: Engine
    read: SourceRead
    reading: Reading = field(init=False)
    period: Period = field(init=False)
    filled_lines: int = field(init=False)
    brought: Brought = field(init=False)

    def judge(self) -> pd.Series:
        """Decide how the cells are read and where the data ends, and give each line its rule."""
        self.engine.view("read_lines", self.read.tables["orders"])
        self.engine.define("raw_lines", whole_lines(self.read.tables["orders"], "read_lines"))
        self.engine.define("lines", "SELECT * FROM raw_lines")
        self.engine.view("unreadable_lines", self.read.tables["unreadable_lines"])
        source, settings = self.params.source, self.params.clean
        evidence = self._frame("evidence")
        self.reading = decide_reading(evidence, self.file_names, source)
        self.filled_lines = int(evidence["headless_lines"].sum())
        if self.filled_lines:
            owned = [name for name in _OWNED if name in self.read.present["orders"]]
            self._keep("filled", heads=_HEADS, owned=owned)
            self.engine.define("lines", self._sql("lines", heads=_HEADS, others=_UNFILLED))
        self.engine.define("file_factors", file_factors(self.reading.discount_scale, self.read.factors))
        reading = self.reading
        self._keep("typed", day_first_files=numbers(reading.day_first_files), comma_files=numbers(reading.comma_files),
                   month_first_files=numbers(reading.month_first_files))  # fmt: skip
        self.period = decide_period(
            self.engine.frame(
                "SELECT CAST(date_trunc('month', order_date) AS DATE) AS month, CAST(count(*) AS BIGINT) AS lines,"
                " max(order_date) AS last_day FROM typed WHERE order_date IS NOT NULL GROUP BY 1 ORDER BY 1"
            ),
            self.asked, slack_days=settings.complete_month_slack_days, thin_share=settings.thin_month_share,
            resumed_share=settings.resumed_month_share,
        )  # fmt: skip
        self._keep("doubles", overlap_from_lines=settings.overlap_from_lines, keep_duplicates=settings.keep_duplicates)
        self.engine.define("judged", self._sql("judged", **self._rule_values()))
        refuse_unusable(self.engine)
        _ = self.currency  # raises before any table is written
        return pd.Series({"as_of": self.period.as_of, "data_ends": self.period.last_date})

    def _rule_values(self) -> dict[str, Any]:
        settings = self.params.clean
        return {
            "as_of": day(self.period.as_of),
            "last_date": day(self.period.last_date),
            "keep_free_lines": settings.keep_free_lines,
            "returned_orders": self.uses_returned_orders,
            "other_currencies": [literal(word) for word in self._other_currencies],
            "return_types": texts(settings.return_types),
            "cancelled_status": texts(settings.cancelled_status),
            "pseudo_pattern": patterns(settings.pseudo_customers),
            "total_pattern": patterns(settings.total_labels),
            "non_product_pattern": patterns(settings.non_products),
        }

    def store(self) -> None:
        """Write every table of the stage, after the proof that nothing was lost, and close the engine."""
        with self.engine:
            self._store_all()

    def _store_all(self) -> None:
        many = self.params.clean.many_names_from
        self._store(contracts.ORDER_LINES, "accepted", many_names_from=many)
        self._store(contracts.REJECTED_LINES, "rejected")
        tables.write(contracts.CLEANING_STEPS, self.steps)
        shared = self.occasion_rule == "customer_date"
        self._keep("stack")
        self._store(contracts.CUSTOMER_RETURNS, "returns")
        self._store(contracts.CUSTOMER_DAYS, "days", shared_order_ids=shared)
        self._store(contracts.CUSTOMER_MONTHS, "months", shared_order_ids=shared)
        self._store(contracts.CUSTOMERS, "customers")
        self.brought = store_optional(self.engine, self.read, self.reading, self.params, self.period.as_of)
        tables.write(contracts.SUSPECTS, self.suspects)
        tables.write(contracts.INPUT_FILES, self.read.input_files[list(contracts.INPUT_FILES.by_name)])
        tables.write(contracts.COLUMN_MAP, self.read.column_map[list(contracts.COLUMN_MAP.by_name)])
        tables.write(contracts.INPUT_PROFILE, self.profile)
        tables.write(contracts.CAPABILITIES, self.gate)
        tables.write(contracts.RUN_FACTS, self.facts)
        _ = (self.control_totals, self.returned_order_count)  # asked of the engine while it is open

    @cached_property
    def steps(self) -> pd.DataFrame:
        """The table ``cleaning_steps``, proved against the two stored tables of lines."""
        counts = line_counts(self.engine)
        steps = step_table(counts.read, counts.hits, counts.signs)
        prove_nothing_lost(steps, counts.accepted, counts.rejected)
        return steps

    @cached_property
    def profile(self) -> pd.DataFrame:
        """The table ``input_profile``: what the columns hold before any rule."""
        return column_profile(self.engine, self.read.present["orders"])

    @cached_property
    def shared_order_ids(self) -> pd.Series:
        """How many order ids there are, and how many of them several customers share."""
        return order_id_counts(self.engine)

    @property
    def occasion_rule(self) -> str:
        """``order_id`` where ids are keys of orders; otherwise a customer's day is one occasion."""
        ids = self.shared_order_ids
        keys = ids["order_ids"] > 0 and ids["shared"] <= self.params.clean.shared_ids_up_to * ids["order_ids"]
        return "order_id" if keys else "customer_date"

    @cached_property
    def control_totals(self) -> pd.DataFrame:
        """Total rows that close a file or sheet, beside the sum of the lines above them."""
        return control_totals(self.engine)

    @cached_property
    def returned_order_count(self) -> int:
        """Different orders in the list of returned orders."""
        if "returned_orders" not in self.read.tables:
            return 0
        counted = self.engine.frame("SELECT CAST(count(DISTINCT order_id) AS BIGINT) AS n FROM returned_orders")
        return int(counted["n"].iloc[0])

    @cached_property
    def uses_returned_orders(self) -> bool:
        """Whether a list of returned orders says which lines came back; ids that customers share do not."""
        if "returned_orders" not in self.read.tables:
            return False
        self.engine.view("returned_orders", self.read.tables["returned_orders"])
        return self.occasion_rule == "order_id"

    @cached_property
    def gate(self) -> pd.DataFrame:
        """The table ``capabilities``."""
        read = {table: columns for table, columns in self.read.present.items() if table not in OPTIONAL}
        present = read | {table: columns for table, columns in self.brought.present.items() if table in OPTIONAL}
        return open_gate({*present, *(f"{table}.{column}" for table, columns in present.items() for column in columns)})

    @cached_property
    def facts(self) -> pd.DataFrame:
        """The table ``run_facts``."""
        money = money_counts(self.engine)
        share = float(money["costed"] / money["revenue"]) if money["revenue"] else 0.0
        prints = "".join(sorted(self.read.input_files["sha256"]))
        return pd.DataFrame(
            [
                {
                    "as_of": pd.Timestamp(self.period.as_of),
                    "first_date": money["first_date"],
                    "last_date": pd.Timestamp(self.period.last_date),
                    "currency": self.currency,
                    "value_name": "contribution" if share >= self.params.clean.costed_from else "revenue",
                    "costed_share": min(max(share, 0.0), 1.0),
                    "occasion_rule": self.occasion_rule,
                    "shared_order_ids": self.shared_order_ids["shared"],
                    "order_ids": self.shared_order_ids["order_ids"],
                    "date_order": self.reading.date_order,
                    "tied_returns_e4": money["tied"],
                    "untied_returns_e4": money["returned"] - money["tied"],
                    "data_sha256": hashlib.sha256(prints.encode()).hexdigest(),
                }
            ]
        )

    @cached_property
    def currency(self) -> str:
        """The one currency of all amounts, empty where neither the data nor the parameters name it."""
        return agreed_currency(self._currency_words, self.read.currencies, self.params.report.currency)

    @cached_property
    def _currency_words(self) -> pd.Series:
        return self.engine.frame(
            "SELECT DISTINCT upper(trim(currency)) AS currency FROM lines WHERE trim(currency) <> '' ORDER BY 1"
        )["currency"]

    @property
    def _other_currencies(self) -> list[str]:
        """What the column currency holds where the line does not count."""
        return other_currencies(self._currency_words, self.currency)

    @cached_property
    def suspects(self) -> pd.DataFrame:
        """The table ``suspects``: what the reader should look at."""
        return find_suspects(self.engine, self.params.clean)

    @property
    def file_names(self) -> dict[int, str]:
        """File number to the name that messages and pages show."""
        return dict(zip(self.read.input_files["file_no"], self.read.input_files["source_file"], strict=True))

    def _frame(self, step: str, **values: Any) -> pd.DataFrame:
        return self.engine.frame(self._sql(step, **values))

    def _keep(self, step: str, **values: Any) -> None:
        file = self.engine.scratch / f"{step}.parquet"
        self.engine.store(self._sql(step, **values), file)
        self.engine.view(step, [file])

    def _store(self, table: Table, step: str, **values: Any) -> None:
        columns = ", ".join(column.name for column in table.columns)
        key = ", ".join(table.key)
        file = tables.path(table)
        self.engine.store(f"SELECT {columns} FROM ({self._sql(step, **values)}) AS rows ORDER BY {key}", file)
        self.engine.view(table.name, [file])

    def _sql(self, step: str, **values: Any) -> str:
        return render((FOLDER / f"{step}.sql").read_text(encoding="utf-8"), self.engine.dialect, **values)


# What an order says once for all its lines, and of that what its own line may lend to the others.
_HEADS = ("order_date", "customer_id", "customer_name", "sales_rep", "region", "channel", "industry", "status", "line_type",
          "currency", "promised_date", "delivered_date", "due_pay_date", "paid_date")  # fmt: skip
_OWNED = _HEADS[:3]
_UNFILLED = ("line_id", "product_id", "product_name", "category", "qty", "unit_price", "amount", "discount", "unit_cost",
             "cost_amount", "contribution")  # fmt: skip
