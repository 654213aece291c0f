"""Views say who may see them, and get a typed request.

The mark on a view is read by the test that walks every address as every role.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import resolve

from hoithi.people.accounts import has_second_factor
from hoithi.people.models import Role, Unit, User
from hoithi.people.permissions import contest_scope, has_role, may_act_for

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)
PERMISSION = "hoithi_permission"


class StaffRequest(HttpRequest):
    """A request of a signed-in user with a second factor.

    A name for types, never an object's class: the server's own classes read forms and queries.
    """

    user: User


StaffView = Callable[Concatenate[StaffRequest, P], HttpResponseBase]
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def public(view: View[P]) -> View[P]:
    """Anybody may see it."""
    setattr(view, PERMISSION, "public")
    return view


def _signed_in(request: HttpRequest) -> HttpResponse | User:
    user = request.user
    if not isinstance(user, User) or not user.is_active:
        return redirect_to_login(request.get_full_path())
    if not has_second_factor(user):
        return redirect("mfa_activate_totp")
    return user


def own_account(view: View[P]) -> View[P]:
    """Anybody with an account, also before the second factor is set up: pages about oneself."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not isinstance(request.user, User) or not request.user.is_active:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    setattr(guarded, PERMISSION, "own_account")
    return guarded


def signed_in(view: StaffView[P]) -> View[P]:
    """Anybody with an account and a second factor; what they see depends on their grants."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        user = _signed_in(request)
        if isinstance(user, HttpResponse):
            return user
        return view(cast("StaffRequest", request), *args, **kwargs)

    setattr(guarded, PERMISSION, "signed_in")
    return guarded


def contest_role(*roles: Role) -> Callable[[StaffView[P]], View[P]]:
    """One of the roles in the contest whose key is in the address as `contest`."""

    def decorate(view: StaffView[P]) -> View[P]:
        @wraps(view)
        def guarded(
            request: StaffRequest, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            key = kwargs.get("contest")
            if not isinstance(key, str) or not has_role(request.user, roles, contest_scope(key)):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        checked = signed_in(guarded)
        setattr(checked, PERMISSION, "contest:" + ",".join(roles))
        return checked

    return decorate


def unit_role(view: StaffView[P]) -> View[P]:
    """The officer of the unit in the address (`contest`, `unit`), or an organiser of the contest.

    The units of a contest stand in the tree that bears its key.
    """

    @wraps(view)
    def guarded(request: StaffRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        key, code = kwargs.get("contest"), kwargs.get("unit")
        if not isinstance(key, str) or not isinstance(code, str):
            raise PermissionDenied
        unit = Unit.objects.filter(tree=key, code=code).first()
        if unit is None or not may_act_for(request.user, unit):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    checked = signed_in(guarded)
    setattr(checked, PERMISSION, f"unit:{Role.UNIT_OFFICER},{Role.ORGANISER}")
    return checked


def opens_to(path: str, roles: Collection[Role]) -> bool:
    """Whether a page of a contest lets somebody with these roles in it through.

    Read from the mark of the view itself: a menu that asks here leads nobody to a refusal.
    """
    mark = str(getattr(resolve(path).func, PERMISSION, ""))
    kind, _colon, names = mark.partition(":")
    return kind == "contest" and not set(names.split(",")).isdisjoint(roles)
