"""The open logs of this process: worker, readers and writers of one data directory share one."""

from pathlib import Path

from streams.engine.log import Log

_open: dict[Path, Log] = {}


def open_log(data_dir: Path) -> Log:
    """Return the log of `data_dir`, opened once; raises `LogError` when it cannot be used."""
    path = data_dir.resolve()
    log = _open.get(path)
    if log is None or log.closed:
        log = _open[path] = Log(path)
    return log
