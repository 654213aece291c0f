"""Where allauth's pages stand: only those that this installation uses, under names of its own.

Signing up, managing addresses and the like have no address here, so nobody can reach them.
"""

from __future__ import annotations

from collections.abc import Callable

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.http import HttpResponseBase
from django.urls import path, re_path
from django.views.decorators.http import require_http_methods

from hoithi.people.http import own_account, public

_Page = Callable[..., HttpResponseBase]
_asked = require_http_methods(["GET", "HEAD", "POST"])  # allauth's views take PUT for POST


def _open(view: _Page) -> _Page:
    return public(_asked(view))


def _own(view: _Page) -> _Page:
    return own_account(_asked(view))


urlpatterns = [
    path("dang-nhap/", _open(account.login), name="account_login"),
    path("dang-nhap/ma/", _open(mfa.authenticate), name="mfa_authenticate"),
    path("dang-xuat/", _open(account.logout), name="account_logout"),
    path("tam-khoa/", _open(account.account_inactive), name="account_inactive"),
    path("quen-mat-khau/", _open(account.password_reset), name="account_reset_password"),
    path(
        "quen-mat-khau/da-gui/",
        _open(account.password_reset_done),
        name="account_reset_password_done",
    ),
    path(
        "quen-mat-khau/xong/",
        _open(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^quen-mat-khau/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        _open(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path("", _own(mfa.index), name="mfa_index"),
    path("doi-mat-khau/", _own(account.password_change), name="account_change_password"),
    path("xac-nhan/", _own(account.reauthenticate), name="account_reauthenticate"),
    path("xac-nhan/ma/", _own(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("hai-buoc/bat/", _own(totp.activate_totp), name="mfa_activate_totp"),
    path("hai-buoc/go/", _own(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("ma-du-phong/", _own(recovery.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "ma-du-phong/tao-moi/",
        _own(recovery.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "ma-du-phong/tai-ve/",
        _own(recovery.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
]
