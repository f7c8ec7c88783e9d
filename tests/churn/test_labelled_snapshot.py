"""A labelled snapshot without dates: what goes with the label, as statsmodels has it; and what it cannot tell is said."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from analysis.churn.labelled import effects_of_label
from analysis.core.errors import DataError

NUMBERS = ["Tenure", "SatisfactionScore", "NumberOfAddress"]
FLAGS = ["Complain"]
TEXTS = ["MaritalStatus", "Gender"]


@pytest.fixture(scope="module")
def snapshot():
    folder = os.environ.get("ANALYSIS_DATASETS")
    file = Path(folder or "") / "ecommerce_churn" / "E Commerce Dataset.xlsx"
    if not folder or not file.is_file():
        pytest.skip("ANALYSIS_DATASETS names no folder with ecommerce_churn")
    return pd.read_excel(file, sheet_name="E Comm", engine="calamine")


def test_shares_of_the_set_are_those_it_is_known_by(snapshot):
    """5,630 customers, 948 of them left; 31.7 % of those who complained and 10.9 % of the others."""
    left = snapshot.groupby("Complain")["Churn"].mean()
    assert (len(snapshot), snapshot["Churn"].sum()) == (5630, 948)
    assert left.round(3).tolist() == [0.109, 0.317]


def test_effects_are_those_of_statsmodels_on_a_design_made_by_hand(snapshot):
    units = {name: (snapshot[name] - snapshot[name].mean()) / snapshot[name].std(ddof=0) for name in [*NUMBERS, *FLAGS]}
    design = pd.DataFrame({name: (values.fillna(0.0) * 5).round() / 5 for name, values in units.items()})
    for name, usual in (("MaritalStatus", "Married"), ("Gender", "Male")):
        for value in sorted(set(snapshot[name]) - {usual}):
            design[f"{name}: {value}"] = (snapshot[name] == value).astype(float)
    model = sm.Logit(snapshot["Churn"].to_numpy(float), sm.add_constant(design))
    plain = model.fit(disp=0, tol=1e-12, cov_type="cluster", cov_kwds={"groups": np.arange(len(snapshot))})
    slopes = plain.get_margeff(dummy=True).summary_frame(alpha=0.1)["dy/dx"] * 100
    found = effects_of_label(snapshot, "Churn", [*NUMBERS, *FLAGS, *TEXTS]).set_index("term")
    assert set(found.index) == set(design)
    assert found["effect_points"].loc[slopes.index].to_numpy() == pytest.approx(slopes.to_numpy(), rel=1e-6)
    assert found["p_value"].loc[slopes.index].to_numpy() == pytest.approx(plain.pvalues[slopes.index].to_numpy(), rel=1e-6, abs=1e-12)
    assert found.index[0] == "Tenure"  # the longer a customer, the fewer leave
    assert found.loc["Complain", "lower"] > 0


def test_a_label_of_words_is_named():
    frame = pd.DataFrame({"left": ["yes", "no"], "age": [1, 2]})
    with pytest.raises(DataError, match="column left must hold 0 and 1 for every customer, got 'no, yes'"):
        effects_of_label(frame, "left", ["age"])


def test_an_effect_by_hand():
    """Of 200 who complained 120 left, of 200 others 40: 40 points."""
    frame = pd.DataFrame({"complained": np.repeat(["yes", "no"], 200), "left": np.r_[np.arange(200) < 120, np.arange(200) < 40].astype(int)})
    found = effects_of_label(frame, "left", ["complained"])
    assert found["term"].tolist() == ["complained: yes"]
    assert found["effect_points"].iloc[0] == pytest.approx(40)
