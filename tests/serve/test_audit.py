"""The audit log: nothing is changed, taken out or exchanged unseen."""

import sqlite3
from datetime import timedelta

import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from serve_words import NOON

from streams.cli import main
from streams.serve.audit.chain import START, Entry, first_broken, sealed
from streams.serve.audit.syslog import line


def chain(count):
    entries, before = [], START
    for number in range(1, count + 1):
        bare = Entry(
            number=number,
            at=NOON + timedelta(seconds=number),
            who=f"user/{number % 3}",
            address="127.0.0.1",
            what="POST /v1/verdicts",
            status=202,
            detail=f"incident fire-{number}",
        )
        entries.append(sealed(bare, before))
        before = entries[-1].seal
    return entries


@settings(max_examples=40)
@given(st.integers(1, 8), st.data())
def test_any_change_breaks_the_chain_where_it_was_made(count, data):
    entries = chain(count)
    assert first_broken(entries) is None
    at = data.draw(st.integers(0, count - 1))
    field, value = data.draw(
        st.sampled_from(
            [("who", "user/x"), ("detail", ""), ("status", 403), ("at", NOON), ("seal", "0" * 64)]
        )
    )
    changed = [*entries]
    changed[at] = msgspec.structs.replace(entries[at], **{field: value})
    assert first_broken(changed) == at + 1
    if at < count - 1:
        assert first_broken([*entries[:at], *entries[at + 1 :]]) == at + 1
        exchanged = [*entries]
        exchanged[at], exchanged[at + 1] = entries[at + 1], entries[at]
        assert first_broken(exchanged) == at + 1


def test_the_file_refuses_to_change_or_delete(trail, tmp_path):
    for number in range(3):
        trail.add(NOON, who="user/a", what="sign in", detail=str(number))
    other = sqlite3.connect(tmp_path / "audit.sqlite")
    for sql in ("UPDATE entry SET who = 'user/b'", "DELETE FROM entry WHERE number = 2"):
        with pytest.raises(sqlite3.IntegrityError, match="append only"):
            other.execute(sql)
    other.close()
    assert [one.detail for one in trail.entries()] == ["0", "1", "2"]
    assert first_broken(trail.entries()) is None
    assert first_broken(trail.entries(after=1), trail.page(0, 1)[0].seal, 2) is None


def test_a_syslog_line_is_one_line_with_its_seal_and_nobody_writes_another():
    entry = sealed(
        Entry(
            number=7,
            at=NOON,
            who='user/a"]\n<1>forged',
            address="::1",
            what="POST /v1/acts",
            status=403,
            detail="x\r\ny\u2028z",
        ),
        START,
    )
    said = line(entry, "desk 1")
    assert said.startswith('<108>1 2026-04-05T12:00:00.000Z desk1 fenghuo - audit [audit@32473 number="7"')
    assert said.splitlines() == [said]
    assert r'who="user/a\"\] <1>forged"' in said
    assert f'seal="{entry.seal}"] POST /v1/acts 403 x  y z' in said
    assert line(msgspec.structs.replace(entry, status=202), "").startswith(
        "<109>1 2026-04-05T12:00:00.000Z - "
    )


def test_the_command_says_whether_the_log_is_whole(trail, tmp_path):
    for number in range(3):
        trail.add(NOON, who="user/a", what="sign in", detail=str(number))
    seal = trail.page(2, 1)[0].seal
    run = CliRunner()
    at = ["--data-dir", str(tmp_path)]
    assert run.invoke(main, ["audit", "verify", *at, "--seal", seal]).exit_code == 0
    assert run.invoke(main, ["audit", "verify", *at, "--seal", "0" * 64]).exit_code == 1
    exported = run.invoke(main, ["audit", "export", *at, "--after", "1"]).output.splitlines()
    assert len(exported) == 2
    other = sqlite3.connect(tmp_path / "audit.sqlite")
    other.executescript("DROP TRIGGER no_change; UPDATE entry SET who = 'user/b' WHERE number = 2;")
    other.close()
    broken = run.invoke(main, ["audit", "verify", *at, "--json"])
    assert broken.exit_code == 1
    assert '"first_broken": 2' in broken.output
