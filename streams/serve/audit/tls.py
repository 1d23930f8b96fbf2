"""TLS to the log server (RFC 5425): its certificate must name it and be vouched for, or nothing is sent."""

import ssl
from pathlib import Path

from schemas.desk_settings import DeskSettings
from streams.toml_file import ConfigError

FILES = ("syslog_ca_file", "syslog_cert_file", "syslog_key_file")


def context_of(desk: DeskSettings) -> ssl.SSLContext | None:
    """Return how to speak TLS to the log server, or None where it is spoken to without.

    Raises
    ------
    ConfigError
        One line with the path of the setting: a file that is not there, or not what it should be.
    """
    given = [name for name in FILES if getattr(desk, name)]
    if not desk.syslog.startswith("tls://"):
        for name in given:
            raise ConfigError(f"settings: $.desk.{name}: does nothing; take syslog = 'tls://HOST:PORT'")
        return None
    for name in given:
        if not Path(getattr(desk, name)).is_file():
            raise ConfigError(f"settings: $.desk.{name}: {getattr(desk, name)}: no such file")
    if bool(desk.syslog_cert_file) != bool(desk.syslog_key_file):
        raise ConfigError("settings: $.desk.syslog_cert_file: a certificate and its key go together")
    return _loaded(desk)


def _loaded(desk: DeskSettings) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=desk.syslog_ca_file or None)
    except (ssl.SSLError, OSError) as error:
        why = f"{desk.syslog_ca_file}: no PEM certificates in it"
        raise ConfigError(f"settings: $.desk.syslog_ca_file: {why}") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if desk.syslog_cert_file:
        try:
            # An empty passphrase, because OpenSSL would otherwise ask for one at the terminal.
            context.load_cert_chain(desk.syslog_cert_file, desk.syslog_key_file, password="")
        except (ssl.SSLError, OSError) as error:
            why = f"{desk.syslog_cert_file}: with its key it is no pair of PEM files without passphrase"
            raise ConfigError(f"settings: $.desk.syslog_cert_file: {why}") from error
    return context
