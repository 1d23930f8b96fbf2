"""The official AsyncAPI schemas, brought by npm into a folder that git ignores."""

import json
import os
import pathlib
import shutil
import subprocess

import pytest

HERE = pathlib.Path(__file__).resolve().parent
SPECS = HERE / "npm" / "node_modules" / "@asyncapi" / "specs"


def without_npm(why):
    if os.environ.get("CI") == "true":
        pytest.fail(f"missing in CI: {why}")
    pytest.skip(why)


@pytest.fixture(scope="session")
def asyncapi_schema():
    """Return the official JSON Schema of AsyncAPI 3.0.0."""
    wanted = json.loads((HERE / "npm" / "package.json").read_text("utf-8"))["devDependencies"][
        "@asyncapi/specs"
    ]
    package = SPECS / "package.json"
    if not package.is_file() or json.loads(package.read_text("utf-8"))["version"] != wanted:
        if shutil.which("npm") is None:
            without_npm("npm is not installed, so the official AsyncAPI schema cannot be fetched")
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        done = subprocess.run(
            command, cwd=HERE / "npm", capture_output=True, text=True, timeout=240, check=False
        )
        if done.returncode:
            without_npm(f"npm could not fetch the AsyncAPI schema: {done.stderr.strip()[-300:]}")
    return json.loads((SPECS / "schemas" / "3.0.0.json").read_text("utf-8"))
