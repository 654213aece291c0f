"""Where allauth's pages stand: only those that this installation uses, under names of its own.

Signing up, managing addresses and the like have no address here, so nobody can reach them.
"""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.urls import path, re_path

from hoithi.people.http import own_account, public

urlpatterns = [
    path("dang-nhap/", public(account.login), name="account_login"),
    path("dang-nhap/ma/", public(mfa.authenticate), name="mfa_authenticate"),
    path("dang-xuat/", public(account.logout), name="account_logout"),
    path("tam-khoa/", public(account.account_inactive), name="account_inactive"),
    path("quen-mat-khau/", public(account.password_reset), name="account_reset_password"),
    path(
        "quen-mat-khau/da-gui/",
        public(account.password_reset_done),
        name="account_reset_password_done",
    ),
    path(
        "quen-mat-khau/xong/",
        public(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^quen-mat-khau/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        public(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path("", own_account(mfa.index), name="mfa_index"),
    path("doi-mat-khau/", own_account(account.password_change), name="account_change_password"),
    path("xac-nhan/", own_account(account.reauthenticate), name="account_reauthenticate"),
    path("xac-nhan/ma/", own_account(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("hai-buoc/bat/", own_account(totp.activate_totp), name="mfa_activate_totp"),
    path("hai-buoc/go/", own_account(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("ma-du-phong/", own_account(recovery.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "ma-du-phong/tao-moi/",
        own_account(recovery.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "ma-du-phong/tai-ve/",
        own_account(recovery.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
]
