"""The form of one row of the matrix: a letter for each person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from people.models import Membership
from plans.forms.fields import PlainForm
from plans.responsibilities.queries import may_answer
from plans.responsibilities.rules import Letter, accountable

NOTHING = ("", _("nothing to do with it"))
WORDS = {
    Letter.ACCOUNTABLE: _("A: accountable, the one who answers for it"),
    Letter.RESPONSIBLE: _("R: does it"),
    Letter.CONSULTED: _("C: consulted"),
    Letter.INFORMED: _("I: informed"),
}


class RowForm(PlainForm):
    """Who is what in one row. Where one may not say who is accountable, that person stays out."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        members: Sequence[Membership],
        letters: Mapping[int, Letter],
        may_give: bool,
        seen: str,
    ) -> None:
        super().__init__(data, initial={"seen": seen})
        fixed = [] if may_give else accountable(letters)
        self.kept: dict[int, Letter] = {pk: letters[pk] for pk in fixed}
        for member in members:
            if member.pk in self.kept:
                continue
            self.fields[f"m{member.pk}"] = forms.ChoiceField(
                label=member.name,
                required=False,
                choices=[NOTHING, *self._letters(member, may_give=may_give)],
                initial=letters[member.pk].value if member.pk in letters else "",
            )

    @staticmethod
    def _letters(member: Membership, *, may_give: bool) -> Iterable[tuple[str, Any]]:
        for letter, word in WORDS.items():
            if letter == Letter.ACCOUNTABLE and not may_give:
                continue
            if may_answer(member) or letter in (Letter.CONSULTED, Letter.INFORMED):
                yield letter.value, word

    def clean(self) -> dict[str, Any]:
        """One accountable, not two."""
        data = super().clean() or self.cleaned_data
        if len(accountable(self.record())) > 1:
            raise forms.ValidationError(
                gettext("One person answers for it: choose one A, not two.")
            )
        return data

    def record(self) -> dict[int, Letter]:
        """Member -> letter, as it was chosen."""
        chosen = {
            int(name[1:]): Letter(value)
            for name, value in self.cleaned_data.items()
            if name != "seen" and value
        }
        return {**self.kept, **chosen}
