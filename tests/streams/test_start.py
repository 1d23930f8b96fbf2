"""A command loads what it uses: a replay needs no HTTP client, no broker's client and no workbooks."""

import subprocess
import sys

HEAVY = ("aiohttp", "aiokafka", "faust", "openpyxl")


def test_a_replay_starts_without_what_only_other_commands_need():
    asked = f"import sys, streams.commands.replay; print([one for one in {HEAVY} if one in sys.modules])"
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
