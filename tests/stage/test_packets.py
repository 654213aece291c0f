"""Packets beside the packages of online rounds: what they share is told, and avoided."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from hoithi.bank.models import Collection, ItemVersion
from hoithi.contests.queries import regulation_of
from hoithi.exam.models import Package, PackageItem, PackageState
from hoithi.exam.sealing import build_package
from hoithi.people.models import Approval
from hoithi.stage.actions.preparing import build_packets, seal_packets
from hoithi.stage.models import PacketSet
from hoithi.stage.packets import drawn_in
from tests import factories
from tests.stage.scene import Day, ready_day

pytestmark = pytest.mark.django_db
SHARED = "{} trong 15 câu đã rút (kể cả câu dự phòng) cũng nằm trong đề của “{}”."


def build(day: Day) -> PacketSet:
    return build_packets(
        actor=day.secretary,
        stage=day.stage,
        segment="kien-thuc",
        collection=Collection.objects.get(),
        now=factories.now(),
    )


def package(day: Day) -> Package:
    each = day.stage.round.contest.rounds.get(key="truc-tuyen")
    return build_package(
        actor=day.secretary, each=each, collection=Collection.objects.get(), now=factories.now()
    )


def setup_page(day: Day, client: Client) -> str:
    factories.sign_in(client, day.secretary)
    where = {"contest": "daknong-2023", "round_key": "truc-tiep"}
    return client.get(reverse("stage:setup", kwargs=where)).content.decode()


def test_what_packets_share_with_an_online_package_is_told_before_they_are_sealed(
    client: Client,
) -> None:
    day = ready_day()
    build(day)
    assert "cũng nằm trong đề của" not in setup_page(day, client)
    made = package(day)
    stems = set(made.items.values_list("version__stem", flat=True))
    drawn = drawn_in(PacketSet.objects.get(voided_at=None))
    assert len(drawn) == 4 * 3 + 3
    told = SHARED.format(len(drawn & stems), made.round.name)
    assert drawn & stems
    assert told in setup_page(day, client)
    # A package that was withdrawn gives nothing away, and what is sealed is not changed any more.
    Package.objects.filter(pk=made.pk).update(state=PackageState.WITHDRAWN)
    assert "cũng nằm trong đề của" not in setup_page(day, client)
    Package.objects.filter(pk=made.pk).update(state=PackageState.DRAFT)
    standing = PacketSet.objects.get(voided_at=None)
    for who in (day.chair, day.member):
        seal_packets(actor=who, packets=standing, now=factories.now())
    assert Approval.objects.filter(kind="packets").count() == 2
    assert "cũng nằm trong đề của" not in setup_page(day, client)


def test_packets_take_questions_of_no_online_package_where_there_are_enough(
    client: Client,
) -> None:
    day = ready_day()
    made = package(day)
    quiz = next(part.quiz for part in regulation_of(day.stage.round).segments if part.quiz)
    # Just as many as four packets and a spare need stand in no package.
    outside: set[int] = set()
    for part in quiz.parts:
        found = ItemVersion.objects.filter(topic=part.topic).exclude(pk__in=outside)
        if part.level:
            found = found.filter(level=part.level)
        outside |= set(found.order_by("pk").values_list("pk", flat=True)[:5])
    PackageItem.objects.filter(package=made, version__in=outside).delete()
    stems = set(ItemVersion.objects.filter(pk__in=outside).values_list("stem", flat=True))
    assert drawn_in(build(day)) == stems
    assert "cũng nằm trong đề của" not in setup_page(day, client)
    # One too few, and all of the bank is drawn from.
    one = ItemVersion.objects.get(pk=min(outside))
    PackageItem.objects.create(package=made, version=one, item="f" * 16)
    assert drawn_in(build(day)) != stems
    assert "cũng nằm trong đề của" in setup_page(day, client)
