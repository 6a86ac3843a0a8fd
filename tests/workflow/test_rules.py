"""The pure rules of approval (rule 6)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.rules import (
    ALLOWED,
    Action,
    Phase,
    StageProgress,
    StageRule,
    TemplateRule,
    allowed,
    canonical,
    choose_template,
    content_hash,
    cumulative_limits,
    current_stage,
    phase_of,
)


def stage(**kw: object) -> StageRule:
    values: dict[str, object] = {
        "id": 1,
        "position": 1,
        "name": "Brand",
        "approvers": frozenset({1, 2, 3}),
        "quorum": 1,
    }
    return StageRule(**{**values, **kw})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("review", "approval", "last", "phase"),
    [
        (False, False, "", Phase.DRAFT),
        (True, False, "open", Phase.IN_REVIEW),
        (False, True, "approved", Phase.APPROVED),
        (False, False, "approved", Phase.DRAFT),
        (False, False, "changes", Phase.CHANGES),
        (False, False, "rejected", Phase.CHANGES),
        (False, False, "withdrawn", Phase.DRAFT),
        (False, False, "superseded", Phase.DRAFT),
        (False, True, "changes", Phase.APPROVED),
    ],
)
def test_the_phase_follows_from_the_facts(
    review: bool, approval: bool, last: str, phase: Phase
) -> None:
    found = phase_of(has_open_review=review, has_standing_approval=approval, last_outcome=last)
    assert found == phase


def test_every_phase_says_what_is_allowed() -> None:
    assert set(ALLOWED) == set(Phase)
    assert allowed(Phase.DRAFT, Action.SUBMIT)
    assert not allowed(Phase.APPROVED, Action.SUBMIT)
    assert not allowed(Phase.DRAFT, Action.APPROVE)
    assert all(allowed(phase, Action.EDIT) for phase in Phase)


class TestStage:
    @pytest.mark.parametrize(
        ("quorum", "contributors", "needed", "lacks"),
        [
            (1, set(), 1, 0),
            (1, {1, 2}, 1, 0),
            (1, {1, 2, 3}, 1, 1),
            (2, {1, 2}, 2, 1),
            (None, set(), 3, 0),
            (None, {1}, 3, 1),  # everyone's yes is needed, and one of them wrote it
            (5, set(), 5, 2),
        ],
    )
    def test_quorum(
        self, quorum: int | None, contributors: set[int], needed: int, lacks: int
    ) -> None:
        rule = stage(quorum=quorum)
        assert (rule.needed, rule.lacks(contributors)) == (needed, lacks)

    def test_all_of_nobody_is_never_enough(self) -> None:
        assert stage(quorum=None, approvers=frozenset()).lacks(()) == 1

    @given(st.frozensets(st.integers(0, 9)), st.frozensets(st.integers(0, 9)), st.integers(1, 5))
    def test_nobody_decides_on_their_own(
        self, approvers: frozenset[int], contributors: frozenset[int], quorum: int
    ) -> None:
        rule = stage(approvers=approvers, quorum=quorum)
        eligible = rule.eligible(contributors)
        assert not eligible & contributors
        assert (rule.lacks(contributors) == 0) == (len(eligible) >= quorum)


def test_stages_wait_in_order() -> None:
    first, second = StageProgress(7, 1, 1, 1), StageProgress(8, 2, 2, 1)
    assert current_stage([second, first]) == second
    assert current_stage([StageProgress(7, 1, 2, 1), second]) == StageProgress(7, 1, 2, 1)
    assert current_stage([first, StageProgress(8, 2, 2, 2)]) is None


def test_limits_add_up() -> None:
    stages = [stage(id=8, position=2, limit_hours=8), stage(id=7, position=1, limit_hours=24)]
    assert cumulative_limits(stages) == {7: 24, 8: 32}


class TestHash:
    def test_order_of_keys_is_no_difference(self) -> None:
        assert content_hash({"a": 1, "b": "é"}) == content_hash({"b": "é", "a": 1})

    def test_a_word_is(self) -> None:
        assert content_hash({"copy": "one"}) != content_hash({"copy": "two"})

    def test_the_form_is_fixed(self) -> None:
        assert canonical({"b": ["é"], "a": None}) == '{"a":null,"b":["é"]}'


def template(id: int, *kinds: str, needs: bool = True, n: int = 1) -> TemplateRule:
    return TemplateRule(id, frozenset(kinds), needs, n)


class TestChoosingATemplate:
    def test_the_named_kind_before_every_kind(self) -> None:
        general, blog = template(1), template(2, "blog")
        assert choose_template([general, blog], ["blog"]) == blog
        assert choose_template([general, blog], ["facebook"]) == general

    def test_no_channel_yet_takes_the_general_one(self) -> None:
        assert choose_template([template(1), template(2, "blog")], []) == template(1)

    def test_the_strictest_of_several(self) -> None:
        free, legal = template(1, "blog", needs=False), template(2, "facebook")
        assert choose_template([free, legal], ["blog"]) == free
        assert choose_template([free, legal], ["blog", "facebook"]) == legal
        two = template(3, "x", n=2)
        assert choose_template([free, legal, two], ["x", "facebook"]) == two

    def test_none(self) -> None:
        assert choose_template([], ["blog"]) is None
        assert choose_template([template(1, "blog")], ["facebook"]) is None

    @given(
        st.frozensets(st.sampled_from(["blog", "x", "facebook"])), st.sampled_from(["blog", "x"])
    )
    def test_another_channel_never_makes_it_looser(self, kinds: frozenset[str], more: str) -> None:
        known = [template(1), template(2, "blog", needs=False), template(3, "x", n=2)]
        before, after = choose_template(known, kinds), choose_template(known, {*kinds, more})
        assert before is not None and after is not None
        if kinds and before.needs_approval:
            assert after.needs_approval
            assert after.approvals_needed >= before.approvals_needed
