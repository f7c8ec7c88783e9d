"""V5 and V6 from stored tables to the page: every part is there for any data, titles follow from the numbers."""

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest

from analysis.core import tables
from analysis.core.contracts import optional
from analysis.core.edition import LANGUAGES, Edition
from analysis.draw.page import open_page
from analysis.lifetime_value import acquisition_page, what_if_page
from analysis.lifetime_value.outlook import look_ahead
from analysis.lifetime_value.outlook_figures import outlook_figures
from analysis.lifetime_value.valuation import value_customers
from tests.worlds_of_orders import order_world, regular_world, stage_on

AS_OF = "2024-12-31"
ENGLISH, CHINESE = (Edition(language, "CNY") for language in ("en", "zh"))
BASES = {
    "model": lambda world: world,
    "rate without stopping": lambda _: regular_world(120, start="2023-01-01", end=AS_OF),
    "average": lambda world: world[world["customer_id"] < "c00040"],
    "one customer": lambda world: world[world["customer_id"] == "c00000"],
    "everything free": lambda world: world.assign(bought_e4=0),
}


@pytest.fixture(scope="module")
def world():
    days = order_world(400, start="2022-01-01", end="2026-12-31", seed=41)  # first orders until the middle of 2024
    return days[days["order_date"] <= AS_OF]


@pytest.fixture
def look(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return lambda days: looked(tmp_path, days)


@pytest.fixture(scope="module")
def modelled(world, tmp_path_factory):
    """Stage, valuation and outlook where the data holds spend and reasons for leaving."""
    folder = tmp_path_factory.mktemp("modelled")
    exits = pd.DataFrame({"customer_id": ["c1", "c2", "c3", "c4"], "date": pd.Timestamp("2024-05-01"),
                          "reason": ["price", "closed", "service", "unknown"], "is_known_customer": True})  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield looked(folder, world, {optional.SPEND: spent(), optional.EXIT_REASONS: exits})


def looked(folder, days, brought=None):
    stage = stage_on(folder, "lifetime_value", days, as_of=AS_OF, draws=60, models=("bgnbd",))
    for table, frame in (brought or {}).items():
        numbered = frame.assign(file_no=1, row_no=range(1, len(frame) + 1))
        tables.write(table, numbered.reindex(columns=list(table.by_name)))
    valuation = value_customers(stage)
    return stage, valuation, look_ahead(stage, valuation)


def spent(months=36):
    period = [f"{month}" for month in pd.period_range(end="2024-12", periods=months, freq="M")]
    rows = pd.DataFrame({"period": period * 2, "purpose": ["acquisition"] * months + ["retention"] * months})
    return rows.assign(channel="all", amount_e4=np.where(rows["purpose"] == "acquisition", 5 * 10**7, 10**7), new_customers=0.0)


@pytest.mark.parametrize("base", BASES)
def test_every_part_and_figure_is_there_for_any_base(look, world, base):
    stage, _, outlook = look(BASES[base](world))
    outlook.store()
    stage.publish(outlook_figures(outlook))
    assert_whole(stage, outlook)


def test_every_part_is_there_with_spend_and_reasons(modelled):
    stage, _, outlook = modelled
    assert_whole(stage, outlook)


def assert_whole(stage, outlook):
    page = open_page(stage.params.report)
    for part in (*what_if_page.sections(page, outlook), *acquisition_page.sections(page, outlook)):
        assert set(part.html) == set(LANGUAGES)
        assert not re.search(r"\bnan\b|None|NaT|<NA>", "".join(part.html.values()))


def test_a_model_with_spend_and_reasons_gives_every_figure_with_its_interval(modelled, world):
    _, _, outlook = modelled
    found = {figure.name: figure for figure in outlook_figures(outlook)}
    assert {figure.status for figure in found.values()} == {"estimated"}
    assert all(figure.lo < figure.value < figure.hi for figure in found.values())
    assert outlook.what_if.reasons.share == pytest.approx(2 / 3)
    last = outlook.costs.iloc[-1]
    assert (last["acquisition_spend"], last["retention_spend"]) == (60_000, 12_000)
    first = world.groupby("customer_id")["order_date"].min()
    assert last["won"] == (first > "2023-12-31").sum()
    value = found["new_customer_value"].value
    assert found["value_to_acquisition_cost"].value == pytest.approx(value / last["cost_per_won"])


def test_what_the_base_brings_without_a_change_is_its_predicted_value(modelled):
    _, valuation, outlook = modelled
    predicted = valuation.outcome.prediction.totals.set_index("horizon_months")["clv"]
    rows = outlook.what_if.scenarios
    value = rows[rows["discount_rate"] > 0].groupby("horizon_months")["value"].first()
    np.testing.assert_allclose(value[[12, 36]], predicted[[12, 36]], rtol=1e-6)


def test_without_spend_the_ceilings_stand_and_the_ratio_says_what_it_needs(modelled):
    stage, _, outlook = modelled
    without = dataclasses.replace(outlook, costs=pd.DataFrame(), has_spend=False)
    _, ceilings, costs = acquisition_page.sections(open_page(stage.params.report), without)
    assert "It needs the table spend" in costs.html["en"]
    assert "no reason to shift budget" in costs.html["en"]
    assert "may cost up to" in ceilings.html["en"]
    needed = {figure.name: figure.needs for figure in outlook_figures(without) if figure.status == "not_available"}
    assert needed == {"acquisition_ratio": "spend", "value_to_acquisition_cost": "spend"}


def test_a_rate_without_stopping_says_why_and_shows_the_arithmetic(look, world):
    stage, _, outlook = look(BASES["rate without stopping"](world))
    said = what_if_page.sections(open_page(stage.params.report), outlook)
    assert [part.name for part in said] == ["what_if", "retention_map"]
    assert "knows of nobody who stops" in said[0].html["en"]
    assert {figure.status for figure in outlook_figures(outlook)} == {"not_available"}
    assert acquisition_page.ceilings_title(outlook).key == "lifetime_value.ceilings.none"
    measured = dataclasses.replace(outlook, new_values=outlook.new_values.assign(measured=7.0))
    assert acquisition_page.ceilings_title(measured).key == "lifetime_value.ceilings.measured"


@pytest.mark.parametrize("verdict", ["below", "inside", "above"])
def test_the_title_sets_the_own_result_beside_the_claim(modelled, verdict):
    rows = modelled[2].what_if.scenarios
    title = titled(modelled[2], rows.assign(verdict=rows["verdict"].where(rows["verdict"].isna(), verdict)))
    assert title.key == f"lifetime_value.what_if.{verdict}"
    assert "+5 pp" in title.text(ENGLISH)
    assert "5个百分点" in title.text(CHINESE)


def test_the_title_names_the_first_change_where_none_is_claimed_and_says_where_nothing_is_gained(modelled):
    rows = modelled[2].what_if.scenarios
    plain = titled(modelled[2], rows.assign(verdict=None))
    assert plain.key == "lifetime_value.what_if.plain"
    assert "+1 pp" in plain.text(ENGLISH)
    assert titled(modelled[2], rows.assign(gain=-1.0)).key == "lifetime_value.what_if.nothing"


def titled(outlook, scenarios):
    answers = dataclasses.replace(outlook.what_if, scenarios=scenarios)
    return what_if_page.what_if_title(dataclasses.replace(outlook, what_if=answers))


@pytest.mark.parametrize(("ratio", "key", "met"), [((5.5, 5.2, 5.8), "title", "2 of 3"), ((30, 20, 45), "outside", "3 sayings")])
def test_the_ratio_s_title_counts_the_sayings_that_it_touches(modelled, ratio, key, met):
    costs = modelled[2].costs.assign(**dict(zip(("ratio", "lo", "hi"), ratio, strict=True)))
    title = acquisition_page.costs_title(dataclasses.replace(modelled[2], costs=costs))
    assert title.key == f"lifetime_value.costs.{key}"
    assert met in title.text(ENGLISH)
