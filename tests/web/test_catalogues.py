"""Only whole catalogues are compiled, and all faults are named at once."""

from __future__ import annotations

import gettext
from pathlib import Path

import pytest

from hoithi.web.catalogues import CatalogueError, compile_catalogues

HEAD = (
    'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    '"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
)


def write(root: Path, body: str, app: str = "room") -> Path:
    path = root / app / "locale" / "vi" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(HEAD + body, encoding="utf-8")
    return path


def test_a_whole_catalogue_is_compiled_and_can_be_read(tmp_path: Path) -> None:
    po = write(tmp_path, 'msgid "Next"\nmsgstr "Trang sau"\n')
    (report,) = compile_catalogues(tmp_path)
    assert (report.path, report.language, report.entries) == (po, "vi", 1)
    with po.with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Next") == "Trang sau"


def test_a_catalogue_that_is_right_already_is_not_written_again(tmp_path: Path) -> None:
    po = write(tmp_path, 'msgid "Next"\nmsgstr "Trang sau"\n')
    compile_catalogues(tmp_path)
    before = po.with_suffix(".mo").stat().st_mtime_ns
    compile_catalogues(tmp_path)
    assert po.with_suffix(".mo").stat().st_mtime_ns == before


def test_what_is_compiled_does_not_depend_on_the_day(tmp_path: Path) -> None:
    po = write(tmp_path, 'msgid "Next"\nmsgstr "Trang sau"\n')
    compile_catalogues(tmp_path)
    with po.with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).info()["pot-creation-date"] == "2000-01-01 00:00+0000"


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('msgid "Next"\nmsgstr ""\n', "has no translation"),
        ('#, fuzzy\nmsgid "Next"\nmsgstr "Trang sau"\n', "is fuzzy"),
        (
            'msgid "one"\nmsgid_plural "many"\nmsgstr[0] ""\n',
            "has no translation",
        ),
        (
            'msgid "%(a)s left"\nmsgstr "còn %(b)s"\n',
            "unknown named placeholder 'b'",
        ),
    ],
)
def test_a_catalogue_with_a_hole_is_refused(tmp_path: Path, body: str, fault: str) -> None:
    po = write(tmp_path, body)
    with pytest.raises(CatalogueError, match=fault):
        compile_catalogues(tmp_path)
    assert not po.with_suffix(".mo").exists()


def test_all_faults_of_all_catalogues_are_named_and_nothing_is_written(tmp_path: Path) -> None:
    write(tmp_path, 'msgid "A"\nmsgstr ""\n\nmsgid "B"\nmsgstr ""\n', "first")
    write(tmp_path, 'msgid "C"\nmsgstr ""\n', "second")
    whole = write(tmp_path, 'msgid "D"\nmsgstr "Đ"\n', "third")
    with pytest.raises(CatalogueError) as caught:
        compile_catalogues(tmp_path)
    named = [line.split(": ")[1].split(" ")[0] for line in str(caught.value).splitlines()]
    assert named == ["'A'", "'B'", "'C'"]
    assert not whole.with_suffix(".mo").exists()
