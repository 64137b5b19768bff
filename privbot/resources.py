"""Where the trained model, the letters and the golden mails lie: inside the installed package, or at the top of a checkout."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parent


def _folder(inside_package: str, in_checkout: str) -> Path:
    installed = PACKAGE / inside_package
    return installed if installed.is_dir() else PACKAGE.parent / in_checkout


def models() -> Path:
    """The folder with the trained pipeline, its card and its figures."""
    return _folder("_models", "models")


def shipped_pipeline() -> Path:
    """The folder of the trained pipeline that ships."""
    return models() / "privbot-reader"


def corpus() -> Path:
    """The folder of the authored corpus; an installed privbot has what models are trained and chosen by, and not the own test."""
    return models() / "corpus"


def templates() -> Path:
    """The folder with the letters."""
    return _folder("_templates", "templates")


def golden_mails() -> Path:
    """The folder with the golden mail pairs, which the demo plays."""
    return _folder("_golden_mails", "fixtures/emails")
