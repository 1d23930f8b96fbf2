"""The official AsyncAPI schemas, brought by npm into a folder that git ignores."""

import importlib.util
import json
import os
import pathlib
import shutil
import subprocess

import pytest

HERE = pathlib.Path(__file__).resolve().parent
SPECS = HERE / "npm" / "node_modules" / "@asyncapi" / "specs"
VENDOR = HERE.parents[1] / "deploy" / "web" / "vendor.py"


def give_up(why):
    if os.environ.get("CI") == "true":
        pytest.fail(f"missing in CI: {why}")
    pytest.skip(why)


def npm(scratch):
    """Return the command that starts npm: the machine's own, in CI also one that pip brings."""
    if shutil.which("npm") or os.environ.get("CI") != "true":
        return ["npm"] if shutil.which("npm") else None
    spec = importlib.util.spec_from_file_location("web_vendor", VENDOR)
    vendor = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(vendor)
    return vendor.npm(scratch)


@pytest.fixture(scope="session")
def asyncapi_schema(tmp_path_factory):
    """Return the official JSON Schema of AsyncAPI 3.0.0."""
    wanted = json.loads((HERE / "npm" / "package.json").read_text("utf-8"))["devDependencies"][
        "@asyncapi/specs"
    ]
    package = SPECS / "package.json"
    if not package.is_file() or json.loads(package.read_text("utf-8"))["version"] != wanted:
        start = npm(tmp_path_factory.mktemp("node"))
        if start is None:
            give_up("npm is not installed, so the official AsyncAPI schema cannot be fetched")
        command = [*start, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        done = subprocess.run(
            command, cwd=HERE / "npm", capture_output=True, text=True, timeout=240, check=False
        )
        if done.returncode:
            give_up(f"npm could not fetch the AsyncAPI schema: {done.stderr.strip()[-300:]}")
    return json.loads((SPECS / "schemas" / "3.0.0.json").read_text("utf-8"))
