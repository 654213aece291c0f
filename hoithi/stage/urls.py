"""Addresses of a round on stage; `contest` and `round_key` are keys."""

from __future__ import annotations

from django.urls import path

from hoithi.stage.views import console, paper, public, seats, setup

app_name = "stage"
_PUBLIC = "san-khau/<slug:contest>/<slug:round_key>/"
_STAGE = "ban-to-chuc/<slug:contest>/vong/<slug:round_key>/san-khau/"
urlpatterns = [
    # anybody
    path(_PUBLIC, public.live, name="live"),
    path(f"{_PUBLIC}man-hinh/", public.screen, name="screen"),
    path(f"{_PUBLIC}song", public.feed, name="feed"),
    path(f"{_PUBLIC}boc-tham/", public.draws, name="draws"),
    path(f"{_PUBLIC}chia-bang/", public.heats, name="heats"),
    path(f"{_PUBLIC}chia-bang/tinh-hinh", public.heats_feed, name="heats_feed"),
    path(f"{_PUBLIC}binh-chon/", public.vote, name="vote"),
    # whoever has a code
    path(f"{_PUBLIC}giam-khao/", public.judge, name="judge"),
    path(f"{_PUBLIC}doi-thi/", public.team, name="team"),
    path(f"{_PUBLIC}ghe/", seats.own, name="seat"),
    path(f"{_PUBLIC}ghe/vao/", seats.enter, name="enter"),
    path(f"{_PUBLIC}ghe/phieu/", seats.sheet, name="sheet"),
    path(f"{_PUBLIC}ghe/khong-cham/", seats.not_marked, name="not_marked"),
    path(f"{_PUBLIC}ghe/tra-loi/", seats.answer, name="answer"),
    path(f"{_PUBLIC}ghe/bam/", seats.press, name="press"),
    path(f"{_PUBLIC}ghe/goi/", seats.call, name="call"),
    # who prepares and runs the day
    path(_STAGE, setup.show, name="setup"),
    path(f"{_STAGE}chuan-bi/", setup.prepare, name="prepare"),
    path(f"{_STAGE}giam-khao/", setup.add_judge, name="add_judge"),
    path(f"{_STAGE}giam-khao/<slug:judge>/bo/", setup.drop_judge, name="drop_judge"),
    path(f"{_STAGE}giam-khao/xung-dot/", setup.conflict, name="conflict"),
    path(f"{_STAGE}goi-cau-hoi/<slug:part>/", setup.packets, name="packets"),
    path(f"{_STAGE}goi-cau-hoi/<slug:part>/niem-phong/", setup.seal, name="seal"),
    path(f"{_STAGE}mo/", setup.open_round, name="open"),
    path(f"{_STAGE}ma/", setup.codes, name="codes"),
    path(f"{_STAGE}ma/<slug:judge>/moi/", setup.new_code, name="new_code"),
    path(f"{_STAGE}bien-ban.pdf", console.minutes, name="minutes"),
    path(f"{_STAGE}bien-ban.docx", console.minutes_word, name="minutes_word"),
    path(f"{_STAGE}phieu-giay/", paper.sheets, name="sheets"),
    path(f"{_STAGE}phieu-giay/<int:turn>/<slug:judge>/", paper.sheet, name="paper_sheet"),
    path(f"{_STAGE}diem-cong-tru/", paper.points, name="points"),
    path(f"{_STAGE}diem-cong-tru/<int:motion>/ky/", paper.confirm_points, name="confirm_points"),
    path(
        f"{_STAGE}diem-cong-tru/<int:motion>/khong-dong-y/",
        paper.refuse_points,
        name="refuse_points",
    ),
    path(f"{_STAGE}dieu-khien/", console.show, name="console"),
    path(f"{_STAGE}dieu-khien/luot/<int:turn>/", console.turn, name="turn"),
    path(f"{_STAGE}dieu-khien/lenh/", console.act, name="act"),
    path(f"{_STAGE}dieu-khien/goi/<int:call>/", console.answered, name="answered"),
    path(f"{_STAGE}dieu-khien/dong/", console.close, name="close"),
]
