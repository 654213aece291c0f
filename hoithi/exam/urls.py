"""Addresses of a round held online; `contest` and `round_key` are keys."""

from __future__ import annotations

from django.urls import path

from hoithi.exam.views import (
    conduct,
    incidents,
    items,
    likeness,
    people,
    rehearsals,
    rounds,
    sittings,
    slips,
    together,
)

app_name = "exam"
_ROUND = "<slug:contest>/vong/<slug:round_key>/"
_SITTING = f"{_ROUND}ca/<int:sitting>/"
_REHEARSAL = f"{_ROUND}dien-tap/<int:rehearsal>/"
_PERSON = f"{_SITTING}thi-sinh/<int:line>/"
urlpatterns = [
    path(_ROUND, rounds.show, name="round"),
    path(f"{_ROUND}lap-de/", rounds.build, name="build"),
    path(f"{_ROUND}de/<int:number>/", rounds.package, name="package"),
    path(f"{_ROUND}de/<int:number>/niem-phong/", rounds.seal, name="seal"),
    path(
        f"{_ROUND}de/<int:number>/bien-ban-niem-phong.pdf",
        rounds.sealing_pdf,
        name="sealing_record",
    ),
    path(f"{_ROUND}de/<int:number>/thu-hoi/", rounds.withdraw, name="withdraw"),
    path(f"{_ROUND}de/<int:number>/thu-hoi/tiep/", rounds.withdraw_again, name="withdraw_again"),
    path(f"{_ROUND}de/<int:number>/cau-hoi/", items.show, name="items"),
    path(f"{_ROUND}cau-hoi/<slug:item>/", items.rule, name="rule"),
    path(f"{_ROUND}mo-ca/", rounds.open_sitting, name="open"),
    path(f"{_ROUND}truc-tiep/", sittings.live, name="live"),
    path(_SITTING, sittings.show, name="sitting"),
    path(f"{_SITTING}gio-mo/", sittings.opening, name="opening"),
    path(f"{_SITTING}gio-dong/", sittings.closing, name="closing"),
    path(f"{_SITTING}dong-ngay/", sittings.close_now, name="close_now"),
    path(f"{_SITTING}them-phut/", sittings.minutes, name="minutes"),
    path(f"{_SITTING}khung-gio-rieng/", sittings.window, name="window"),
    path(f"{_SITTING}cung-tra-loi/", together.show, name="together"),
    path(f"{_SITTING}cung-tra-loi/lenh/", together.press, name="press"),
    path(f"{_SITTING}cung-tra-loi/huy-cau/", together.cancel_question, name="cancel_question"),
    path(f"{_SITTING}cung-tra-loi/ket-thuc/", together.end_round, name="end_round"),
    path(f"{_SITTING}thu-bai/", rounds.collect, name="collect"),
    path(f"{_SITTING}dong-loi/", sittings.flaws, name="flaws"),
    path(_PERSON, people.show, name="person"),
    path(f"{_PERSON}them-phut/", people.minutes, name="person_minutes"),
    path(f"{_PERSON}khung-gio-rieng/", people.window, name="person_window"),
    path(f"{_PERSON}ma-moi/", people.new_code, name="new_code"),
    path(f"{_PERSON}luot-thi/", people.attempts, name="attempts"),
    path(f"{_PERSON}luot-thi/<slug:attempt>/", people.void, name="void"),
    path(f"{_ROUND}su-co/", incidents.show, name="incidents"),
    path(f"{_ROUND}su-co/ghi/", incidents.note, name="note_incident"),
    path(f"{_ROUND}dien-tap/", rehearsals.show_all, name="rehearsals"),
    path(f"{_ROUND}dien-tap/bat-dau/", rehearsals.begin, name="rehearse"),
    path(_REHEARSAL, rehearsals.show, name="rehearsal"),
    path(f"{_REHEARSAL}bao-cao.pdf", rehearsals.report_pdf, name="rehearsal_report"),
    path(f"{_REHEARSAL}dung/", rehearsals.stop, name="stop_rehearsal"),
    path(f"{_ROUND}cham-bai/", rounds.grade, name="grade"),
    path(f"{_ROUND}bai-giong-nhau/", likeness.show, name="likeness"),
    path(f"{_ROUND}bai-giong-nhau/so-sanh/", likeness.compare, name="compare"),
    path(f"{_ROUND}bai-giong-nhau/<slug:first>/<slug:second>/", likeness.pair, name="pair"),
    path(f"{_ROUND}ghi-nhan/", conduct.show, name="conduct"),
    path("<slug:contest>/phieu-du-thi/<str:unit>/", slips.take, name="slips"),
]
