"""Addresses of results: of a round, and of a contest; `contest` and `round_key` are keys."""

from __future__ import annotations

from django.urls import path

from hoithi.results.views import (
    collective,
    home,
    lineups,
    minutes,
    motions,
    names,
    papers,
    rounds,
    units,
)

app_name = "results"
_RESULT = "<slug:contest>/vong/<slug:round_key>/ket-qua/"
_TEAMS = "<slug:contest>/vong/<slug:round_key>/doi-thi/"
_VERSION = f"{_RESULT}phien-ban/<int:number>/"
_PAPERS = f"{_VERSION}giay-to/"
_UNITS_OF = f"{_RESULT}don-vi/"
_UNIT = f"{_UNITS_OF}<str:unit>/"
_ALL = "<slug:contest>/ket-qua/"
_NAME = f"{_ALL}ten/<int:complaint>/"
_UNITS = f"{_ALL}tap-the/"
_UNITS_VERSION = f"{_UNITS}phien-ban/<int:number>/"
urlpatterns = [
    path(_ALL, home.show, name="home"),
    path(f"{_ALL}ten/", names.show, name="names"),
    path(_NAME, names.one, name="name"),
    path(f"{_NAME}sua/", names.correct, name="correct_name"),
    path(f"{_NAME}khong-sua/", names.refuse, name="refuse_name"),
    path(_UNITS, collective.show, name="collective"),
    path(f"{_UNITS}cong-bo/", collective.publish, name="publish_collective"),
    path(f"{_UNITS}dong-hang/<int:place>/", collective.tie, name="unit_tie"),
    path(_UNITS_VERSION, collective.version, name="collective_version"),
    path(f"{_UNITS_VERSION}danh-sach.pdf", collective.list_pdf, name="collective_pdf"),
    path(f"{_UNITS_VERSION}danh-sach.xlsx", collective.list_workbook, name="collective_workbook"),
    path(_RESULT, rounds.show, name="round"),
    path(f"{_RESULT}cong-bo/", rounds.publish, name="publish"),
    path(f"{_RESULT}dong-hang/<int:place>/", rounds.tie, name="tie"),
    path(f"{_RESULT}giai-phu/<slug:prize>/", rounds.side, name="choose"),
    path(_TEAMS, lineups.show, name="lineup"),
    path(f"{_TEAMS}chot/", lineups.fix, name="lineup_fix"),
    path(f"{_TEAMS}boc-tham/", lineups.draw, name="lineup_draw"),
    path(f"{_TEAMS}boc-tham-tay/", lineups.hand, name="lineup_hand"),
    path(f"{_TEAMS}rut/", lineups.leave, name="lineup_leave"),
    path(f"{_TEAMS}huy/", lineups.void, name="lineup_void"),
    path(f"{_TEAMS}giu/", lineups.keep, name="lineup_keep"),
    path(f"{_TEAMS}ngang-nhau/", lineups.cut, name="lineup_cut"),
    path(f"{_RESULT}bien-ban/", minutes.show, name="minutes"),
    path(f"{_RESULT}bien-ban/nhap/", minutes.enter, name="enter_minutes"),
    path(f"{_RESULT}bien-ban/ban-quet/", minutes.attach, name="attach_copy"),
    path(f"{_RESULT}bien-ban/ban-quet/<slug:sha256>/", minutes.scan, name="scan"),
    path(_UNITS_OF, units.show, name="units"),
    path(f"{_UNITS_OF}nhan/", units.take, name="take_unit"),
    path(f"{_RESULT}gui-tinh/", units.send, name="send"),
    path(f"{_RESULT}gui-tinh/tep.zip", units.sent, name="sent"),
    path(f"{_UNIT}trang/", units.show_unit, name="unit"),
    path(f"{_UNIT}thay/", units.replace, name="replace_unit"),
    path(f"{_UNIT}bo-ho-so/", units.make, name="make_kit"),
    path(f"{_UNIT}bo-ho-so/<slug:kit>.json", units.kit, name="kit"),
    path(f"{_UNIT}tep/<slug:sha256>.zip", units.file, name="unit_file"),
    path(_VERSION, rounds.version, name="version"),
    path(_PAPERS, papers.show, name="papers"),
    path(f"{_PAPERS}in/", papers.print_all, name="print"),
    path(f"{_PAPERS}giay-chung-nhan.pdf", papers.all_certificates, name="all_certificates"),
    path(f"{_PAPERS}giay-chung-nhan/<int:place>.pdf", papers.certificate, name="certificate"),
    path(f"{_PAPERS}danh-sach.pdf", papers.list_pdf, name="list_pdf"),
    path(f"{_PAPERS}danh-sach.xlsx", papers.list_workbook, name="list_workbook"),
    path("<slug:contest>/cho-ky/<int:motion>/xac-nhan/", motions.second, name="second"),
    path("<slug:contest>/cho-ky/<int:motion>/bac/", motions.refuse, name="refuse"),
]
