"""The built wheel, in an empty virtual environment, outside the checkout: a working `privbot` with models and letters inside."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.long
ROOT = Path(__file__).parents[2]


def run(*command: object, cwd: Path) -> str:
    done = subprocess.run([str(one) for one in command], cwd=cwd, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_the_wheel_works_alone(tmp_path):
    shutil.rmtree(ROOT / "build", ignore_errors=True)  # files of an earlier build would travel along
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, ROOT, cwd=tmp_path)
    [wheel] = tmp_path.glob("*.whl")
    run(sys.executable, "-m", "venv", "--without-pip", tmp_path / "empty", cwd=tmp_path)
    python = tmp_path / "empty/bin/python"
    run("python3", "-m", "pip", "--python", python, "install", "--quiet", "-c", ROOT / "requirements.lock", wheel, cwd=tmp_path)
    privbot = tmp_path / "empty/bin/privbot"
    where = run(python, "-c", "import privbot; print(privbot.__file__)", cwd=tmp_path)
    assert str(ROOT) not in where
    assert "acknowledgment" in run(privbot, "letter", cwd=tmp_path)
    assert "様" in run(privbot, "letter", "acknowledgment", "--language", "ja", "--sample", cwd=tmp_path)
    mail = ROOT / "fixtures/emails/001-access-informal.eml"
    assert json.loads(run(privbot, "parse", mail, "--json", cwd=tmp_path))["origin"]["kind"] == "human"
    assert json.loads(run(privbot, "read", mail, "--json", cwd=tmp_path))["decided"]
    due = run(privbot, "due", "--regime", "ccpa", "--right", "erasure", "--received", "2026-11-20", "--json", cwd=tmp_path)
    assert json.loads(due)["respond_by"] == "2027-01-04"
    # What models are trained with travels along; the own test stays at home.
    for part in ("train", "weigh"):
        (tmp_path / f"corpus/{part}/en").mkdir(parents=True)
        (tmp_path / f"corpus/{part}/en/{part}er.txt").write_text(
            "[[asks erasure]]\nplease wipe it\n\n=== other | kind: support\nwhere is it?\n"
        )
    run(privbot, "train", "--corpus", "corpus", "--output", "trained", cwd=tmp_path)
    shipped = "from privbot.resources import corpus; print(sorted(one.name for one in corpus().iterdir()))"
    assert run(python, "-c", shipped, cwd=tmp_path).strip() == "['README.md', 'train', 'tune', 'weigh']"
    run(privbot, "demo", "--once", cwd=tmp_path)
