"""Whether a plan of the right shape also makes sense: names that exist, times in order, sums."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta, timezone
from decimal import Decimal
from pathlib import Path

import msgspec

from hoithi.contests.plan.conversion import regulation_of
from hoithi.contests.plan.reading import Problem
from hoithi.contests.plan.schema import OnlinePlan, PaperPart, Plan, Round
from hoithi.rules.quiz import Quiz, QuizPart
from hoithi.rules.regulation import round_flaws, segment_flaws
from hoithi.rules.vietnamese import fold

MOST_ITEMS = 500  # in one paper, or in one packet on stage
MOST_POINTS = Decimal("9999999.99")  # what a score is stored in has nine digits
FEWEST_OPTIONS = 2


def check_plan(plan: Plan) -> list[Problem]:
    """Every contradiction, in the order of the file; an empty list is a plan that can be loaded."""
    problems = [
        *_keys_once("topics", [each.key for each in plan.topics]),
        *_keys_once("levels", [each.key for each in plan.levels]),
        *_keys_once("audiences", [each.key for each in plan.audiences]),
        *_keys_once("units", [each.code for each in plan.units]),
        *_keys_once("bodies", [each.key for each in plan.bodies]),
        *_keys_once("forms", [each.key for each in plan.forms]),
        *_keys_once("rounds", [each.key for each in plan.rounds]),
        *_keys_once("duties", [each.key for each in plan.duties]),
        *_keys_once("assumptions", [each.key for each in plan.assumptions]),
        *_keys_once("budget.lines", [each.key for each in plan.budget.lines]),
        *_names_once("topics", [each.name for each in plan.topics]),
        *_names_once("levels", [each.name for each in plan.levels]),
        *_names_once("audiences", [each.name for each in plan.audiences]),
        *_listed("units", plan.units),
        *_listed("forms", plan.forms),
        *_forms(plan),
        *_times(plan),
    ]
    for at, each in enumerate(plan.rounds, start=1):
        problems += _round(plan, each, f"rounds[{at}]")
        problems += _entrants(plan, each, f"rounds[{at}].entrants")
    problems += _collective(plan)
    problems += _money(plan)
    problems += _assumptions(plan)
    if plan.bank and not _is_file_name(plan.bank):
        problems.append(Problem("bank", "bank_not_beside", {"value": plan.bank}))
    return problems


def check_files(plan: Plan, folder: Path) -> list[Problem]:
    """What the plan names and its folder lacks. A plan that was exported is loaded without."""
    if plan.bank and _is_file_name(plan.bank) and not (folder / plan.bank).is_file():
        return [Problem("bank", "bank_missing", {"value": plan.bank})]
    return []


def remarks(plan: Plan) -> list[Problem]:
    """What the plan says and this version keeps without acting on it: nobody should rely on it."""
    found = []
    for at, each in enumerate(plan.rounds, start=1):
        for number, segment in enumerate(each.segments, start=1):
            key = f"rounds[{at}].segments[{number}]"
            if segment.most_people and segment.part is None:
                found.append(Problem(f"{key}.most_people", "limit_without_part"))
    return found


def _is_file_name(name: str) -> bool:
    """Whether it names a file beside the plan, and leads nowhere else on any system."""
    return not name.startswith(".") and not set(name) & set("/\\:")


def _keys_once(key: str, values: Sequence[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for at, value in enumerate(values, start=1):
        if value in seen:
            yield Problem(f"{key}[{at}]", "key_twice", {"value": value})
        seen.add(value)


def _names_once(key: str, names: Sequence[str]) -> Iterator[Problem]:
    """Lists and tables of questions say names, whatever their case and marks."""
    seen: set[str] = set()
    for at, name in enumerate(names, start=1):
        if fold(name) in seen:
            yield Problem(f"{key}[{at}].name", "name_twice", {"value": name})
        seen.add(fold(name))


def _listed(key: str, things: Sequence[object]) -> Iterator[Problem]:
    if not things:
        yield Problem(key, "nothing_listed")


def _known(key: str, values: Iterable[str], where: str, names: Iterable[str]) -> Iterator[Problem]:
    known = set(names)
    for value in values:
        if value not in known:
            yield Problem(key, "no_such_key", {"value": value, "where": where})


def _forms(plan: Plan) -> Iterator[Problem]:
    for at, form in enumerate(plan.forms, start=1):
        key = f"forms[{at}]"
        names = [each.key for each in plan.audiences]
        yield from _listed(f"{key}.audiences", form.audiences)
        yield from _known(f"{key}.audiences", form.audiences, "audiences", names)
        if form.maximum and form.maximum < form.minimum:
            yield Problem(f"{key}.maximum", "maximum_below_minimum")
    asked = set(plan.registration.fields)
    for field in plan.registration.required:
        if field not in asked:
            yield Problem("registration.required", "required_not_asked", {"value": field})


def _times(plan: Plan) -> Iterator[Problem]:
    contest = plan.contest
    if contest.last_day < contest.first_day:
        yield Problem("contest.last_day", "ends_before_it_begins")
    if plan.registration.closes_at <= plan.registration.opens_at:
        yield Problem("registration.closes_at", "ends_before_it_begins")


def _round(plan: Plan, each: Round, key: str) -> Iterator[Problem]:
    contest = plan.contest
    zone = timezone(timedelta(minutes=contest.utc_offset_min))
    if each.closes_at <= each.opens_at:
        yield Problem(f"{key}.closes_at", "ends_before_it_begins")
    # A round that closes at midnight after the last day still lies inside.
    last_moment = each.closes_at.astimezone(zone) - timedelta(milliseconds=1)
    for name, day in (
        ("opens_at", each.opens_at.astimezone(zone).date()),
        ("closes_at", last_moment.date()),
    ):
        if not contest.first_day <= day <= contest.last_day:
            yield Problem(
                f"{key}.{name}",
                "outside_contest",
                {
                    "first": f"{contest.first_day:%d/%m/%Y}",
                    "last": f"{contest.last_day:%d/%m/%Y}",
                },
            )
    forms = {form.key: form for form in plan.forms}
    if each.form not in forms:
        yield Problem(f"{key}.form", "no_such_key", {"value": each.form, "where": "forms"})
    elif (forms[each.form].kind == "online") != (each.online is not None):
        yield Problem(f"{key}.form", "form_of_other_kind", {"value": each.form})
    if each.at_units is not None and not _is_of_teams(plan, each):
        yield Problem(f"{key}.at_units", "units_hold_rounds_of_teams")
    if each.at_units is not None and each.entrants is not None:
        yield Problem(f"{key}.at_units", "units_hold_no_drawn_rounds")
    yield from _flawed(key, round_flaws(regulation_of(plan, each)))
    for number, segment in enumerate(each.segments, start=1):
        here = f"{key}.segments[{number}]"
        yield from _flawed(here, segment_flaws(segment))
        if segment.quiz is not None:
            yield from _quiz(plan, segment.quiz, f"{here}.quiz")
    if each.online is not None:
        yield from _online(plan, each, each.online, f"{key}.online")
    points = _highest_mark(each)
    if points > MOST_POINTS:
        params = {"points": int(points), "most": int(MOST_POINTS)}
        yield Problem(key, "marks_too_large", params)


def _entrants(plan: Plan, each: Round, key: str) -> Iterator[Problem]:
    """Who takes part: of rounds that there are, held before, and alike where they are compared."""
    rule = each.entrants
    if rule is None:
        return
    form = next((form for form in plan.forms if form.key == each.form), None)
    if form is not None and form.entrant != "team":
        yield Problem(key, "entrants_not_teams")
    keys = [one.key for one in plan.rounds]
    yield from _known(f"{key}.among", rule.among, "rounds", keys)
    yield from _known(f"{key}.from", rule.from_, "rounds", keys)
    rounds = {one.key: one for one in plan.rounds}
    for other in (rounds[name] for name in rule.among if name in rounds):
        if (other.entrants, other.form) != (rule, each.form):
            yield Problem(f"{key}.among", "entrants_told_otherwise", {"value": other.key})
    sources = [rounds[name] for name in rule.from_ if name in rounds]
    for source in sources:
        if source.form != each.form or source.purpose != each.purpose:
            yield Problem(f"{key}.from", "entrants_of_other_kind", {"value": source.key})
        if source.closes_at > each.opens_at or keys.index(source.key) >= keys.index(each.key):
            yield Problem(f"{key}.from", "entrants_not_before", {"value": source.key})
        if _compared(source) != _compared(sources[0]):
            yield Problem(f"{key}.from", "entrants_not_alike", {"value": source.key})


def _compared(each: Round) -> tuple[object, ...]:
    """What two rounds must have in common, so that one's teams can be compared with another's."""
    return each.ranking, [(part.key, part.maximum, part.voted) for part in each.segments]


def _is_of_teams(plan: Plan, each: Round) -> bool:
    forms = [form for form in plan.forms if form.key == each.form]
    return all(form.kind == "live" and form.entrant == "team" for form in forms)


def _flawed(key: str, flaws: Iterable[str]) -> Iterator[Problem]:
    """Codes of the rules as problems; after a colon stands what is meant."""
    for flaw in flaws:
        code, about, value = flaw.partition(":")
        yield Problem(key, code, {"value": value} if about else {})


def _quiz(plan: Plan, quiz: Quiz, key: str) -> Iterator[Problem]:
    if quiz.length > MOST_ITEMS:
        params = {"items": quiz.length, "most": MOST_ITEMS}
        yield Problem(f"{key}.parts", "packet_too_long", params)
    for at, part in enumerate(quiz.parts, start=1):
        yield from _topic_and_level(plan, part, f"{key}.parts[{at}]")


def _topic_and_level(plan: Plan, part: PaperPart | QuizPart, key: str) -> Iterator[Problem]:
    yield from _known(f"{key}.topic", [part.topic], "topics", [each.key for each in plan.topics])
    if part.level:
        levels = [each.key for each in plan.levels]
        yield from _known(f"{key}.level", [part.level], "levels", levels)


def _highest_mark(each: Round) -> Decimal:
    if each.online is None:
        return sum((segment.maximum for segment in each.segments), Decimal(0))
    return each.online.points_per_item * sum(part.count for part in each.online.paper)


def _online(plan: Plan, each: Round, online: OnlinePlan, key: str) -> Iterator[Problem]:
    yield from _listed(f"{key}.paper", online.paper)
    items = sum(part.count for part in online.paper)
    if items > MOST_ITEMS:
        yield Problem(f"{key}.paper", "paper_too_long", {"items": items, "most": MOST_ITEMS})
    yield from _signals(plan, online, key)
    yield from _together(online, items, key)
    asked = online.prediction
    if asked is not None and asked.maximum < asked.minimum:
        yield Problem(f"{key}.prediction.maximum", "maximum_below_minimum")
    if len(online.sample.options) < FEWEST_OPTIONS:
        yield Problem(f"{key}.sample.options", "too_few_options")
    seen: set[tuple[str, str]] = set()
    for at, part in enumerate(online.paper, start=1):
        here = f"{key}.paper[{at}]"
        yield from _topic_and_level(plan, part, here)
        if (part.topic, part.level) in seen or (part.topic, "") in seen:
            yield Problem(here, "blueprint_out_of_place")
        seen.add((part.topic, part.level))
    periods = online.attempts.periods
    if online.attempts.per == "period" and not periods:
        yield Problem(f"{key}.attempts.periods", "periods_missing")
    for at, (start, end) in enumerate(periods, start=1):
        here = f"{key}.attempts.periods[{at}]"
        if end <= start:
            yield Problem(here, "ends_before_it_begins")
        if start < each.opens_at or end > each.closes_at:
            yield Problem(here, "period_outside_round")
        if at > 1 and start < periods[at - 2][1]:
            yield Problem(here, "periods_overlap")


def _together(online: OnlinePlan, items: int, key: str) -> Iterator[Problem]:
    """The rules that a round has where all answer one question at a time."""
    if (online.pace == "together") != (online.together is not None):
        yield Problem(f"{key}.pace", "together_half_said")
    rule = online.together
    if rule is None:
        return
    attempts = online.attempts
    unfit = {
        "show_result": online.show_result != "none",
        "prediction": online.prediction is not None,
        "all_required": online.all_required,
        "attempts": (attempts.limit, attempts.per) != (1, "round"),
    }
    for name in (name for name, is_unfit in unfit.items() if is_unfit):
        yield Problem(f"{key}.{name}", "together_unfit_rule")
    least = -(-items * (rule.seconds + online.grace_seconds) // 60)
    if online.minutes < least:
        yield Problem(f"{key}.minutes", "together_too_short", {"minutes": least})
    if rule.rescue is not None and rule.rescue.from_question >= items:
        yield Problem(f"{key}.together.rescue.from_question", "rescue_too_late", {"items": items})


def _signals(plan: Plan, online: OnlinePlan, key: str) -> Iterator[Problem]:
    """Sensitive data (Decree 356/2025): only announced, in the text that contestants accept."""
    announced, days = online.signals_announced_in, online.signals_days
    if not online.signals:
        if announced is not None:
            yield Problem(f"{key}.signals_announced_in", "signals_are_off")
        if days is not None:
            yield Problem(f"{key}.signals_days", "signals_are_off")
        return
    if announced is None:
        yield Problem(f"{key}.signals_announced_in", "signals_not_announced")
    elif not _is_a_part(announced, plan.rules.text):
        params = {"value": announced}
        yield Problem(f"{key}.signals_announced_in", "signals_not_in_rules", params)
    if days is None:
        yield Problem(f"{key}.signals_days", "signals_kept_for_ever")


def _is_a_part(name: str, text: str) -> bool:
    """Whether a line begins with the name of a part, such as "Điều 8", and then a new word."""
    begins = re.compile(rf"^[\W_]*{re.escape(name.strip())}(?!\w)", re.MULTILINE | re.IGNORECASE)
    return bool(name.strip()) and begins.search(text) is not None


def _collective(plan: Plan) -> Iterator[Problem]:
    rule = plan.rules.collective
    if rule is None:
        return
    key = "rules.collective"
    yield from _keys_once(f"{key}.prizes", [line.key for line in rule.prizes])
    yield from _listed(f"{key}.ranking", rule.ranking)
    prizes = {line.key for each in plan.rounds for line in each.prizes}
    for name in rule.prize_points:
        yield from _known(f"{key}.prize_points.{name}", [name], "rounds.prizes", prizes)
    for each in plan.rounds:
        for line in each.prizes:
            if line.key not in rule.prize_points:
                yield Problem(
                    "rules.collective.prize_points", "prize_points_missing", {"value": line.key}
                )


def _money(plan: Plan) -> Iterator[Problem]:
    lines = sum(line.amount_vnd for line in plan.budget.lines)
    tables = [each.prizes for each in plan.rounds]
    if plan.rules.collective is not None:
        tables.append(plan.rules.collective.prizes)
    prizes = sum(line.amount_vnd * line.count for table in tables for line in table)
    prizes += sum(
        line.amount_vnd * line.count for each in plan.rounds for line in each.side_prizes or []
    )
    if lines > plan.budget.total_vnd:
        yield Problem(
            "budget.lines", "budget_exceeded", {"sum": lines, "total": plan.budget.total_vnd}
        )
    if prizes and not lines:
        yield Problem("budget.lines", "prizes_without_source")
    elif prizes > lines:
        yield Problem("budget.lines", "prizes_exceed_line", {"sum": prizes, "total": lines})


def _assumptions(plan: Plan) -> Iterator[Problem]:
    whole = msgspec.to_builtins(plan)
    for at, assumption in enumerate(plan.assumptions, start=1):
        for path in assumption.about:
            try:
                at_path(whole, path)
            except LookupError:
                yield Problem(
                    f"assumptions[{at}].about", "assumption_about_nothing", {"value": path}
                )


def at_path(whole: object, path: str) -> object:
    """What `rounds[1].online.minutes` leads to in a plan made of plain lists and tables; lists
    count from 1. Raises LookupError."""
    here = whole
    for name, index in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path):
        if index:
            if not isinstance(here, list) or not 1 <= int(index) <= len(here):
                raise LookupError(path)
            here = here[int(index) - 1]
        else:
            if not isinstance(here, dict) or name not in here:
                raise LookupError(path)
            here = here[name]
    return here
