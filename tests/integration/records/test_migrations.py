"""Records of an older release, brought to the present shape."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]

OLD_RECORDS = """
import uuid
from datetime import UTC, datetime
from pathlib import Path
from privbot.records import database
from privbot.testing import world
from privbot.testing.imap import ImapServer

database.connect(world.configuration(ImapServer(1, None, "nobody", "", lambda raw: None, None), 1, Path(FOLDER)))
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

for alias in ("default", "keys"):
    call_command("migrate", "records", "0002", database=alias, verbosity=0)
old = MigrationExecutor(connection).loader.project_state(("records", "0002_sweep")).apps
Ticket, Mail, Request, Challenge = (old.get_model("records", name) for name in ("Ticket", "IncomingMail", "Request", "Challenge"))
now = datetime(2026, 11, 20, tzinfo=UTC)
mail = Mail.objects.create(mailbox="privacy", sha256="0" * 64, received_at=now, kept_at=now, size=1, key=uuid.uuid4(), sealed_raw=b"box")
for number, (sender, state, proven) in enumerate([("mel", "open", None), ("mel", "open", None), ("mel", "denied", None), ("ada", "open", now)]):
    ticket = Ticket.objects.create(
        reference=f"LUM-{number}", controller="lumen", opened_at=now, language="en", last_contact=now, sender_index=sender, key=uuid.uuid4(),
        sealed_requester=b"box",
    )
    if proven:
        Challenge.objects.create(ticket=ticket, sealed_code=b"box", created_at=now, expires_at=now, state="proven")
    Request.objects.create(
        ticket=ticket, mail=mail, regime="gdpr", right="access", category="access", received_at=now, statute=now.date(), respond_by=now.date(),
        alarm=now.date(), verification="on-doubt", state=state, mailbox_proven_at=proven,
    )
database.migrate()
from privbot.records.models import Request

for row in Request.objects.order_by("id"):
    print(row.controller, row.person_index or "nobody", row.owner, row.doubted, row.verified_level)
"""


def test_older_requests_get_their_owner_their_person_and_what_their_codes_proved(tmp_path):
    """Of two active requests of one person for one right the second belongs to nobody: the rule of one holds from then on."""
    script = f"FOLDER = {str(tmp_path)!r}\n{OLD_RECORDS}"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, timeout=120)
    assert done.stdout.splitlines() == [
        "lumen mel unassigned False none",
        "lumen nobody unassigned False none",
        "lumen mel unassigned False none",
        "lumen ada unassigned True mailbox",
    ], done.stderr
