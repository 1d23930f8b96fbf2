"""The report upward: every field of the form, nothing invented, nothing that a page or Word would run."""

import io
import zipfile
from datetime import timedelta

import pytest
from click.testing import CliRunner
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from serve_words import NOON, LogInMemory, alerts, make_alert, make_incident, record

from alerts.feedback import verification
from alerts.fire_report import Facts, FormError, fire_report
from alerts.fire_report_page import page
from alerts.profile import faults as faults_of_profile
from alerts.report_form import faults
from alerts.waiting import Told
from schemas.act import Entered
from schemas.incident import Place
from schemas.notice import Notice
from schemas.settings import Settings
from schemas.verdict import Verdict
from streams.cli import main
from streams.jurisdiction import in_force
from streams.reports.word import document

PROFILE = in_force(Settings())
ABROAD = in_force(Settings(jurisdiction="generic-en"))


def lines(report):
    return {line.label: line.text for line in report.lines}


def notice(receiver="西昌市防火办", outcome="accepted", minutes=1, **fields):
    settled = {
        "notice_id": f"n-{receiver}-{minutes}",
        "receiver": receiver, "channel": "webhook",
        "alert_id": "fire-1", "incident_id": "fire-1", "revision": 1, "action": "new", "grade": "III",
        "outcome": outcome,
        "at": NOON + timedelta(minutes=minutes), "attempts": 1,
    }  # fmt: skip
    return Notice(**{**settled, **fields})


def full():
    places = (
        Place(layer="county", place_id="1", name="西昌市", relation="inside", probability=1.0),
        Place(layer="township", place_id="2", name="安哈镇", relation="possibly_inside", probability=0.6),
        Place(layer="township", place_id="3", name="经久乡", relation="possibly_inside", probability=0.4),
        Place(layer="settlements", place_id="4", name="柳树桩", relation="near", distance_km=1.23),
    )
    answers = verification(
        PROFILE,
        [Verdict(verdict_id="v", incident_id="fire-1", code=0, level="county", author="李娜", at=NOON)],
    )
    incident = make_incident(
        places=places, feedback=answers, entered=Entered(area_ha=12.5, deaths=0), reconstruction=True
    )
    told = Told(alert=make_alert(1), first_at=NOON, words=("assign 护林员甲 · 李娜",))
    given = (notice(), notice(minutes=5), notice("经久乡", "failed"), notice("州指挥中心", minutes=3))
    return Facts(incident=incident, told=told, notices=given, office="西昌市防火办", now=NOON)


def test_the_first_report_says_what_is_known_and_names_what_is_not():
    said = lines(fire_report(full(), PROFILE, "first"))
    assert said["起火地点（行政区划）"] == "西昌市安哈镇（60%）或经久乡（40%）"
    assert said["受威胁的居民点和设施"] == "柳树桩（1.2 公里）"
    assert said["受害面积"] == "12.5 公顷"
    assert said["人员伤亡"] == "死亡 0，重伤 待核实"
    assert said["直接损失"] == said["碳储量风险"] == said["火场气象"] == said["火情发展趋势"] == "待核实"
    assert said["起火原因"] == "（由填报人填写）"
    assert said["发现时间"] == "2026-04-05 20:00 +0800"
    assert said["已通知"] == (
        "西昌市防火办（webhook，2026-04-05 20:01 +0800）、州指挥中心（webhook，2026-04-05 20:03 +0800）"
    )
    assert said["核查反馈"] == "李娜：林火（2026-04-05 20:00 +0800）"
    assert said["已采取的措施"] == "assign 护林员甲 · 李娜"


@pytest.mark.parametrize(("stage", "title"), [("first", "即报"), ("further", "续报"), ("final", "终报")])
def test_each_stage_has_its_title_and_a_reconstruction_its_mark(stage, title):
    made = fire_report(full(), PROFILE, stage)
    assert made.title.endswith(title)
    assert "不是实时火情" in page(made, "")
    assert fire_report(replace(full(), incident=make_incident()), PROFILE, stage).mark == ""


def test_abroad_not_one_chinese_character_comes_out():
    facts = Facts(incident=make_incident(), now=NOON, office="Office")
    text = page(fire_report(facts, ABROAD, "first"), "")
    assert not [one for one in text if "㐀" <= one <= "鿿"]
    assert "to be verified" in text
    with pytest.raises(FormError, match="language"):
        fire_report(facts, ABROAD, "first", "zh")
    with pytest.raises(FormError, match="form"):
        fire_report(facts, replace(ABROAD, report=None), "first")


@settings(max_examples=40)
@given(st.text(max_size=60))
def test_whatever_an_office_is_called_the_page_shows_it_and_runs_nothing(name):
    made = fire_report(replace(full(), office=f"<script>{name}"), PROFILE, "first")
    text = page(made, "")
    assert "<script" not in text
    assert text.count("<tr>") == len(made.lines) == len(PROFILE.report.field)


@pytest.mark.parametrize("profile", [PROFILE, ABROAD])
def test_a_form_that_lacks_a_word_or_has_a_gap_too_many_is_named(profile):
    form, languages = profile.report, profile.languages
    assert list(faults(form)) == []
    bad = {**form.sentence, "near": dict.fromkeys(languages, "{name} {miles}"), "more": form.unknown}
    found = list(faults(replace(form, sentence=bad)))
    assert "sentence.more: is no sentence of a report" in found
    assert any(one.startswith("sentence.near.en: KeyError") for one in found)
    forces = next(one for one in form.field if one.name == "forces")
    named = list(faults(replace(form, field=(replace(forces, by_hand=False),))))
    assert named == ["field.forces: only a person knows it: by_hand"]
    untitled = {stage: text for stage, text in form.title.items() if stage != "final"}
    whole = replace(profile, report=replace(form, title=untitled))
    assert "$.report.title.final: is missing" in list(faults_of_profile(whole))


def test_the_word_document_holds_the_same_lines_on_a4():
    made = fire_report(full(), PROFILE, "first")
    held = document(made, NOON)
    opened = Document(io.BytesIO(held))
    cells = [(row.cells[0].text, row.cells[1].text) for row in opened.tables[0].rows]
    assert cells == [(line.label, line.text) for line in made.lines]
    size = opened.sections[0].page_width.mm, opened.sections[0].page_height.mm
    assert size == pytest.approx((210, 297), abs=0.1)
    assert opened.paragraphs[0].text == made.title
    assert "vbaProject" not in " ".join(zipfile.ZipFile(io.BytesIO(held)).namelist())


async def test_the_server_gives_it_by_any_name_and_the_command_writes_the_same(
    serve, services_of, keys, books, tmp_path
):
    services = services_of(writer=LogInMemory())
    services.store.apply([*alerts(make_alert(1)), record("incident.v1", 0, make_incident("fire-1"))])
    client = await serve(services)
    headers = {"X-API-Key": keys.create(frozenset({"viewer"}), NOON)[1]}
    for name in ("fire-1", "A001"):
        async with client.get(f"/v1/incidents/{name}/report", headers=headers) as answer:
            assert answer.status == 200
            assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
            text = await answer.text()
    assert "森林草原火情即报" in text
    async with client.get("/v1/incidents/fire-1/report?stage=final&form=docx", headers=headers) as answer:
        assert answer.headers["Content-Disposition"] == 'attachment; filename="A001-final.docx"'
        assert Document(io.BytesIO(await answer.read())).paragraphs[0].text == "森林草原火情终报"
    bad = {"fire-1/report?stage=x": 400, "fire-1/report?form=pdf": 400, "none/report": 404}
    for path, status in {**bad, "fire-1/report?lang=xx": 400}.items():
        async with client.get(f"/v1/incidents/{path}", headers=headers) as answer:
            assert answer.status == status, path
    assert next(books["trail"].entries()).detail == "incident fire-1 first html"
    out = tmp_path / "report.docx"
    at = ["report", "A001", "--data-dir", str(tmp_path), "--stage", "final"]
    done = CliRunner().invoke(main, [*at, "--out", str(out), "--json"])
    assert done.exit_code == 0, done.output
    assert '"title":"森林草原火情终报"' in done.output
    assert Document(io.BytesIO(out.read_bytes())).tables[0].rows[0].cells[0].text == "报告单位"
    assert "<table>" in CliRunner().invoke(main, at).output
    assert CliRunner().invoke(main, ["report", "none", "--data-dir", str(tmp_path)]).exit_code == 1
