"""Addresses of registration: first a unit's own, then the organiser's."""

from __future__ import annotations

from django.urls import path

from hoithi.entries.views import barring, changes, door, handing, mending, organiser, teams, unit

app_name = "entries"
_UNIT = "don-vi/<slug:contest>/<str:unit>"
_FORM = f"{_UNIT}/danh-sach/<slug:form>"
_TEAM = f"{_UNIT}/doi/<slug:form>"
_DOOR = "ban-to-chuc/<slug:contest>/diem-danh/<slug:round_key>"
_TEXTS = "ban-to-chuc/<slug:contest>/bai-nop"
_DESK = "ban-to-chuc/<slug:contest>/dang-ky"
_ENTRY = "ban-to-chuc/<slug:contest>/luot/<uuid:entry>"
urlpatterns = [
    # a unit's officer
    path(f"{_UNIT}/", unit.home, name="unit"),
    path(f"{_UNIT}/hinh-thuc/", unit.choose, name="choose"),
    path(f"{_UNIT}/nop/", unit.submit, name="submit"),
    path(f"{_UNIT}/bien-nhan/", unit.receipt, name="receipt"),
    path(f"{_UNIT}/lay-lai/", unit.recall, name="recall"),
    path(f"{_FORM}/", unit.people, name="people"),
    path(f"{_FORM}/mau/", unit.template, name="template"),
    path(f"{_FORM}/tai-ve/", unit.download, name="download"),
    path(f"{_FORM}/sua/", mending.mend, name="mend"),
    path(f"{_FORM}/sua/o/", mending.mend_cell, name="mend_cell"),
    path(f"{_FORM}/sua/lay-het/", mending.take_all, name="take_all"),
    path(f"{_FORM}/sua/bo-dong/", mending.drop_row, name="drop_row"),
    path(f"{_FORM}/sua/giu-dong/", mending.keep_row, name="keep_row"),
    path(f"{_FORM}/sua/tra-loi/", mending.answer, name="answer"),
    path(f"{_FORM}/sua/tai-ve/", mending.findings, name="findings"),
    path(f"{_FORM}/sua/luu/", mending.save, name="save"),
    path(f"{_FORM}/sua/bo/", mending.discard, name="discard"),
    path(f"{_TEAM}/", teams.team, name="team"),
    path(f"{_TEAM}/thay/", teams.swap, name="substitute"),
    path(f"{_TEAM}/bai-nop/", handing.asked, name="texts"),
    path(f"{_TEAM}/bai-nop/<int:handover>/tep/", handing.own_file, name="text_file"),
    path(f"{_TEAM}/bai-nop/<slug:round_key>/<slug:segment>/", handing.send, name="hand_in"),
    # the organiser
    path(f"{_DESK}/", organiser.overview, name="overview"),
    path(f"{_DESK}/<str:unit>/", organiser.decision, name="decision"),
    path(f"{_DESK}/<str:unit>/tiep-nhan/", organiser.accept, name="accept"),
    path(f"{_DESK}/<str:unit>/tra-lai/", organiser.give_back, name="return"),
    path(f"{_DESK}/<str:unit>/gia-han/", organiser.extend, name="extend"),
    path(f"{_DESK}/<str:unit>/danh-sach/<slug:form>/", organiser.people, name="list"),
    path(f"{_TEXTS}/", handing.every, name="all_texts"),
    path(f"{_TEXTS}/sang-kien/", handing.initiatives, name="initiatives"),
    path(f"{_TEXTS}/sang-kien/tai-ve/", handing.workbook_of, name="initiatives_workbook"),
    path(f"{_TEXTS}/<int:handover>/", handing.one, name="text"),
    path(f"{_TEXTS}/<int:handover>/tep/", handing.file, name="read_file"),
    path(f"{_TEXTS}/<int:handover>/duyet/", handing.approve, name="approve_text"),
    path(f"{_TEXTS}/<int:handover>/tra-lai/", handing.give_back, name="return_text"),
    path(f"{_DOOR}/", door.door, name="door"),
    path(f"{_DOOR}/<int:team>/<int:person>/den/", door.came, name="check_in"),
    path(f"{_DOOR}/<int:team>/<int:person>/bo/", door.went, name="undo_check_in"),
    path(f"{_ENTRY}/", changes.entry, name="entry"),
    path(f"{_ENTRY}/rut/", changes.withdraw, name="withdraw"),
    path(f"{_ENTRY}/thay/", changes.replace, name="replace"),
    path(f"{_ENTRY}/thay/<int:person>/", changes.replace_one, name="replace_member"),
    path(f"{_ENTRY}/loai/", barring.bar, name="bar"),
    path(f"{_ENTRY}/bo-loai/", barring.lift, name="lift_bar"),
    path(f"{_ENTRY}/ma-moi/", changes.new_code, name="new_code"),
    path(
        f"{_ENTRY}/xem/<int:person>/so-dinh-danh/",
        changes.number,
        {"field": "national_id"},
        name="show_national_id",
    ),
    path(
        f"{_ENTRY}/xem/<int:person>/dien-thoai/",
        changes.number,
        {"field": "phone"},
        name="show_phone",
    ),
]
