"""Addresses of the result of a round; `contest` and `round_key` are keys."""

from __future__ import annotations

from django.urls import path

from hoithi.results.views import minutes, motions, papers, rounds

app_name = "results"
_RESULT = "<slug:contest>/vong/<slug:round_key>/ket-qua/"
_VERSION = f"{_RESULT}phien-ban/<int:number>/"
_PAPERS = f"{_VERSION}giay-to/"
urlpatterns = [
    path(_RESULT, rounds.show, name="round"),
    path(f"{_RESULT}cong-bo/", rounds.publish, name="publish"),
    path(f"{_RESULT}dong-hang/<int:place>/", rounds.tie, name="tie"),
    path(f"{_RESULT}bien-ban/", minutes.show, name="minutes"),
    path(f"{_RESULT}bien-ban/nhap/", minutes.enter, name="enter_minutes"),
    path(f"{_RESULT}bien-ban/ban-quet/<slug:sha256>/", minutes.scan, name="scan"),
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
