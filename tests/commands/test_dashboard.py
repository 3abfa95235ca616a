"""``report dashboard``: one page that needs nothing else, its figures the core's, its texts only texts."""

from __future__ import annotations

import csv
import html
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree

import pytest

from numctl import clock
from numctl.core.actions import founding
from numctl.core.actions.opening import open_store
from numctl.core.actions.perform import perform
from numctl.core.actions.reservations import reserve
from numctl.core.catalog.tree import Tree
from numctl.core.catalog.view import View
from numctl.core.queries import forecast, utilization
from numctl.dashboard import charts
from numctl.dashboard.figures import MOST, WORST, gather
from numctl.dashboard.page import page
from numctl.dashboard.picture import PICTURES
from numctl.dashboard.wording import CATEGORIES, full_date
from tests.commands.conftest import ACT, BASE, span
from tests.conftest import FULL, Numctl

VOID = {"meta", "br", "wbr"}
HOSTILE = "<img src=x onerror=alert(1)>\u202e'\"&amp; \x1b[31m</bdi></svg>"


class Page(HTMLParser):
    """A page taken apart; whatever is not closed as it was opened is a mistake of the page's."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.tables: dict[str, list[list[str]]] = {}
        self.text = ""
        self._open: list[str] = []
        self._rows: list[list[str]] = []
        self._caption = ""
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)
        if tag == "table":
            self._rows = []
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th"):
            self._rows[-1].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag
        if tag == "table":
            self.tables[self._caption] = self._rows

    def handle_data(self, data: str) -> None:
        if "style" in self._open:
            return
        self.text += data
        if self._open and self._open[-1] == "caption":
            self._caption = data
        elif self._rows and {"td", "th"} & set(self._open) and "small" not in self._open:
            self._rows[-1][-1] += data


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "dashboard.html"


Drawn = Callable[..., str]


@pytest.fixture
def drawn(numctl: Numctl, out: Path) -> Drawn:
    """Write the page, which must succeed; give its text."""

    def run(*args: str) -> str:
        ending = numctl("report", "dashboard", "--out", out, *args)
        assert (ending.code, ending.out, ending.err) == (0, "", "")
        return out.read_text(encoding="utf-8")

    return run


@pytest.fixture
def picture(numctl: Numctl, tmp_path: Path) -> Callable[[str], ElementTree.Element]:
    """Write one picture, which must succeed; give it taken apart."""

    def run(which: str) -> ElementTree.Element:
        path = tmp_path / f"{which}.svg"
        assert numctl("report", "dashboard", "--out", path, "--picture", which).code == 0
        return ElementTree.fromstring(path.read_text(encoding="utf-8"))  # noqa: S314 - our own file

    return run


def consume(store: Path, *rows: tuple[object, ...]) -> None:
    """Put usage into the store as it is: day, number, organization, and the five figures."""
    connection = sqlite3.connect(store)
    with connection:
        connection.executemany("INSERT INTO usage VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    connection.close()


def viewed(store: Path) -> Iterator[View]:
    with open_store(store) as opened, opened.reading() as connection:
        tree = Tree.load(connection)
        yield View(connection, tree, tree.root)


# What it is made of


def test_it_needs_nothing_but_itself(acme: Path, drawn: Drawn) -> None:
    consume(acme, ("2026-01-05", BASE + 71, 1, 60, 120, 3, 4, 5_000_000))
    text = drawn()
    for reference in (
        "http:",
        "https:",
        "//",
        "url(",
        "@import",
        "javascript:",
        "<script",
        "<link",
        "<iframe",
    ):
        assert reference not in text.lower()
    for tag, attributes in Page(text).tags:
        assert tag not in ("script", "link", "img", "object", "embed", "base")
        assert not {name for name in attributes if name.startswith("on")}
        assert not {"src", "href", "xlink:href", "xmlns"} & set(attributes)


def test_every_picture_says_what_it_shows_and_has_a_table(acme: Path, drawn: Drawn) -> None:
    consume(acme, ("2026-01-05", BASE + 71, 1, 60, 120, 3, 4, 5_000_000))
    found = Page(drawn())
    pictures = [attributes for tag, attributes in found.tags if tag == "svg"]
    assert len(pictures) == 1 + 4 + 2 + 1 + 3  # ring, organizations, series, months, days
    assert all(one["role"] == "img" and one["aria-label"] for one in pictures)
    assert list(found.tables) == [
        "Numbers by category",
        "Utilization by organization",
        "Utilization by series",
        "Utilization by month",
        "Consumption by day",
    ]
    assert ("html", {"lang": "en"}) in found.tags


def test_an_empty_store_has_a_page_and_pictures(
    store: Path, drawn: Drawn, picture: Callable[[str], ElementTree.Element]
) -> None:
    founding.found(store, ACT, "Acme")
    text = Page(drawn()).text
    assert "There are no numbers yet." in text
    assert "No usage has been read in." in text
    for which in PICTURES:
        assert picture(which).tag.endswith("svg")


@pytest.mark.parametrize("which", PICTURES)
def test_a_picture_stands_alone(
    acme: Path, picture: Callable[[str], ElementTree.Element], which: str
) -> None:
    consume(acme, ("2026-01-05", BASE + 71, 1, 60, 120, 3, 4, 5_000_000))
    found = picture(which)
    tags = [element.tag.rpartition("}")[2] for element in found.iter()]
    assert tags[:4] == ["svg", "title", "desc", "style"]
    assert "script" not in tags
    assert not {name for element in found.iter() for name in element.attrib if "href" in name}
    assert "@import" not in "".join(found.itertext())
    assert "url(" not in "".join(found.itertext())


# Its figures


def test_categories_are_the_core_s(acme: Path, drawn: Drawn) -> None:
    for view in viewed(acme):
        figures = utilization.of(view.connection, view.tree, view.tree.root)
    shown = {row[0].lower(): int(row[1]) for row in Page(drawn()).tables["Numbers by category"][1:]}
    assert shown == {
        **{name: getattr(figures, name) for name in CATEGORIES},
        "total": figures.total,
    }


@pytest.mark.parametrize("by_series", [False, True], ids=["organization", "series"])
def test_bars_are_the_core_s(acme: Path, drawn: Drawn, by_series: bool) -> None:
    expected = {}
    for view in viewed(acme):
        names = dict(view.connection.execute("SELECT id, name FROM series"))
        top = [view.tree.root] if by_series else list(view.tree.below(view.tree.root))
        for row in utilization.table(view.connection, view.tree, top, by="series" if by_series else ""):
            figures = row.figures
            threshold = view.tree[row.organization].threshold
            expected[names[row.part] if by_series else view.tree.path(row.organization)] = [
                str(figures.total),
                *(str(getattr(figures, category)) for category in CATEGORIES),
                f"{figures.percent}%",
                f"{figures.subscriber_percent}%",
                *([] if by_series else [f"{threshold}%" if threshold else "off"]),
            ]
    found = Page(drawn()).tables[f"Utilization by {'series' if by_series else 'organization'}"]
    assert {row[0]: row[1:] for row in found[1:]} == expected
    totals = [int(row[1]) for row in found[1:]]
    assert totals == sorted(totals, reverse=True)


def test_consumption_is_by_day_up_to_the_newest(acme: Path, drawn: Drawn) -> None:
    consume(
        acme,
        ("2026-01-05", BASE + 71, 3, 60, 120, 3, 4, 5_000_000),
        ("2026-01-05", BASE + 72, 3, 30, 0, 1, 0, 1_500_000),
        ("2026-01-03", BASE + 90, 4, 6, 0, 0, 0, 0),
        ("2999-01-01", BASE + 90, 4, 9, 9, 9, 9, 9),
    )
    rows = Page(drawn()).tables["Consumption by day"]
    assert rows[0] == [
        *("Day", "Voice incoming, min", "Voice outgoing, min", "Messages received", "Messages sent"),
        "Data, MB",
    ]
    assert rows[1] == ["5 Jan 2026", "1.50", "2", "4", "4", "6.50"]
    assert rows[2] == ["4 Jan 2026", "0", "0", "0", "0", "0"]
    assert rows[3] == ["3 Jan 2026", "0.10", "0", "0", "0", "0"]
    assert len(rows) == 31


def test_consumption_is_the_report_s(acme: Path, drawn: Drawn, numctl: Numctl) -> None:
    consume(
        acme,
        *((f"2026-01-{day:02}", BASE + 71, 3, 7 * day, 2**62, day, 1, 12_345 * day) for day in range(1, 6)),
    )
    consume(acme, *((f"2026-01-{day:02}", BASE + 72, 3, 11, 2**62, 0, 2**62, 5_000) for day in range(1, 6)))
    period = ("--from", "2026-01-01", "--to", "2026-01-05")
    said = numctl("report", "consumption", "--by", "day", *period, "-o", "csv").out
    report = list(csv.DictReader(said.splitlines()))
    assert len(report) == 5
    shown = Page(drawn()).tables["Consumption by day"][1:6]
    fields = (
        "voice_incoming_minutes",
        "voice_outgoing_minutes",
        "messages_received",
        "messages_sent",
        "data_mb",
    )
    assert [[Decimal(cell.replace(",", "")) for cell in row[1:]] for row in reversed(shown)] == [
        [Decimal(day[field]) for field in fields] for day in report
    ]


@pytest.mark.parametrize("rare", [0, 1], ids=["one category", "nearly one"])
def test_a_slice_of_all_is_a_ring(rare: int) -> None:
    """An arc that ends where it begins is drawn by no browser."""
    ring = charts.pie(utilization.Figures(available=10**11, reserved=rare))
    slices = [path.get("d", "") for path in ring.iter("path")]
    assert len(slices) == 1 + rare
    for drawn in slices:
        begin, end = re.search(r"^M([\d.]+ [\d.]+) A.* ([\d.]+ [\d.]+) L", drawn).groups()  # type: ignore[union-attr]
        assert begin != end


def test_who_is_over_the_threshold_stands_first(acme: Path, numctl: Numctl, drawn: Drawn) -> None:
    assert "None: every organization is below its threshold." in Page(drawn()).text
    assert numctl("reserve", f"{BASE + 70}..{BASE + 89}", "--tag", "x").code != 0  # some are assigned
    free = f"{BASE + 75}..{BASE + 89}"
    assert numctl("reserve", free, "--tag", "x").code == 0
    text = Page(drawn()).text
    assert re.search(r"None left\s*Acme/Sales/EMEA\s*100% of 20 in use; threshold 80%", text)


def test_the_forecast_is_the_core_s(acme: Path) -> None:
    for day in range(10, 20):
        act = ACT._replace(at=f"2026-01-{day}T09:00:00Z", today=f"2026-01-{day}")
        with open_store(acme) as opened:
            perform(opened, act, "reserve", lambda op, day=day: reserve(op, span(day, day), "office"))
    for view in viewed(acme):
        changes = forecast.daily(view.connection)[view.tree.root, 0]
        figures = utilization.of(view.connection, view.tree, view.tree.root)
        future = forecast.of(changes, figures, 80, "2026-01-20")
        text = Page(page(gather(view, None, "2026-01-20T09:00:00Z", "2026-01-20"))).text
    assert future.exhausted_on is not None
    assert future.threshold_on is not None
    assert re.search(rf"{full_date(future.exhausted_on)}\s*Acme\s*{figures.available} available", text)
    assert f"at its threshold about {full_date(future.threshold_on)}" in text


def test_the_value_outlives_the_store(acme: Path) -> None:
    for view in viewed(acme):
        found = gather(view, None, "2026-01-05T09:00:00Z", "2026-01-05")
    assert "Telephone numbers of" in page(found)


# Its texts


def test_nothing_from_the_store_is_markup(
    acme: Path, drawn: Drawn, picture: Callable[[str], ElementTree.Element]
) -> None:
    plain = [tag for tag, _ in Page(drawn()).tags]
    connection = sqlite3.connect(acme)
    with connection:
        connection.execute(
            "UPDATE organization SET name = ? WHERE name = 'EMEA'", (HOSTILE.replace("/", ""),)
        )
        connection.execute("UPDATE series SET name = ? WHERE name = '1418'", (HOSTILE,))
    connection.close()
    text = drawn()
    found = Page(text)
    assert [tag for tag, _ in found.tags] == plain
    assert "\u202e" not in text
    assert "\x1b" not in text
    shown = r"""<img src=x onerror=alert(1)>\u202e'"&amp; \x1b[31m</bdi></svg>"""
    assert shown in {row[0] for row in found.tables["Utilization by series"]}
    for which in ("organizations", "series"):
        assert "img" not in {element.tag for element in picture(which).iter()}


def test_long_and_right_to_left_names_are_kept_to_themselves(
    acme: Path, numctl: Numctl, drawn: Drawn
) -> None:
    long = "Long " * 39 + "name"
    assert numctl("org", "rename", "EMEA", long).code == 0
    assert numctl("org", "rename", "Finance", "מספרים").code == 0
    text = drawn()
    assert f"<bdi>{long}</bdi>" in text
    assert "<bdi>מספרים</bdi>" in text


def test_of_many_organizations_the_largest_are_shown(acme: Path, drawn: Drawn) -> None:
    connection = sqlite3.connect(acme)
    with connection:
        for n in range(1000):
            connection.execute(
                "INSERT INTO organization (id, parent, name, folded, threshold) VALUES (?, 1, ?, ?, 80)",
                (100 + n, f"Branch {n:04}", f"branch {n:04}"),
            )
            connection.execute("INSERT INTO tally VALUES (?, 1, 'in-use', ?)", (100 + n, 1000 + n))
    connection.close()
    text = drawn()
    found = Page(text)
    assert f"The {MOST} largest of 1,004." in found.text
    assert f"The {WORST} worst of 1,00" in found.text
    rows = found.tables["Utilization by organization"][1:]
    assert len(rows) == MOST
    assert [row[0] for row in rows[:2]] == ["Acme", "Acme/Branch 0999"]


# Who may see what


def test_nothing_leaks_out_of_scope(acme: Path, drawn: Drawn) -> None:
    consume(acme, ("2026-01-05", BASE + 90, 4, 60, 60, 1, 1, 1))
    text = drawn("--as", "Sales")
    for secret in ("Finance", "Short", "secret"):
        assert secret not in text
    found = Page(text)
    assert [row[0] for row in found.tables["Utilization by organization"][1:]] == [
        "Acme/Sales",
        "Acme/Sales/EMEA",
    ]
    assert "No usage has been read in." in found.text


@pytest.mark.parametrize(("org", "code"), [("Finance", 5), ("Nowhere", 5), ("Acme", 4)])
def test_an_organization_out_of_scope_is_refused(
    acme: Path, numctl: Numctl, out: Path, org: str, code: int
) -> None:
    assert numctl("report", "dashboard", "--out", out, "--as", "Sales", "--org", org).code == code
    assert not out.exists()


# The file


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ([], "Give --out FILE.html"),
        (["--out", "page.pdf"], "Give --out FILE.html"),
        (["--out", "page"], "Give --out FILE.html"),
        (["--out", "page.html", "--picture", "series"], "--picture"),
        (["--out", "page.svg", "--picture", "sales"], "organizations"),
    ],
)
def test_what_is_missing_or_wrong_is_said_before_there_is_a_store(
    numctl: Numctl, args: list[str], said: str
) -> None:
    ending = numctl("report", "dashboard", *args)
    assert ending.code == 2
    assert said in ending.err


def test_a_file_that_cannot_be_written_changes_nothing(acme: Path, numctl: Numctl, tmp_path: Path) -> None:
    assert numctl("report", "dashboard", "--out", tmp_path / "none" / "page.html").code == 1
    folder = tmp_path / "page.html"
    folder.mkdir()
    assert numctl("report", "dashboard", "--out", folder).code == 2
    assert list(folder.iterdir()) == []


# Seen


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_contrast_is_enough(dark: bool) -> None:
    """WCAG 2.2 AA: 4.5 to 1 for text, 3 to 1 for what a picture is made of."""
    colours: dict[str, str] = {}
    for name in ("chart.css", "page.css"):
        sheet = files("numctl.dashboard").joinpath(name).read_text(encoding="utf-8")
        blocks = re.findall(r":root \{(.*?)\}", sheet, re.DOTALL)
        for block in blocks[: 2 if dark else 1]:
            colours.update(re.findall(r"--([\w-]+): (#\w+);", block))
    grounds = {"ink": ["card", "ground", "bad-ground", "warn-ground"], "bad": ["card", "bad-ground"]}
    grounds |= {"quiet": grounds["ink"], "warn": ["warn-ground"], "good": ["card"]}
    for text, behind in grounds.items():
        for ground in behind:
            assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    for shape in (*CATEGORIES, "part-0", "part-1"):
        assert contrast(colours[shape], colours["card"]) >= 3, shape


CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = "--headless --hide-scrollbars --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync"
QUIET += " --disable-background-networking --disable-component-update --virtual-time-budget=3000"
PROBE = """<!DOCTYPE html><iframe style="width:{width}px;height:800px;border:0" srcdoc="{page}"></iframe>
<script>
onload = () => {{
  const seen = document.querySelector("iframe").contentDocument;
  const svg = seen.querySelector(".ring svg").getBoundingClientRect();
  document.title = [seen.documentElement.scrollWidth, seen.querySelectorAll("svg").length,
    Math.round(svg.width), getComputedStyle(seen.body).backgroundColor].join("|");
}};
</script>"""


def browse(folder: Path, address: Path, *options: str) -> subprocess.CompletedProcess[str]:
    assert CHROMIUM is not None
    command = [CHROMIUM, *QUIET.split(), f"--user-data-dir={folder / 'browser'}", *options, address.as_uri()]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
@pytest.mark.parametrize(
    ("width", "dark"),
    [(width, dark) for width in (320, 390, 1280) for dark in (False, True) if FULL or dark == (width == 390)],
)
def test_chromium_shows_it_without_scrolling_sideways(
    acme: Path, drawn: Drawn, tmp_path: Path, width: int, dark: bool
) -> None:
    consume(acme, ("2026-01-05", BASE + 71, 1, 60, 120, 3, 4, 5_000_000))
    probe = tmp_path / "probe.html"
    probe.write_text(PROBE.format(width=width, page=html.escape(drawn())), encoding="utf-8")
    scheme = [f"--blink-settings=preferredColorScheme={0 if dark else 1}"]
    seen = browse(tmp_path, probe, "--dump-dom", "--window-size=1400,900", *scheme).stdout
    title = re.search(r"<title>(.*?)</title>", seen)
    assert title is not None
    scrolled, pictures, ring, ground = title[1].split("|")
    assert (int(scrolled), int(pictures)) == (width, 11)
    assert int(ring) > 200
    assert ground == ("rgb(14, 19, 26)" if dark else "rgb(243, 245, 248)")


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_chromium_has_nothing_to_complain_of(acme: Path, drawn: Drawn, out: Path, tmp_path: Path) -> None:
    drawn()
    shot = tmp_path / "page.png"
    done = browse(tmp_path, out, f"--screenshot={shot}", "--window-size=390,2000", "--enable-logging=stderr")
    assert "CONSOLE" not in done.stderr
    assert shot.read_bytes().startswith(b"\x89PNG")


def test_months_and_labels_are_the_core_s(acme: Path, numctl: Numctl, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 4, 1, tzinfo=UTC))
    assert numctl("label", str(BASE), "site=<b>").code == 0
    file = tmp_path / "page.html"
    assert numctl("report", "dashboard", "--out", file, "--by", "label.site").code == 0
    made = Page(file.read_text(encoding="utf-8"))
    months = made.tables["Utilization by month"]
    assert [row[0] for row in months] == ["Month", "2026-03", "2026-02", "2026-01"]
    assert months[1][1] == "110"
    sites = made.tables["Utilization by label"]
    assert [(row[0], row[1]) for row in sites[1:]] == [("no site", "109"), ("<b>", "1")]
    assert numctl("report", "dashboard", "--out", file, "--by", "series").code == 2
    picture = tmp_path / "months.svg"
    assert numctl("report", "dashboard", "--out", picture, "--picture", "months").code == 0
    assert "2026-02: " in picture.read_text(encoding="utf-8")
