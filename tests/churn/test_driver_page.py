"""The page on drivers: every title follows from the numbers, every part is there, and names from the data are inert."""

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest

from analysis.churn import driver_curves_page, driver_page, driver_segments_page
from analysis.churn import driver_messages as messages
from analysis.churn.causes import Causes, find_causes
from analysis.churn.driver_columns import own_columns
from analysis.churn.driver_curves import curves_of
from analysis.churn.driver_figures import driver_figures
from analysis.churn.driver_segments import effects_by_segment
from analysis.churn.drivers import Findings, judge_drivers
from analysis.churn.exit_reasons import count_reasons
from analysis.churn.segments import Segments
from analysis.core import params, tables
from analysis.core.contracts import optional
from analysis.core.contracts.churn_drivers import DRIVER_CURVES, DRIVER_SEGMENTS, DRIVER_STRUCTURE
from analysis.core.contracts.clean import CUSTOMER_MONTHS
from analysis.core.edition import LANGUAGES, Edition
from analysis.core.errors import ParamsError
from analysis.draw.page import open_page
from tests.churn.driver_lines import project_of
from tests.churn.test_drivers import SETTINGS, known_of, panel_of_life
from tests.event_tables import ROOT
from tests.recovery.hazards import HazardScene, live

HOSTILE = "<script>alert(1)</script>"
ENGLISH = Edition("en", "CNY")


@pytest.fixture(scope="module")
def causes():
    life = live(HazardScene(customers=500), 3)
    panel = panel_of_life(life)
    own = {f"industry: {HOSTILE}": np.broadcast_to((np.arange(len(panel.customer_ids)) % 3 == 0).astype(float)[:, None], panel.reps.shape)}
    value = np.full(len(panel.customer_ids), 1000.0)
    structure = pd.DataFrame([{"term": f"industry: {HOSTILE}", **dict.fromkeys(("rate_ratio", "rate_ratio_lo", "rate_ratio_hi"), 1.0),
                               "stop_odds": 2.0, "stop_odds_lo": 1.5, "stop_odds_hi": 2.5}])  # fmt: skip
    reasons = pd.DataFrame({"reason": ["price", "unknown"], "customers": [8, 2], "share": [1.0, None], "lo": [0.7, None], "hi": [1.0, None],
                            "revenue": [9000.0, 10.0]})  # fmt: skip
    known = known_of(panel, **own)
    findings = judge_drivers(known, value, SETTINGS, asked=tuple(own))
    place = np.broadcast_to((np.arange(len(panel.customer_ids)) % 2)[:, None], panel.reps.shape)
    segments = effects_by_segment(Segments(f"channel {HOSTILE}", ("A", HOSTILE), place), findings, SETTINGS)
    curves = curves_of(findings, SETTINGS)
    return Causes(SETTINGS, findings, structure, segments, f"channel {HOSTILE}", curves, reasons, 0.5)


def pages_of(causes):
    sheet = open_page(params.load(ROOT / "params.yaml").report)
    return driver_page.sections(sheet, causes)


def test_every_part_is_there_in_both_languages_and_names_are_inert(causes):
    parts = pages_of(causes)
    assert len(parts) == 8
    for part in parts:
        assert set(part.html) == set(LANGUAGES)
        said = "".join(part.html.values())
        assert not re.search(r"\bnan\b|None|NaT|<NA>", said)
        assert HOSTILE not in said
    assert all(check.holds for check in driver_page.checks(causes))


def test_the_title_names_the_driver_with_most_money(causes):
    title = messages.drivers_title(causes.findings)
    first = messages.slowing(causes.findings.table).iloc[0]
    assert title.key == "churn_drivers.title.money"
    assert messages.named(first).text(ENGLISH) in title.text(ENGLISH)


@pytest.mark.parametrize(
    ("change", "key"),
    [({"clv": np.nan}, "customers"), ({"customers": 0.4}, "slower"), ({"is_named": False}, "nothing"), ({"hazard_ratio": 1.2}, "nothing")],
)
def test_the_title_says_no_more_than_was_found(causes, change, key):
    table = causes.findings.table.assign(**change)
    assert messages.drivers_title(dataclasses.replace(causes.findings, table=table)).key == f"churn_drivers.title.{key}"


@pytest.mark.parametrize("reason", ["no_drivers", "few_events", "stopped"])
def test_a_base_that_carries_no_effects_says_why(causes, reason):
    table = causes.findings.table.assign(hazard_ratio=np.nan, is_named=False)
    bare = dataclasses.replace(causes, findings=Findings(table, reason=reason), reasons=None)
    (part,) = pages_of(bare)
    assert "cannot yet say" in part.html["en"]
    assert {figure.status for figure in driver_figures(bare)} == {"not_available"}


def segments_of_two(**changes):
    """Complaints in two segments, nothing sure; ``changes`` are those of the first."""
    rows = pd.DataFrame({
        "driver": "complaints", "segment": ["whale", "base"], "reason": None, "customers": 100, "months": 900, "orders": 500, "hazard_ratio": 0.9,
        "lo": 0.8, "hi": 1.1, "p_value": 0.4, "q_value": 0.4, "rest_ratio": 0.9, "times_rest": 1.0, "times_rest_lo": 0.8, "times_rest_hi": 1.2,
        "difference_p": 0.9, "difference_q": 0.9, "differs": False,
    })  # fmt: skip
    for name, value in changes.items():
        rows[name] = [value, rows[name].iloc[1]]
    return rows


@pytest.mark.parametrize(
    ("change", "key"),
    [({}, "alike"), ({"differs": True, "hazard_ratio": 0.7}, "more"), ({"differs": True, "hazard_ratio": 0.97}, "less"),
     ({"differs": True, "hazard_ratio": 1.3, "rest_ratio": 0.9}, "more")],
)  # fmt: skip
def test_the_title_on_segments_names_a_difference_only_where_it_is_sure(causes, change, key):
    title = driver_segments_page.segments_title(dataclasses.replace(causes, segments=segments_of_two(**change), by="tier"))
    assert title.key == f"churn_drivers.segments.{key}"
    said = title.text(ENGLISH)
    assert ("Whale" in said and "Complaints on 10% more" in said) == (key != "alike")


def test_segments_that_carry_no_model_are_listed_with_the_reason(causes):
    rows = segments_of_two().assign(reason=["small", "few"], hazard_ratio=np.nan, q_value=np.nan, difference_q=np.nan)
    sheet = open_page(params.load(ROOT / "params.yaml").report)
    (part,) = driver_segments_page.sections(sheet, dataclasses.replace(causes, segments=rows, by="tier"))
    assert part.kind == "notes"
    assert "cannot yet say whether a driver works alike" in part.html["en"]
    assert "do not carry a model" in part.html["en"]
    assert "Whale" in part.html["en"]
    assert "too few months have it or lack it" in part.html["en"]


def test_the_family_of_pairs_is_printed(causes):
    sheet = open_page(params.load(ROOT / "params.yaml").report)
    rows = segments_of_two(differs=True, hazard_ratio=0.7)
    (part,) = driver_segments_page.sections(sheet, dataclasses.replace(causes, segments=rows, by="tier"))
    assert "2 pairs of driver and segment were tried" in part.html["en"]


def along(driver, first, last):
    """A line of two points and no range."""
    return pd.DataFrame({"driver": driver, "shape": "line", "amount": [0.0, 0.5], "share": 0.5, "chance": [first, last], "lo": 0.1, "hi": 0.9, "straight_p": 0.5})


@pytest.mark.parametrize(
    ("curves", "key"),
    [(along("complaints", 0.6, 0.5), "share_falls"), (along("complaints", 0.5, 0.6), "share_rises"), (along("age", 0.6, 0.5), "spread_falls"),
     (along("age", 0.5, 0.6), "spread_rises"), (along("discount", 0.6, 0.5), "nothing"),
     (pd.concat([along("complaints", 0.6, 0.59), along("age", 0.5, 0.6), along("discount", 0.9, 0.1)]), "spread_rises")],
    ids=["share falls", "share rises", "own falls", "own rises", "not named", "largest change of those named"],
)  # fmt: skip
def test_the_title_on_curves_tells_the_named_driver_along_which_most_changes(causes, curves, key):
    table = pd.DataFrame({"driver": ["complaints", "discount", "age"], "hazard_ratio": 0.9, "is_named": [True, False, True]})
    shown = dataclasses.replace(causes, findings=dataclasses.replace(causes.findings, table=table), curves=curves)
    assert driver_curves_page.curves_title(shown).key == f"churn_drivers.curves.{key}"


@pytest.mark.parametrize(("p_value", "said"), [(0.5, "No driver bends"), (0.001, "Not a straight line, beyond chance (Holm), where the dots tell more than the line: complaints")])
def test_a_bend_is_said_below_the_curves(causes, p_value, said):
    sheet = open_page(params.load(ROOT / "params.yaml").report)
    curves = causes.curves.assign(straight_p=causes.curves["straight_p"].where(causes.curves["driver"] != "complaints", p_value))
    curves = curves.assign(straight_p=curves["straight_p"].where(curves["driver"] == "complaints", 0.9))
    (part,) = driver_curves_page.sections(sheet, dataclasses.replace(causes, curves=curves))
    assert said in re.sub("</?bdi>", "", part.html["en"])


def test_figures_carry_their_interval(causes):
    found = {figure.name: figure for figure in driver_figures(causes)}
    assert found["driver_value"].lo < found["driver_value"].value < found["driver_value"].hi
    assert found["drivers_named"].value <= found["drivers_tried"].value


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = "\n".join(f"c{n:02} 2024-{month:02}-10 - screws - 1 50 0.1" for n in range(6) for month in range(1, 13, 1 + n % 3))
    return project_of(tmp_path, rows)


def test_a_small_base_runs_through_with_nothing_to_say(shop):
    worth = pd.DataFrame({"customer_id": ["c00"], "clv": [10.0]})
    history = pd.DataFrame({"customer_id": ["c00"], "repeats": [5], "span_days": [100.0], "age_days": [300.0]})
    found = find_causes(shop, worth, history)
    found.store()
    assert found.findings.reason
    assert found.reasons is None
    assert all(tables.read(table).empty for table in (DRIVER_STRUCTURE, DRIVER_SEGMENTS, DRIVER_CURVES))


def test_a_column_that_nobody_fills_is_named_with_those_there_are(shop):
    from analysis.churn.driver_panel import read_panel

    asked = dataclasses.replace(shop.settings.drivers, columns=("industri",))
    with pytest.raises(ParamsError, match=r"columns must name columns of the customers that the data fills, of .*industry.*, got 'industri'"):
        own_columns(read_panel(shop), asked, shop.params.engine)


def test_reasons_are_counted_once_a_customer_with_what_it_had_bought(shop):
    """c00 gave two reasons, the later one counts; c01 none that is known; nobody knows the third."""
    dates = pd.to_datetime(["2024-06-01", "2024-09-01", "2024-09-02", "2024-09-03"])
    rows = pd.DataFrame({"file_no": 1, "row_no": range(1, 5), "customer_id": ["c00", "c00", "c01", "zz"], "date": dates,
                         "reason": ["price", "service", "unknown", "price"], "note": None, "is_known_customer": [True, True, True, False]})  # fmt: skip
    tables.write(optional.EXIT_REASONS, rows.assign(note=rows["note"].astype("object")))
    months = pd.DataFrame({"customer_id": "c00", "month": pd.to_datetime(["2023-08-01", "2023-09-01", "2024-08-01"]), "revenue_e4": [70_000, 20_000, 50_000]})
    rest = dict.fromkeys((name for name in CUSTOMER_MONTHS.by_name if name not in months), 1)
    tables.write(CUSTOMER_MONTHS, months.assign(**rest))
    found = count_reasons(shop.as_of, SETTINGS).set_index("reason")
    assert found["customers"].to_dict() == {"service": 1, "unknown": 1}
    assert found.loc["service", ["share", "revenue"]].tolist() == [1.0, 7.0]  # the twelve months to August: 2 and 5
    assert np.isnan(found.loc["unknown", "share"])
