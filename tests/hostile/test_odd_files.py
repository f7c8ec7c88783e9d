"""What is no ordinary file in the source's folder is refused in one sentence, and never waited for."""

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.clean import listing
from analysis.clean.listing import list_files
from analysis.core.errors import DataError
from tests.hostile import project

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pipes and devices are those of Unix")


@pytest.fixture
def raw(tmp_path, monkeypatch):
    """The source's folder in a project."""
    home = tmp_path / "project"
    (home / "raw").mkdir(parents=True)
    (home / "dvc.yaml").touch()
    (home / "raw" / "a.csv").write_text("customer_id\nC1\n")
    monkeypatch.chdir(home)
    return home / "raw"


def pipe(place):
    os.mkfifo(place / "orders.csv")


def bound_socket(place):
    os.chdir(place)  # a socket's path is short
    with socket.socket(socket.AF_UNIX) as one:
        one.bind("orders.csv")


def link(target):
    return lambda place: (place / "orders.csv").symlink_to(target)


ODD = {
    "a pipe": (pipe, "this is no file but a pipe. Remove it from the source's folder."),
    "a socket": (bound_socket, "this is no file but a socket. Remove it from the source's folder."),
    "a link to a device": (link("/dev/zero"), "this link leads out of the source's folder. Put the file itself there, or set source.path to where it lies."),
    "a link to a file elsewhere": (link("/etc/passwd"), "this link leads out of the source's folder. Put the file itself there, or set source.path to where it lies."),
    "a link to a folder elsewhere": (link("/etc"), "this is a link to a folder, which is not followed. Put the folder itself there."),
    "a link to its own folder": (link("."), "this is a link to a folder, which is not followed. Put the folder itself there."),
    "a link to itself": (link("orders.csv"), "this link leads nowhere. Put the file itself there, or remove the link."),
    "a link to nothing": (link("gone.csv"), "this link leads nowhere. Put the file itself there, or remove the link."),
}  # fmt: skip


@pytest.mark.parametrize("folder", ["", "below/deeper"])
@pytest.mark.parametrize("odd", ODD)
def test_what_is_no_file_is_named_and_refused(raw, odd, folder):
    name, (make, said) = "orders.csv", ODD[odd]
    (raw / folder).mkdir(parents=True, exist_ok=True)
    make(raw / folder)
    with pytest.raises(DataError, match=f"^{re.escape(f'{Path(folder) / name}: {said}')}$"):
        list_files(raw)


def test_links_inside_the_project_and_hidden_ones_are_as_good_as_files(raw):
    (raw.parent / "store.csv").write_text("x")
    (raw / "b.csv").symlink_to("a.csv")
    (raw / "c.csv").symlink_to(raw.parent / "store.csv")
    (raw / ".hidden").symlink_to("/etc/passwd")
    (raw / "~$open.xlsx").symlink_to("nowhere")
    assert [name for name, _ in list_files(raw)] == ["a.csv", "b.csv", "c.csv"]


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null"])
def test_a_source_that_is_a_device_is_refused(path):
    with pytest.raises(DataError, match=r"^params\.yaml, section source: this path is neither a file nor a folder, got"):
        list_files(Path(path))


def test_a_name_that_is_not_utf8_is_refused(raw):
    Path(os.fsdecode(bytes(raw) + b"/\xff\xfe.csv")).touch()
    with pytest.raises(DataError, match=r"^��\.csv: the name of the file is not UTF-8\. Rename the file\.$"):
        list_files(raw)


def test_a_name_that_holds_a_password_is_refused_without_saying_it(raw):
    (raw / "sam:canary@files.example orders.csv").touch()
    with pytest.raises(DataError, match=r"^source: the name of a file holds a user and a password") as refused:
        list_files(raw)
    assert "canary" not in str(refused.value)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read every folder")
def test_a_folder_that_cannot_be_opened_is_named(raw):
    (raw / "closed").mkdir(mode=0)
    with pytest.raises(DataError, match=r"^closed: this folder cannot be opened"):
        list_files(raw)


def test_a_refresh_over_a_pipe_ends_before_dvc_waits_for_it(tmp_path):
    folder = project.copied(tmp_path / "project")
    shutil.rmtree(folder / "data")
    (folder / project.names.SOURCE).mkdir(parents=True)
    pipe(folder / project.names.SOURCE)
    ended = project.run(folder, "pipeline.refresh")
    assert ended.returncode == 1
    assert ended.stdout == "orders.csv: this is no file but a pipe. Remove it from the source's folder.\n"


def test_without_the_look_at_its_kind_a_pipe_is_waited_for(raw):
    """In a process of its own, which is given three seconds to end."""
    pipe(raw)
    program = (
        "from pathlib import Path\nfrom analysis.clean import files, listing\n"
        "listing._refuse_odd = lambda *_: None\n"
        "[files._kind(file) for _, file in listing.list_files(Path('raw'))]\n"
    )
    with pytest.raises(subprocess.TimeoutExpired, match="timed out after"):
        subprocess.run([sys.executable, "-c", program], cwd=raw.parent, timeout=3, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)})


def test_without_the_look_at_links_a_file_elsewhere_is_read(raw, monkeypatch):
    (raw / "b.csv").symlink_to("/etc/passwd")
    monkeypatch.setattr(listing, "_refuse_odd", lambda *_: None)
    assert [name for name, _ in list_files(raw)] == ["a.csv", "b.csv"]
