"""The house's colours, type and sizes; a chart is drawn in the light colours and shown in the page's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeVar

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

P = ParamSpec("P")
R = TypeVar("R")

# token: light, dark. No two light colours may be equal: the way back from a drawing goes by colour.
TOKENS: dict[str, tuple[str, str]] = {
    "paper": ("#ffffff", "#11161b"),
    "wash": ("#f5f7f9", "#192027"),
    "ink": ("#16202b", "#e8edf1"),
    "ink2": ("#44515e", "#b8c2cc"),
    "muted": ("#647180", "#94a1ad"),
    "rule": ("#cfd6dd", "#37434e"),
    "grid": ("#e7ebef", "#27313a"),
    "blue": ("#1d5f9f", "#6cb0ea"),
    "verm": ("#c4502a", "#f08a63"),
    "bad": ("#b3431f", "#f08a63"),
    "sky": ("#4f94cb", "#3f78a8"),
    "teal": ("#0f8a6a", "#55b8ad"),
    "amber": ("#bd7f10", "#e6b64a"),
    "plum": ("#85568f", "#bf93ca"),
    "grey": ("#8a95a0", "#75828e"),
    "greybg": ("#dfe4e9", "#2c3741"),
}
INK = {token: light for token, (light, _) in TOKENS.items()}

WIDE, HALF, NARROW = 860, 416, 358  # CSS pixels: a full figure, one of a pair, a phone
TEXT, SMALL = 12.0, 11.0  # CSS pixels
POINT = 0.75  # points in a CSS pixel
WASH = 0.1  # opacity of a fill behind text
BARE = "bare"  # gid of a text without halo
TIP = "tip:"  # begins the gid of what shows a hover label
SALT = "workbook"  # of the ids in a drawing, so that they are the same each time; it tells the house style from another
FONT_FOLDER = Path(__file__).parent


def stylesheet() -> str:
    """The page's style: colour tokens, light and dark, and the rules of ``page.css``."""
    light = "".join(f"--{token}:{both[0]};" for token, both in TOKENS.items())
    dark = "".join(f"--{token}:{both[1]};" for token, both in TOKENS.items())
    rules = (FONT_FOLDER / "page.css").read_text(encoding="utf-8")
    return (
        f".sheet{{color-scheme:light;{light}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{.sheet{{color-scheme:dark;{dark}}}}}\n{rules}"
    )


@cache
def _fonts() -> list[str]:
    """Chart fonts: Latin letters, and everything else by width alone, whatever this machine has installed."""
    from matplotlib import font_manager

    for file in sorted(FONT_FOLDER.glob("*.ttf")):
        font_manager.fontManager.addfont(file)
    return ["DejaVu Sans", "Workbook Width"]


@contextmanager
def ink() -> Iterator[None]:
    """The house style of matplotlib, while a chart is drawn and saved."""
    import matplotlib

    if matplotlib.rcParams["svg.hashsalt"] == SALT:  # it is on already
        yield
        return
    settings: Any = {
        "axes.axisbelow": True,
        "axes.edgecolor": INK["rule"],
        "axes.facecolor": "none",
        "axes.linewidth": 1.0,
        "axes.spines.left": False,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.unicode_minus": True,
        "figure.dpi": 96,
        "figure.facecolor": "none",
        "font.family": _fonts(),
        "font.size": TEXT * POINT,
        "grid.color": INK["grid"],
        "grid.linewidth": 0.8,
        "lines.solid_capstyle": "round",
        "path.simplify": True,
        "svg.fonttype": "none",
        "svg.hashsalt": SALT,
        "text.color": INK["ink2"],
        "text.parse_math": False,
        "text.usetex": False,
        "xtick.color": INK["muted"],
        "xtick.major.size": 4.0 * POINT,
        "ytick.color": INK["muted"],
        "ytick.major.size": 0.0,
    }
    plain = {name: value for name, value in matplotlib.rcParamsDefault.items() if name != "backend"}  # it loads pyplot
    with matplotlib.rc_context({**plain, **settings}):
        yield


def inked(plot: Callable[P, R]) -> Callable[P, R]:
    """Make a drawing function draw in the house style, wherever it is called from."""

    @wraps(plot)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> R:
        with ink():
            return plot(*args, **kwargs)

    return drawn


def sheet(
    width: int, height: int, *, left: int, right: int, top: int, bottom: int, grid: Literal["", "x", "y"] = ""
) -> tuple[Figure, Axes]:
    """An empty chart of ``width`` by ``height`` CSS pixels with margins in CSS pixels.

    ``grid`` is the axis, ``"x"`` or ``"y"``, whose ticks get grid lines.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width / 96, height / 96))
    axes = figure.add_axes(
        (left / width, bottom / height, (width - left - right) / width, (height - top - bottom) / height)
    )
    axes.margins(0)
    if grid:
        axes.grid(axis=grid)
    return figure, axes


def tip(artist: Any, text: str) -> None:
    """Show ``text`` when the reader points at ``artist``; never the only way to read a value."""
    artist.set_gid(f"{TIP}{text}")
