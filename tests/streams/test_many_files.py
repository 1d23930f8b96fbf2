"""A region holds hundreds of files open: every command may have more than the usual 1,024 at once."""

import subprocess
import sys

from streams.region.demo import demo_folder

RUN = """
import resource, sys
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (250, hard))
from streams.cli import main
main(["region", "where", sys.argv[1], "102.22", "27.79", "--json"], standalone_mode=False)
"""


def test_a_command_opens_a_region_where_the_shell_allows_fewer_files_than_it_maps():
    folder = demo_folder()
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(folder)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-500:]
    assert "513401" in done.stdout
