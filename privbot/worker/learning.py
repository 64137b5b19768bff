"""Learning from operators: from their decisions to a candidate, and from a candidate to the pipeline that reads.

A candidate is promoted only when it is not worse on any fixed set, and better on one: the corpus's tune mails of each language, the golden
mails, the lessons held out, and any file of letters that is named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from privbot.errors import PrivbotError, WrongUse
from privbot.reading import lessons
from privbot.reading.compare import Comparison, compare
from privbot.reading.corpus import read
from privbot.reading.evaluate import Record, of_corpus, of_jsonl
from privbot.reading.lessons import State
from privbot.reading.reader import Reader
from privbot.reading.train import Report, train
from privbot.records import corrections
from privbot.records.audit import Event, record
from privbot.records.database import writing
from privbot.records.models import Correction
from privbot.resources import corpus as shipped_corpus
from privbot.worker.model_store import ModelStore, Version
from privbot.worker.office import Office

EXPORTED = """# author: operators
# Of a request only the lines are tagged that the reading had found to ask: look at the others before training on this.

"""


class NothingToLearn(WrongUse):
    """No operator's decision is there to learn from yet; the corrections show what is kept, and what waits."""

    code = "nothing-to-learn"
    command = "privbot corrections list"


class NotPromoted(PrivbotError):
    """The candidate is worse somewhere, or nowhere better."""

    code = "not-promoted"

    def __init__(self, found: Comparison) -> None:
        super().__init__(
            f"{found.candidate} is not promoted: {'; '.join(found.against) or 'it is better on no set'}. privbot model compare shows all sets."
        )
        self.comparison = found


def judged(office: Office, *, controllers: Collection[str] | None = None) -> list[lessons.Judged]:
    """All corrections, or those on mails of these controllers, each with what becomes of it – which the others have a say in."""
    found = lessons.judge(corrections.everything(office.seals))
    if controllers is None:
        return found
    theirs = set(Correction.objects.filter(mail__controller__in=controllers).values_list("id", flat=True))
    return [one for one in found if one.correction.number in theirs]


def export(office: Office, folder: Path, *, actor: str) -> int:
    """Write what is learnt or held out as files of the corpus format, `<language>/operators.txt`. Returns how many mails. Raises WrongUse."""
    chosen = lessons.in_state(judged(office), State.LEARNT, State.HELD_OUT)
    blocks: dict[str, list[str]] = defaultdict(list)
    for one in chosen:
        blocks[one.language].append(lessons.as_block(one))
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        raise WrongUse(f"{folder} exists; name another folder.") from None
    with writing():
        record([Event("corrections exported", "corrections", {"mails": len(chosen)})], actor=actor, now=office.clock())
    for language, written in blocks.items():
        (folder / language).mkdir()
        (folder / language / f"{lessons.AUTHOR}.txt").write_text(EXPORTED + "\n".join(written), encoding="utf-8")
    return len(chosen)


def train_candidate(office: Office, *, corpus: Path, output: Path | None, report: Report) -> Version:
    """Train on the corpus and on what operators taught; to the data folder, or to `output`. Takes minutes.

    Raises NothingToLearn, WrongUse where `output` exists, BrokenCorpus.
    """
    learnt = lessons.in_state(judged(office), State.LEARNT)
    if not learnt:
        raise NothingToLearn
    version, folder = ModelStore(office.config).for_candidate(office.clock())
    folder = output or folder
    if folder.exists():
        raise WrongUse(f"{folder} exists; name another folder.")
    report(f"{len(learnt)} lessons of operators")
    folder.parent.mkdir(parents=True, exist_ok=True)
    # A candidate is whole or not there: training is killed easily, being long.
    with TemporaryDirectory(dir=folder.parent) as unfinished:
        train(corpus, Path(unfinished) / version, report=report, version=version, lessons=lessons.as_corpus(learnt))
        (Path(unfinished) / version).rename(folder)
    return Version(version, folder, shipped=False, reads=False, trained_at=office.clock())


def compare_with_current(office: Office, version: str, *, golden: Sequence[Record], gold: Iterable[Path]) -> Comparison:
    """A version beside the one that reads. Raises UnknownModel, ModelGone; OSError and json.JSONDecodeError for a file of letters."""
    store = ModelStore(office.config)
    candidate, current = store.named(version), store.current()
    return compare(Reader.load(current.folder), Reader.load(candidate.folder), _sets(office, golden, gold))


def promote(office: Office, version: str, *, golden: Sequence[Record], gold: Iterable[Path], actor: str) -> Comparison:
    """Let a version read from the next mails on. Raises NotPromoted, naming each set that speaks against it, and as `compare_with_current`."""
    found = compare_with_current(office, version, golden=golden, gold=gold)
    if found.against or not found.better:
        raise NotPromoted(found)
    store = ModelStore(office.config)
    before = store.current().name
    with writing():
        told = {"before": before, "sets": len(found.rows), "better": found.better}
        record([Event("model promoted", f"model:{version}", told)], actor=actor, now=office.clock())
        store.promote(store.named(version))
    return found


def roll_back(office: Office, *, actor: str) -> Version:
    """Let the version before read again, from the next mails on. Raises NothingBefore."""
    store = ModelStore(office.config)
    left = store.pointed_at()
    with writing():
        store.roll_back()
        returned = store.current()
        record([Event("model rolled back", f"model:{returned.name}", {"left": left})], actor=actor, now=office.clock())
    return returned


def _sets(office: Office, golden: Sequence[Record], gold: Iterable[Path]) -> dict[str, list[Record]]:
    sets: dict[str, list[Record]] = defaultdict(list)
    for one in of_corpus(read(shipped_corpus() / "tune").mails):
        sets[f"tune {one.language}"].append(one)
    held_out = lessons.in_state(judged(office), State.HELD_OUT)
    sets["golden mails"] = list(golden)
    sets["corrections held out"] = of_corpus(map(lessons.as_mail, held_out))
    return dict(sets) | {file.name: of_jsonl(file) for file in gold}
