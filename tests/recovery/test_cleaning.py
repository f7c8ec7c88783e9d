"""The score of the cleaning on small worlds, and that it sees a cleaning that is broken on purpose."""

import pytest

from analysis.simulate.exports.book import EXPECTED
from tests.recovery import cleaning
from tests.recovery.cleaning import PARAMS, score

SMALL = {"customers": 160, "months": 36}
ENOUGH = 0.98
AT_ONCE = ("no_fault", "money_by_customer", "money_by_month")


@pytest.fixture(scope="module", params=[101, 102])
def scored(request):
    """The score of one small world by kind."""
    return score("dirty", request.param, **SMALL).set_index("kind")


def test_every_kind_of_fault_occurs_and_is_scored(scored):
    assert list(scored.index) == [*EXPECTED, *AT_ONCE]
    assert (scored["injected"] > 0).all()


def test_every_fault_is_found_and_treated_as_a_careful_reader_would(scored):
    assert scored.index[~(scored["recall"] >= ENOUGH)].tolist() == []


def test_nothing_else_is_taken_for_a_fault(scored):
    assert scored.index[~(scored["precision"] >= ENOUGH)].tolist() == []


def test_the_money_of_every_line_customer_and_month_is_exact(scored):
    assert (scored.loc[list(AT_ONCE), "right"] == scored.loc[list(AT_ONCE), "injected"]).all()


def test_what_cannot_be_found_says_so_and_counts_as_it_is_written(scored):
    hidden = [kind for kind, expected in EXPECTED.items() if expected.startswith("cannot")]
    assert hidden == ["silent_untaxed", "qty_times_100_inside"]
    assert (scored.loc[hidden, "note"] != "").all()


BROKEN = {  # a line of params.yaml, what stands there instead, and the kind that suffers
    "cancelled_status: [cancelled, canceled, cancel, closed, void, voided, 已取消,": ("cancelled_status: [", "cancelled"),
    "keep_duplicates: false": ("keep_duplicates: true", "duplicate"),
    "keep_free_lines: false": ("keep_free_lines: true", "free_sample"),
    "return_types: [return, returns, returned, refund, refunded, credit note, credit memo, 退货, 退货单, 销售退货,": ("return_types: [", "return_typed"),
    "pseudo_customers: [散客*,": ("pseudo_customers: [", "walk_in"),
    "odd_times: 10 ": ("odd_times: 900 ", "price_times_100"),
    "odd_cost_times: 5 ": ("odd_cost_times: 900 ", "cost_unit"),
    "odd_names_up_to: 0.1 ": ("odd_names_up_to: 0 ", "split_id"),
    "tax_rate: null": ("tax_rate: 0.06", "untaxed_year"),
}


def test_a_cleaning_that_is_broken_loses_its_score(monkeypatch):
    monkeypatch.setattr(cleaning, "PARAMS", PARAMS | {line: instead for line, (instead, _) in BROKEN.items()})
    found = score("dirty", 101, **SMALL).set_index("kind")
    for _, suffers in BROKEN.values():
        assert not found.loc[suffers, "recall"] >= ENOUGH, suffers
    assert found.loc["money_by_month", "right"] < found.loc["money_by_month", "injected"]
