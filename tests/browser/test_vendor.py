"""`make web`: locked, quick when done, and never in the way where it cannot work."""

import importlib.util
import json

import pytest

from streams.web import bundle_name

BUILDER = """#!/bin/sh
for one; do
  case $one in --outdir=*) cat "${one#--outdir=}/sheets.css" > "${one#--outdir=}/app.js";; esac
done
"""
"""Writes what it was given where it was told to."""


@pytest.fixture
def vendor(root, tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("vendor", root / "deploy" / "web" / "vendor.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "STATIC", tmp_path)
    monkeypatch.setattr(module, "CHECKS", tmp_path / "checks")
    return module


@pytest.fixture
def library(tmp_path, vendor):
    folder = tmp_path / "library"
    for library, files in vendor.FILES.items():
        for name in files:
            (folder / library / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / library / name).write_text(name)
    builder = folder / "@esbuild" / "linux-x64" / "bin" / "esbuild"
    builder.parent.mkdir(parents=True)
    builder.write_text(BUILDER)
    builder.chmod(0o755)
    (tmp_path / "index.html").write_text('<link rel="stylesheet" href="style.css">')
    (tmp_path / "app.mjs").write_text("export default 1;")
    return folder


def pages(folder) -> list[str]:
    return [one.name for one in (folder / "vendor").glob("page-*")]


def test_the_lock_pins_everything_and_names_no_host(root):
    text = (root / "deploy" / "web" / "package-lock.json").read_text(encoding="utf-8")
    packages = {name: entry for name, entry in json.loads(text)["packages"].items() if name}
    assert "resolved" not in text
    assert "registry" not in text
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert packages["node_modules/maplibre-gl"]["version"] == "6.17.0"


def test_a_machine_without_node_is_told_and_nothing_fails(vendor, monkeypatch, capsys):
    monkeypatch.setattr(vendor, "npm", lambda _: None)
    assert vendor.main() == 0
    assert "will draw its own map" in capsys.readouterr().out


def test_files_are_copied_whole_and_a_second_run_touches_nothing(vendor, library, monkeypatch):
    monkeypatch.setattr(vendor, "install", lambda _: library)
    assert vendor.main() == 0
    assert vendor.present(vendor.folder())
    assert vendor.present(vendor.folder("axe-core"), vendor.FILES["axe-core"])
    monkeypatch.setattr(vendor, "install", lambda _: pytest.fail("installed again"))
    assert vendor.main() == 0


def test_a_changed_file_is_brought_anew(vendor, library, monkeypatch):
    monkeypatch.setattr(vendor, "install", lambda _: library)
    vendor.main()
    (vendor.folder() / "maplibre-gl.mjs").write_text("half")
    assert not vendor.present(vendor.folder())
    vendor.main()
    assert vendor.present(vendor.folder())


def test_the_page_is_built_of_what_it_is_now_and_an_older_one_goes(vendor, library, tmp_path, monkeypatch):
    monkeypatch.setattr(vendor, "install", lambda _: library)
    assert vendor.main() == 0
    first = bundle_name(tmp_path)
    assert pages(tmp_path) == [first.rpartition("/")[2]]
    assert (tmp_path / first / "app.js").read_text() == f'@import "{tmp_path / "style.css"}";'
    assert sorted(one.name for one in (tmp_path / first).iterdir()) == ["app.js"]
    (tmp_path / "app.mjs").write_text("export default 2;")
    assert vendor.main() == 0
    assert bundle_name(tmp_path) != first
    assert pages(tmp_path) == [bundle_name(tmp_path).rpartition("/")[2]]


def test_where_the_builder_cannot_work_the_page_stays_as_it_is_written(
    vendor, library, tmp_path, monkeypatch
):
    monkeypatch.setattr(vendor, "install", lambda _: library)
    (library / "@esbuild" / "linux-x64" / "bin" / "esbuild").write_text("#!/bin/sh\nexit 1\n")
    assert vendor.main() == 0
    assert not (tmp_path / bundle_name(tmp_path)).exists()
