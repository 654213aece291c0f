"""Addresses of the result of a round; `contest` and `round_key` are keys."""

from __future__ import annotations

from django.urls import path

from hoithi.results.views import papers, rounds

app_name = "results"
_RESULT = "<slug:contest>/vong/<slug:round_key>/ket-qua/"
_VERSION = f"{_RESULT}phien-ban/<int:number>/"
_PAPERS = f"{_VERSION}giay-to/"
urlpatterns = [
    path(_RESULT, rounds.show, name="round"),
    path(f"{_RESULT}cong-bo/", rounds.publish, name="publish"),
    path(_VERSION, rounds.version, name="version"),
    path(_PAPERS, papers.show, name="papers"),
    path(f"{_PAPERS}in/", papers.print_all, name="print"),
    path(f"{_PAPERS}giay-chung-nhan.pdf", papers.all_certificates, name="all_certificates"),
    path(f"{_PAPERS}giay-chung-nhan/<int:place>.pdf", papers.certificate, name="certificate"),
    path(f"{_PAPERS}danh-sach.pdf", papers.list_pdf, name="list_pdf"),
    path(f"{_PAPERS}danh-sach.xlsx", papers.list_workbook, name="list_workbook"),
]
