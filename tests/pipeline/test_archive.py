"""Each month has a folder of its own, whole or not there, and leads to the months around."""

import shutil

import pytest
from bs4 import BeautifulSoup
from kept_months import contents, links, page, stored

from analysis.core import params
from pipeline import archive, index
from pipeline.archive import Archive
from tests.hostile.reading import faults
from tests.sample_page import HOSTILE


@pytest.fixture
def reports(tmp_path):
    return tmp_path / "reports"


@pytest.fixture
def kept(reports):
    return Archive(reports, is_demo=False)


@pytest.fixture
def put(kept, tmp_path):
    count = iter(range(100))

    def put_one(as_of, *words, **kind):
        kept.put(stored(tmp_path / str(next(count)), as_of, *words, **kind))
        kept.link()

    return put_one


def test_pages_lead_to_the_months_around_in_their_own_language(put, kept):
    for as_of in ("2026-09-30", "2026-07-31", "2026-08-31"):
        put(as_of)
    assert [month.name for month in kept.months()] == ["2026-07", "2026-08", "2026-09"]
    assert links(kept.folder / "2026-08" / "profit.en.html") == [
        ("../2026-07/profit.en.html", "Previous month: ‹ Jul 2026"),
        ("../../index.en.html", "All months"),
        ("../2026-09/profit.en.html", "Next month: Sep 2026 ›"),
    ]
    assert [text for _, text in links(kept.folder / "2026-09" / "executive.zh.html")] == ["上一个月： ‹ 2026年8月", "全部月份"]
    assert [address for address, _ in links(kept.folder / "2026-07" / "executive.zh.html")] == [
        "../../index.zh.html", "../2026-08/executive.zh.html",
    ]  # fmt: skip


def test_every_link_of_an_archived_page_leads_to_a_file(put, kept, reports):
    put("2026-08-31")
    put("2026-09-30")
    index.write(reports, kept.months(), REPORT)
    for file in reports.rglob("*.html"):
        soup = BeautifulSoup(file.read_text("utf-8"), "html.parser")
        targets = [link["href"] for link in soup.find_all("a") if not link["href"].startswith("#")]
        assert targets
        assert [target for target in targets if not (file.parent / target).resolve().is_file()] == []


def test_a_month_without_the_page_leads_to_its_neighbours_first(put, kept):
    put("2026-08-31", "Then", ("executive",))
    put("2026-09-30")
    assert links(kept.folder / "2026-09" / "profit.en.html")[0][0] == "../2026-08/executive.en.html"


def test_a_month_made_again_takes_only_its_own_place(put, kept):
    for as_of in ("2026-07-31", "2026-08-31", "2026-09-30"):
        put(as_of)
    before = contents(kept.folder)
    put("2026-08-15", "Another message")
    after = contents(kept.folder)
    assert {name.split("/")[0] for name in before if before[name] != after[name]} == {"2026-08"}
    put("2026-08-31")
    assert contents(kept.folder) == before


def test_neighbours_are_linked_anew_when_a_month_goes(put, kept):
    for as_of in ("2026-07-31", "2026-08-31", "2026-09-30"):
        put(as_of)
    kept.remove("2026-08")
    kept.link()
    assert links(kept.folder / "2026-07" / "profit.en.html")[-1][0] == "../2026-09/profit.en.html"
    assert links(kept.folder / "2026-09" / "profit.en.html")[0][0] == "../2026-07/profit.en.html"


@pytest.mark.parametrize("fails", ["copyfile", "replace"])
def test_a_month_that_cannot_be_written_leaves_the_one_before_whole(put, kept, tmp_path, monkeypatch, fails):
    put("2026-09-30")
    before, files = contents(kept.folder), stored(tmp_path / "new", "2026-09-30", "Half of a message")

    def full(*paths):
        if "executive.zh.html" in str(paths[0]) or str(paths[0]).endswith(".new.tmp"):
            raise OSError(28, "No space left on device")
        return done(*paths)

    part = {"copyfile": archive.shutil, "replace": archive.os}[fails]
    done = getattr(part, fails)
    monkeypatch.setattr(part, fails, full)
    with pytest.raises(OSError, match="No space left"):
        kept.put(files)
    monkeypatch.undo()
    kept.link()
    assert contents(kept.folder) == before


def test_a_month_whose_change_was_killed_comes_back(put, kept):
    put("2026-08-31")
    put("2026-09-30")
    before = contents(kept.folder)
    (kept.folder / "2026-09").rename(kept.folder / ".2026-09.old.tmp")  # the new one was not there yet
    shutil.copytree(kept.folder / "2026-08", kept.folder / ".2026-09.new.tmp")
    kept.link()
    assert contents(kept.folder) == before


def test_texts_from_the_data_are_no_links(put, kept):
    body = '</nav><nav class="months"> ' + " ".join(HOSTILE)
    put("2026-08-31", body)
    put("2026-09-30")
    text = (kept.folder / "2026-08" / "profit.en.html").read_text("utf-8")
    made = page("profit", "en", f"2026-08-31 {body}")
    cut = made.index('<nav class="months"'), made.index("</nav>")
    assert text.startswith(made[: cut[0]])
    assert text.endswith(made[cut[1] :])


# --- the list ---------------------------------------------------------------------------------

REPORT = params.Report(organisation='Sample & Sons "</title><script>alert(5)</script>', language="zh", currency="", mask_names=False)


@pytest.fixture(params=["zh", "en"])
def listed(request, put, kept, reports):
    put("2026-07-31", "In July", label="Contribution")
    put("2026-09-30", HOSTILE[1])
    put("2026-08-31", "In August")
    index.write(reports, kept.months(), REPORT)
    return reports / f"index.{request.param}.html"


def test_months_stand_newest_first_with_message_figures_and_pages(listed):
    soup = BeautifulSoup(listed.read_text("utf-8"), "html.parser")
    language = listed.name[6:8]
    rows = soup.select("table.list tbody tr")
    assert [row.select_one(".message").get_text() for row in rows] == [HOSTILE[1], "In August", "In July"]
    assert [[part.get_text() for part in row.select(".latest")] for row in rows] == [
        [{"zh": "最新", "en": "Latest"}[language]], [], [],
    ]  # fmt: skip
    assert [link["href"] for link in rows[1].select(".reports a")] == [
        f"months/2026-08/{stage}.{language}.html" for stage in ("executive", "profit")
    ]
    assert rows[1].select_one(".message a")["href"] == f"months/2026-08/executive.{language}.html"
    assert [cell.get_text() for cell in rows[0].select(".num")] == ["Profit ¥8M", "Churn 15.8%", "Risk ¥1M"]
    assert [head.get_text() for head in soup.select("thead .num")] == ["Profit", "Churn", "Risk"]


def test_a_figure_under_another_heading_shows_its_own_label(listed):
    rows = BeautifulSoup(listed.read_text("utf-8"), "html.parser").select("table.list tbody tr")
    assert [cell.get_text() for row in rows for cell in row.select(".other")] == ["Contribution ¥8M"]


def test_the_further_pages_of_the_latest_month_say_their_message(listed):
    soup = BeautifulSoup(listed.read_text("utf-8"), "html.parser")
    assert [part.get_text() for part in soup.select(".entry h3, .entry dd")] == [HOSTILE[1], "¥8M", "15.8%", "¥1M"]
    assert soup.select_one(".entry a")["href"] == f"months/2026-09/profit.{listed.name[6:8]}.html"


def test_the_list_is_as_inert_as_a_page(listed):
    text = listed.read_text("utf-8")
    files = {file.relative_to(listed.parent).as_posix() for file in listed.parent.rglob("*.html")}
    assert faults(text, files) == []
    assert BeautifulSoup(text, "html.parser").select_one(".organisation").get_text() == REPORT.organisation


def test_the_first_file_is_the_list_in_the_reports_language(listed):
    assert (listed.parent / "index.html").read_bytes() == (listed.parent / "index.zh.html").read_bytes()


def test_the_same_months_give_the_same_bytes(listed, kept):
    before = contents(listed.parent)
    index.write(listed.parent, kept.link(), REPORT)
    assert contents(listed.parent) == before
