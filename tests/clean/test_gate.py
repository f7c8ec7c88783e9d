"""F2: the gate names every capability and what it lacks."""

import re

from analysis.clean.gate import open_gate
from analysis.clean.relations import READ
from analysis.core.contracts.capabilities import BUILT, CAPABILITIES
from analysis.core.contracts.clean import CAPABILITIES as TABLE
from analysis.core.contracts.optional_inputs import OPTIONAL

COUNTS = {"F": 2, "V": 8, "G": 11, "C": 8, "N": 10, "R": 8, "X": 4}


def test_the_gate_lists_the_51_capabilities_of_the_specification():
    expected = {f"{letter}{no}" for letter, count in COUNTS.items() for no in range(1, count + 1)}
    assert [len(CAPABILITIES), {one.id for one in CAPABILITIES}] == [51, expected]


def test_with_order_lines_alone_what_is_built_runs_but_what_needs_prices_wallets_tickets_or_the_cost_of_work():
    gate = open_gate({"orders", "orders.customer_id", "orders.order_date", "orders.amount"})
    TABLE.check(gate)
    assert set(gate.query("status == 'available'")["capability"]) == set(BUILT) - {"V1", "V6", "G4", "G5", "G7", "G11", "C2", "C4", "C5"}


def test_what_a_capability_lacks_is_named_with_its_table_and_column():
    row = open_gate({"orders"}).set_index("capability").loc["N1"]
    assert row[["status", "missing"]].tolist() == ["not_available", "orders.product_id, orders.qty"]


def test_one_of_several_sources_of_cost_is_enough():
    present = {"orders", "products.unit_cost", "activity_costs"}
    assert open_gate(present).set_index("capability").loc["V1", "missing"] == ""


def test_every_need_names_a_column_that_can_be_brought():
    known = {table.name: set(table.by_name) for table in (*READ.values(), *OPTIONAL.values())}
    for capability in CAPABILITIES:
        for need in re.split(r"\|", "|".join(capability.needs)) if capability.needs else ():
            table, _, column = need.partition(".")
            assert table in known, need
            assert not column or column in known[table], need
