"""One mail: its text, its formatted form in a sandboxed frame, its attachments, its sender and headers in plain words.

Nothing that a stranger wrote leaves its container: text is escaped, HTML is shown by an address of its own under a policy of its own, files are
only ever downloaded.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from privbot.console.access import needs, of_mail, recent_sign_in
from privbot.console.views import errors
from privbot.console.words import sentence
from privbot.mail.safe_html import Words
from privbot.worker import desk, mail_view
from privbot.worker.opening import NoSuchAttachment

FRAME_STYLE = """
html { color-scheme: light; font: 15px/1.5 system-ui, "Noto Sans", "Noto Sans JP", sans-serif; overflow-wrap: anywhere; }
body { margin: 1rem; background: #fff; color: #1a2230; }
table { border-collapse: collapse; max-width: 100%; }
td, th { padding: .1rem .4rem; text-align: start; vertical-align: top; }
blockquote { margin: .5rem 0; padding-inline-start: .75rem; border-inline-start: 3px solid #d3d9e2; }
pre { white-space: pre-wrap; }
.leads-to, .picture { color: #566072; font-size: .9em; }
.careful { color: #a4161a; font-weight: 700; }
"""
_STYLE_HASH = b64encode(sha256(FRAME_STYLE.encode()).digest()).decode()
FRAME_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; sandbox; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
)
"""The only style is ours; no script, no picture, no form, no other address – were the sanitiser broken, this still holds."""
DOWNLOAD_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


@needs("viewer", controller=of_mail)
@require_safe
def mail(request: HttpRequest, *, mail: int) -> HttpResponse:
    """The page; `?show=formatted` puts the frame in the place of the text."""
    kept = mail_view.mail_by_number(mail)
    try:
        shown = mail_view.open_mail(request.office, kept)
    except (mail_view.CannotBeOpened, mail_view.MailErased) as fault:
        return render(request, "mail/mail.html", {"kept": kept, "shown": None, "fault": sentence(fault), "formatted": False})
    formatted = request.GET.get("show") == "formatted" and shown.formatted is not None
    return render(request, "mail/mail.html", {"kept": kept, "shown": shown, "fault": "", "formatted": formatted})


@needs("viewer", controller=of_mail)
@require_safe
@xframe_options_sameorigin
def formatted(request: HttpRequest, *, mail: int) -> HttpResponse:
    """The document in the frame."""
    try:
        shown = mail_view.open_mail(request.office, mail_view.mail_by_number(mail), _words())
    except (mail_view.CannotBeOpened, mail_view.MailErased):
        raise Http404 from None
    if shown.formatted is None:
        raise Http404
    answer = render(request, "mail/formatted.html", {"style": FRAME_STYLE, "html": shown.formatted.html})
    answer.headers["Content-Security-Policy"] = FRAME_POLICY
    return answer


@needs("operator", controller=of_mail)
@require_safe
def attachment(request: HttpRequest, *, mail: int, part: int) -> HttpResponse:
    """One attachment, to be saved."""
    try:
        file = mail_view.take_out(request.office, mail_view.mail_by_number(mail), part, actor=request.user.name_for_audit)
    except (NoSuchAttachment, mail_view.MailErased):
        raise Http404 from None
    except mail_view.CannotBeOpened as fault:
        return errors.refused(request, fault)
    return _download(file.data, file.name)


@needs("lead", controller=of_mail)
@require_safe
@recent_sign_in
def raw(request: HttpRequest, *, mail: int) -> HttpResponse:
    """The mail as it came, to be saved."""
    try:
        data = desk.raw_mail(request.office, mail, actor=request.user.name_for_audit)
    except mail_view.MailErased:
        raise Http404 from None
    return _download(data, f"mail-{mail}.eml")


def _download(data: bytes, name: str) -> HttpResponse:
    """A file that no browser opens by itself, whatever it is."""
    answer = HttpResponse(data, content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    answer.headers["Content-Security-Policy"] = DOWNLOAD_POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _words() -> Words:
    """The words that are written into the formatted form, in the language of the console."""
    return Words(
        leads_to=_("leads to {target}"),
        careful=_("Careful, the link leads elsewhere than its text says: {target}"),
        picture=_("Picture"),
        picture_from=_("Picture from {host}, not fetched"),
        nowhere=_("nowhere"),
        script=_("a program, taken out"),
    )


urlpatterns = [
    path("mail/<int:mail>", mail, name="mail"),
    path("mail/<int:mail>/formatted", formatted, name="mail_formatted"),
    path("mail/<int:mail>/attachment/<int:part>", attachment, name="mail_attachment"),
    path("mail/<int:mail>/raw", raw, name="mail_raw"),
]
