"""What runs beside the hops may not end without a word: the worker ends too, loudly and with 1."""

import pytest
from click.testing import CliRunner

from streams import node
from streams.commands.worker import command
from streams.engine.logs import close_logs

SETTINGS = '[[receivers]]\nname = "ranger"\nurl = "https://example.org/"\n'


@pytest.fixture(autouse=True)
def _closed():
    yield
    close_logs()


def test_a_sender_that_dies_ends_the_worker_with_1_and_says_why(tmp_path, monkeypatch, caplog):
    def unreadable(*_):
        raise RuntimeError("the outbox cannot be looked through")

    monkeypatch.setattr(node.WrittenRows, "rows", unreadable)
    (tmp_path / "my.toml").write_text(SETTINGS, encoding="utf-8")
    words = ["--settings", tmp_path / "my.toml", "--data-dir", tmp_path / "data", "--port", "0"]
    ended = CliRunner().invoke(command, [str(word) for word in words])
    assert ended.exit_code == 1
    assert "the sender ended" in ended.output
    assert "the outbox cannot be looked through" in ended.output
    assert "the sender ended by itself" in caplog.text
