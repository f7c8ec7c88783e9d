"""C5: who stays after an incident, by hand and in a world of known loss; what is later or unknown changes nothing."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from analysis.churn import tolerance as measured
from analysis.churn.failures import find_failures
from analysis.churn.histories import read_histories
from analysis.churn.tolerance import expected_stay, find_tolerance, gap_groups
from analysis.churn.tolerance_page import sections, tolerance_title
from analysis.core import tables
from analysis.core.contracts.churn_failures import CARE_CUSTOMERS, TOLERANCE_CUSHIONS, TOLERANCES
from analysis.core.contracts.lifetime_value import CLV
from analysis.draw.page import open_page
from tests.ticket_tables import store_tickets
from tests.worlds_of_orders import stage_on

AS_OF = "2024-12-31"


def shop(customers, leave, seed):
    """Customers order every 10 to 19 days from 2023 on; after an incident a share of them never comes again.

    Returns
    -------
    Their days, and their tickets: one in ten orders has one, three days after it.
    """
    rng = np.random.default_rng(seed)
    rows, tickets = [], []
    for number in range(customers):
        name, day = f"c{number:04}", int(rng.integers(0, 300))
        while day < 730:
            rows.append((name, pd.Timestamp("2023-01-01") + pd.Timedelta(days=day)))
            if rng.random() < 0.1:
                severity = int(rng.integers(1, 3))
                tickets.append((name, f"{rows[-1][1] + pd.Timedelta(days=3):%Y-%m-%d} 10:00", float(rng.integers(1, 48)), "quality", severity))
                if rng.random() < leave[severity - 1]:
                    break
            day += int(rng.integers(10, 20))
    frame = pd.DataFrame(rows, columns=["customer_id", "order_date"]).assign(bought_e4=10**6)
    return frame.drop_duplicates(["customer_id", "order_date"]), [one for one in tickets if one[1] < "2025"]


@pytest.fixture
def judge(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def judged(days, tickets, valued=True):
        stage = stage_on(tmp_path, "churn", days, as_of=AS_OF)
        if valued:
            names = days["customer_id"].unique()
            rows = pd.DataFrame({"customer_id": names, "horizon_months": 12, "repeats": 3, "alive": 0.9, "exp_orders": 2.0, "value_per_order": 50.0,
                                 "clv": 100.0, "lo": 50.0, "hi": 200.0, "value_name": "revenue", "method": "bgnbd"})  # fmt: skip
            tables.write(CLV, rows)
        if tickets:
            store_tickets(*tickets)
        failures = find_failures(stage)
        return stage, failures, find_tolerance(stage, failures, read_histories(stage).now)

    return judged


def test_tolerance_is_what_the_world_says_by_severity(judge):
    """Nobody leaves but after incidents: a fifth after light ones, half after worse ones.

    Who stays may meet another incident within the 90 days, but orders again before it can drive it away.
    """
    _, _, found = judge(*shop(400, (0.2, 0.5), seed=5))
    by_severity = found.classes("severity").set_index("place")
    for place, stays in ((1, 0.8), (2, 0.5)):
        assert by_severity.loc[place, "lo"] < stays < by_severity.loc[place, "hi"]
    assert by_severity.loc[2, "hi"] < by_severity.loc[1, "lo"]
    assert found.tests[0].p_value < 1e-6
    assert tolerance_title(found.classes("all").iloc[0]).key == "churn.tolerance.hurts"


def test_where_incidents_change_nothing_nothing_is_found(judge):
    stage, failures, found = judge(*shop(400, (0.0, 0.0), seed=6))
    together = found.classes("all").iloc[0]
    assert together["lo"] <= 1 <= together["hi"]
    assert found.tests[0].p_value > 0.05
    keys = "".join(section.html["en"] for section in sections(open_page(stage.params.report), failures, found))
    assert "no clear loss" in keys
    assert "cannot be told apart" in keys


def test_the_shares_are_counted_by_hand(judge):
    days, tickets = shop(300, (0.3, 0.3), seed=7)
    _, _, found = judge(days, tickets)
    dated = pd.DataFrame(tickets, columns=["customer_id", "opened_at", "hours", "type", "severity"])
    dated["day"] = pd.to_datetime(dated["opened_at"]).dt.normalize()
    followed = dated.drop_duplicates(["customer_id", "day"]).query("day <= '2024-10-02'")  # 90 days before the end
    both = followed.merge(days, on="customer_id")
    soon = both["order_date"].between(both["day"] + pd.Timedelta(days=1), both["day"] + pd.Timedelta(days=90))
    stayed = soon.groupby([both["customer_id"], both["day"]]).any()
    together = found.classes("all").iloc[0]
    assert together["incidents"] == len(followed)
    assert together["stayed_after"] == pytest.approx(stayed.mean())


def test_a_narrow_kind_leans_on_the_wider_one_by_hand():
    landmarks = pd.DataFrame({
        "gap_class": [7, 7, 8], "silence_class": [2, 3, 2], "lately_class": [1, 1, 1], "orders_class": [1, 1, 1],
        "seen": [10, 30, 60], "stayed": [5, 27, 60],
    })  # fmt: skip
    met = pd.DataFrame({"gap_class": [7, 9], "silence_class": [2, 2], "lately_class": [3, 1], "orders_class": [4, 1]})
    found = expected_stay(met, landmarks, 20.0)
    whole = 92 / 100
    gap = (32 + 20 * whole) / (40 + 20)
    silence = (5 + 20 * gap) / (10 + 20)
    assert found["expected"] == pytest.approx([silence, whole])  # the classes of orders were never seen, nor was gap 9
    assert found["landmarks"].tolist() == [20.0, 20.0]


def test_gap_groups_hold_about_equally_many_incidents_and_single_orders_apart():
    classes = pd.Series([4] * 10 + [5] * 10 + [6] * 10 + [-1] * 3)
    assert gap_groups(classes, 3) == {4: 1, 5: 2, 6: 3, -1: 4}
    assert gap_groups(pd.Series([-1, -1]), 3) == {-1: 1}


def test_what_comes_later_changes_nothing(judge):
    days, tickets = shop(150, (0.3, 0.3), seed=8)
    _, _, known = judge(days, tickets)
    later = days[:30].assign(order_date=pd.Timestamp("2025-01-15")).drop_duplicates("customer_id")
    _, _, with_later = judge(pd.concat([days, later]), [*tickets, ("c0001", "2025-01-20 10:00", 1.0, "quality", 5)])
    for table in (TOLERANCES, TOLERANCE_CUSHIONS):
        pd.testing.assert_frame_equal(known[table], with_later[table])


def test_few_incidents_tell_nothing(judge):
    days, tickets = shop(100, (0.3, 0.3), seed=9)
    stage, failures, found = judge(days, tickets[:20])
    assert found.reason == "few_incidents"
    found.store()
    assert len(tables.read(TOLERANCES)) == 0
    (section,) = sections(open_page(stage.params.report), failures, found)
    assert "are needed" in section.html["en"]


def test_without_severity_all_incidents_are_one_class(judge):
    days, tickets = shop(200, (0.3, 0.3), seed=10)
    _, _, found = judge(days, [(*one[:4], None) for one in tickets])
    assert found.classes("severity").empty
    assert len(found.classes("all")) == 1


def test_at_stake_is_lifetime_value_times_what_tolerance_lacks(judge):
    stage, failures, found = judge(*shop(300, (0.3, 0.6), seed=11))
    rows = found[CARE_CUSTOMERS]
    np.testing.assert_allclose(rows["at_stake"], 100 * (1 - rows["tolerance"]))
    assert (rows["at_stake_lo"] <= rows["at_stake"]).all()
    assert (rows["at_stake"] <= rows["at_stake_hi"]).all()
    top = "".join(section.html["en"] for section in sections(open_page(stage.params.report), failures, found))
    assert "One more incident would put most at stake" in top
    assert not np.isnan(rows["tolerance"]).any()


def test_the_same_incidents_in_another_order_tell_the_same(judge):
    days, tickets = shop(150, (0.3, 0.3), seed=12)
    _, _, one = judge(days, tickets)
    _, _, other = judge(days, tickets[::-1])
    pd.testing.assert_frame_equal(one[TOLERANCES], other[TOLERANCES])
    assert dataclasses.asdict(one.tests[0]) == dataclasses.asdict(other.tests[0])
    assert set(measured.STORED) >= {TOLERANCES, CARE_CUSTOMERS}
