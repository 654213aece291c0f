"""What a user can mend: a broken rule with a code and the facts of the case.

The code names a sentence of the message catalogue; the parameters fill it. Pure rooms raise
codes, so that their texts can be shown in any language without a web framework.
"""

from __future__ import annotations

ParamValue = str | int | None


class RuleViolation(Exception):  # noqa: N818 - the glossary name: a rule, not a fault
    """A rule of the contest forbids what was asked; `code` says which, `params` the facts."""

    def __init__(self, code: str, **params: ParamValue) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        facts = ", ".join(f"{key}={value!r}" for key, value in sorted(self.params.items()))
        return f"{self.code}({facts})"
