"""A controller's own wording, changed by people: checked, kept with its history, taken back; and looked at before it is saved."""

from __future__ import annotations

import time

import pytest

from privbot.letters.errors import UnknownOwnFile
from privbot.worker import wording
from privbot.worker.wording import FolderNotWritable, UnknownVersion, WordingChanged, WordingRefused

EN = "words/en.toml"
WARM = '[common]\nclosing = "Warm regards"\n'
COLD = '[common]\nclosing = "Regards"\n'


@pytest.fixture
def office(config, clock, tmp_path):
    """An office whose folder of letters is empty."""
    from privbot.worker.office import Office

    return Office(config.model_copy(update={"folder": tmp_path}), clock)


def save(office, text=WARM, version=0, file=EN, actor="Ada"):
    return wording.save(office, "lumen", file, text, actor=actor, version=version)


def on_disk(office, file=EN):
    path = office.config.folder / "letters" / "lumen" / file
    return path.read_text(encoding="utf-8") if path.exists() else None


def test_a_saved_wording_is_used_by_the_next_letter_and_told_in_the_audit_trail(office):
    from privbot.records.models import AuditEvent

    kept = save(office, WARM.replace("\n", "\r\n"))
    assert on_disk(office) == WARM
    opened = wording.open_file(office, "lumen", EN)
    assert (opened.text, opened.version) == (WARM, kept.id)
    assert "\nWarm regards\n" in wording.preview(office, "lumen", "closed", "en").text
    assert "Warm regards" not in wording.preview(office, "tidal", "closed", "en").text
    event = AuditEvent.objects.get()
    assert (event.actor, event.action, event.subject) == ("Ada", "wording saved", "controller:lumen")
    assert event.data == {"file": EN, "version": kept.id, "characters": len(WARM)}


def test_the_letters_that_leave_use_it(office):
    settings = office.config.controllers["lumen"]
    assert office.config.own_wording(settings) is None
    save(office)
    assert office.config.own_wording(settings) == office.config.folder / "letters" / "lumen"


def test_a_wording_that_cannot_be_used_is_refused_with_all_its_faults_and_nothing_changes(office):
    save(office)
    with pytest.raises(WordingRefused, match=r"^line 2: common\.closng: there is no such fragment \(and 1 more\)$") as refused:
        save(office, '[common]\nclosng = "x"\nclosing = "{"\n', version=wording.open_file(office, "lumen", EN).version)
    assert [fault.line for fault in refused.value.faults] == [2, 3]
    assert on_disk(office) == WARM and len(wording.history("lumen", EN)) == 1


def test_whoever_saves_over_somebody_elses_change_is_told_and_overwrites_nothing(office):
    first = save(office)
    second = save(office, COLD, first.id, actor="Bo")
    with pytest.raises(WordingChanged) as changed:
        save(office, WARM, first.id)
    assert changed.value.latest.id == second.id and changed.value.latest.actor == "Bo"
    assert on_disk(office) == COLD


def test_what_a_colleague_saves_while_it_is_opened_neither_counts_as_seen_nor_as_a_change_by_hand(office, monkeypatch):
    latest = save(office)
    for read, theirs in (("_on_disk", COLD), ("history", WARM)):
        before = getattr(wording, read)

        def read_and_be_overtaken(*given, before=before, read=read, theirs=theirs, version=latest.id, **more):
            monkeypatch.setattr(wording, read, before)
            told = before(*given, **more)
            save(office, theirs, version, actor="Bo")
            return told

        monkeypatch.setattr(wording, read, read_and_be_overtaken)
        opened = wording.open_file(office, "lumen", EN)
        latest = wording.history("lumen", EN)[0]
        assert wording.version_of("lumen", EN, opened.version).text == opened.text
    assert [one.actor for one in wording.history("lumen", EN)] == ["Bo", "Bo", "Ada"]


def test_a_change_by_hand_joins_the_history_and_is_not_overwritten(office):
    first = save(office)
    (office.config.folder / "letters" / "lumen" / EN).write_text(COLD, encoding="utf-8")
    with pytest.raises(WordingChanged) as changed:
        save(office, '[common]\nclosing = "x"\n', first.id)
    assert changed.value.latest.actor == "(file)"
    assert on_disk(office) == COLD
    assert [(one.actor, one.text) for one in wording.history("lumen", EN)] == [("(file)", COLD), ("Ada", WARM)]
    # noticed once
    assert wording.open_file(office, "lumen", EN).version == wording.open_file(office, "lumen", EN).version
    assert len(wording.history("lumen", EN)) == 2


def test_a_file_removed_by_hand_joins_the_history_too(office):
    save(office)
    (office.config.folder / "letters" / "lumen" / EN).unlink()
    opened = wording.open_file(office, "lumen", EN)
    assert opened.text == "" and wording.history("lumen", EN)[0].actor == "(file)"


def test_an_own_wording_is_taken_back_and_an_old_version_restored(office):
    first = save(office)
    gone = wording.take_back(office, "lumen", EN, actor="Bo", version=first.id)
    assert on_disk(office) is None and gone.text == ""
    again = wording.restore(office, "lumen", EN, first.id, actor="Bo", version=gone.id)
    assert on_disk(office) == WARM and again.text == WARM
    assert [one.actor for one in wording.history("lumen", EN)] == ["Bo", "Bo", "Ada"]


def test_an_empty_text_takes_the_own_wording_back(office):
    first = save(office)
    save(office, "  \r\n", first.id)
    assert on_disk(office) is None


def test_a_version_of_another_file_or_controller_is_not_restored(office):
    first = save(office)
    for controller, file in (("tidal", EN), ("lumen", "words/de.toml")):
        with pytest.raises(UnknownVersion):
            wording.restore(office, controller, file, first.id, actor="Ada", version=0)


def test_saving_what_is_there_already_is_no_new_version(office):
    first = save(office)
    assert save(office, WARM, first.id) is None
    assert len(wording.history("lumen", EN)) == 1


def test_a_version_that_never_reached_the_disk_is_not_kept(office):
    (office.config.folder / "letters").write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(FolderNotWritable, match="name another folder"):
        save(office)
    assert wording.history("lumen", EN) == []


@pytest.mark.parametrize(
    "file", ["../../privbot.toml", "words/../../x.toml", "words/xx.toml", "structure/nothing.j2", "/etc/passwd"]
)
def test_no_other_file_is_read_or_written(office, file):
    for attempt in (
        lambda: wording.open_file(office, "lumen", file),
        lambda: save(office, "x", file=file),
        lambda: wording.preview(office, "lumen", "closed", "en", unsaved={file: "x"}),
    ):
        with pytest.raises(UnknownOwnFile):
            attempt()


def test_the_overview_marks_each_letter_and_language_with_an_own_wording(office):
    save(office, '[closed]\nagain = "Write to us again."\n', file="words/de.toml")
    save(office, '{% extends "refusal.j2" %}\n', file="structure/refusal.j2")
    found = {one.kind.name: one for one in wording.overview(office, "lumen")}
    assert [name for name, one in found.items() if one.own_languages] == ["closed"]
    assert found["closed"].own_languages == ("de",)
    assert [name for name, one in found.items() if one.own_structure] == ["refusal"]
    assert not any(one.own_languages or one.own_structure for one in wording.overview(office, "tidal"))


def test_a_preview_is_of_the_unsaved_text_in_the_controllers_name(office):
    made = wording.preview(office, "lumen", "closed", "en", unsaved={EN: COLD})
    assert "\nRegards\nLumen Masks LLC\n" in made.text.replace("\n\n", "\n") and "Regards" in made.html
    assert on_disk(office) is None


def test_a_preview_of_a_text_with_faults_tells_them(office):
    with pytest.raises(WordingRefused, match="line 1: does not know nobody"):
        wording.preview(office, "lumen", "closed", "en", unsaved={"structure/closed.j2": "{{ nobody }}"})


def test_each_way_a_letter_can_turn_out_is_previewed(office):
    texts = {wording.preview(office, "lumen", "refusal", "en", sample=number).text for number in range(13)}
    assert len(texts) == 13


def test_a_preview_takes_no_longer_than_somebody_types(office):
    long = "[common]\n" + 'closing = "Warm regards"\n' + "".join(f"# a line of notes {number}\n" for number in range(300))
    structure = '{% extends "refusal.j2" %}\n{% block salutation %}\n{{ super() }}\n{% endblock %}\n'
    times = []
    for number in range(12):
        before = time.process_time()
        wording.preview(office, "lumen", "refusal", "en", unsaved={EN: f"{long}# {number}\n"})
        wording.preview(office, "lumen", "refusal", "en", unsaved={"structure/refusal.j2": f"{structure}{{# {number} #}}\n"})
        times.append((time.process_time() - before) / 2)
    assert sorted(times)[len(times) // 2] < 0.05
