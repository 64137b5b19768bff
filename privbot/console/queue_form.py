"""The filters of the queue, as its address carries them – never a word that was searched for, which may be somebody's name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from privbot.console.models import User
from privbot.console.words import WORDS, word
from privbot.reading.model import CATEGORIES, LANGUAGES
from privbot.records.listing_filters import Filters
from privbot.records.listing_rows import UNASSIGNED
from privbot.records.models import Letter
from privbot.records.search import Found

ME = "me"
EVERYTHING = ("", _("All"))


class FilterForm(forms.Form):
    """What the list is narrowed to."""

    kind = forms.ChoiceField(
        label=_("What"),
        required=False,
        choices=[EVERYTHING, ("review", _("Held mails")), ("letter", _("Letters to approve")), ("request", _("Open requests"))],
    )
    due = forms.ChoiceField(
        label=_("Due"),
        required=False,
        choices=[EVERYTHING, ("overdue", _("Overdue")), ("today", _("Today")), ("week", _("Within 7 days"))],
    )
    controller = forms.ChoiceField(label=_("Controller"), required=False)
    category = forms.ChoiceField(label=_("Category"), required=False)
    code = forms.ChoiceField(label=_("Why it is here"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    owner = forms.ChoiceField(label=_("Assigned to"), required=False)

    def __init__(self, data: Mapping[str, Any], *, controllers: Mapping[str, str], people: Mapping[int, str]) -> None:
        """`controllers`: id → name of those that may be seen; `people`: number → name of whom something can be assigned to."""
        super().__init__(data)
        self._people = people
        reasons = [(code, word("reason", code)) for code in WORDS["reason"]]
        letters = [(state, word("letter-state", state)) for state in Letter.WAITING]
        self._offer("controller", controllers.items())
        self._offer("category", ((one, word("category", one)) for one in CATEGORIES))
        self._offer("code", [*letters, *reasons])
        self._offer("language", ((one, word("language", one)) for one in LANGUAGES))
        self._offer(
            "owner", [(ME, gettext("Me")), (UNASSIGNED, gettext("Nobody")), *((str(one), name) for one, name in people.items())]
        )

    def filters(self, user: User, found: Found | None) -> Filters:
        """As the list wants them; nothing is filtered by a field that is wrong."""
        if not self.is_valid():
            return Filters(found=found)
        told = self.cleaned_data
        owner = {ME: user.name, UNASSIGNED: UNASSIGNED, "": ""}.get(told["owner"]) if not told["owner"].isdecimal() else None
        named = {**told, "owner": self._people[int(told["owner"])] if owner is None else owner}
        return Filters(**named, found=found)

    def query(self) -> str:
        """The filters as a query string; what narrows nothing is left out."""
        told = self.cleaned_data if self.is_valid() else {}
        return urlencode({name: value for name, value in told.items() if value})

    def _offer(self, field: str, choices: Any) -> None:
        self.fields[field].choices = [EVERYTHING, *choices]
