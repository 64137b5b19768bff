"""Alarms in words: what is wrong, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from privbot.records.status import FolderHealth, Health

FAULTS = {
    "imap-unreachable": (gettext_lazy("does not answer"), gettext_lazy("privbot tries again by itself; look at the server and the network.")),
    "imap-certificate": (
        gettext_lazy("has a certificate that is not valid"),
        gettext_lazy("Mend the certificate, or name its authority in the mailbox's settings."),
    ),
    "imap-encryption": (gettext_lazy("offers no encryption"), gettext_lazy("Choose TLS in the mailbox's settings, or mend the server.")),
    "imap-login": (gettext_lazy("refuses account or password"), gettext_lazy("Correct both in the mailbox's settings.")),
    "imap-folder": (gettext_lazy("has no such folder, or does not let it be read"), gettext_lazy("Create it, or correct its name in the settings.")),
    "imap-refused": (gettext_lazy("refused a command"), gettext_lazy("privbot tries again by itself; look at the server's own log.")),
}  # fmt: skip
LETTER_FAULTS = {
    "letter-refused": gettext_lazy("The mail server refused it for good"),
    "letter-postponed": gettext_lazy("The mail server put it off for five days"),
    "smtp-unreachable": gettext_lazy("The mail server did not answer for five days"),
    "smtp-refused": gettext_lazy("The mail server did not let us send for five days"),
}


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing that needs a person now. `page` is the name of the page that helps; empty: none does."""

    what: str
    todo: str
    page: str = ""


def alarms(health: Health) -> list[Alarm]:
    """The same alarms as `Health.alarms`, in the person's language."""
    return [*_of_mailboxes(health), *_of_work(health), *_of_service(health)]


def _of_mailboxes(health: Health) -> Iterator[Alarm]:
    looked_at = [one for one in health.folders if not one.paused]
    for one in looked_at:
        if one.fault:
            what, todo = FAULTS.get(one.fault, (_("could not be read (%(code)s)") % {"code": one.fault}, _("Look at the log.")))
            yield Alarm(f"{_name(one)} {what}", str(todo), "settings")
    for one in looked_at:
        if one.missing:
            what = ngettext("%(count)s mail on the server is not kept", "%(count)s mails on the server are not kept", one.missing)
            todo = _("Look whether the server can give them: privbot takes them in as soon as it can.")
            yield Alarm(f"{_name(one)}: {what % {'count': one.missing}}", todo)
    for one in looked_at:
        if one.stale:
            yield Alarm(
                _("%(mailbox)s was not looked at for too long") % {"mailbox": _name(one)},
                _("Look whether the service runs: privbot run."),
            )


def _of_work(health: Health) -> Iterator[Alarm]:
    if count := health.quarantined:
        what = ngettext("%(count)s mail in quarantine", "%(count)s mails in quarantine", count)
        yield Alarm(what % {"count": count}, _("Download it, read it, and let it be tried again; the list is below."))
    if count := health.letters.get("dead", 0):
        what = ngettext("%(count)s letter could not be delivered", "%(count)s letters could not be delivered", count)
        yield Alarm(what % {"count": count}, _("Send it again or discard it; the list is below."))
    if count := health.letters.get("unknown", 0):
        what = ngettext("%(count)s letter may or may not have left", "%(count)s letters may or may not have left", count)
        yield Alarm(
            what % {"count": count}, _("Ask the requester or look at the mail server's log, then send it again or discard it.")
        )
    if count := health.overdue:
        what = ngettext("%(count)s request is overdue", "%(count)s requests are overdue", count)
        yield Alarm(what % {"count": count}, _("Answer first what is overdue."), "deadlines")
    if count := health.unacknowledged:
        what = ngettext(
            "The receipt of %(count)s request was not confirmed in time", "The receipt of %(count)s requests was not confirmed in time",
            count,
        )  # fmt: skip
        yield Alarm(what % {"count": count}, _("Approve the drafts that confirm it."), "queue")
    if count := health.overdue_reviews:
        what = ngettext("%(count)s review is overdue", "%(count)s reviews are overdue", count)
        yield Alarm(what % {"count": count}, _("Decide it: if it is a request, its dates run."), "queue")


def _of_service(health: Health) -> Iterator[Alarm]:
    if not health.workers:
        yield Alarm(_("No worker is running: no mail is taken in, and no letter leaves"), _("Start it: privbot run."))
    if health.settings_fault:
        yield Alarm(
            _("privbot.toml was changed and cannot be used; the service goes on with the settings it had"), health.settings_fault,
            "settings",
        )  # fmt: skip


def _name(one: FolderHealth) -> str:
    return f"{one.mailbox}/{one.folder}"
