"""How every client reaches the brokers: one place turns `[kafka]` and the environment into their options.

    security = "sasl_ssl"              # plaintext, ssl, sasl_plaintext or sasl_ssl
    ca_file = "/etc/fenghuo/ca.pem"    # empty: the authorities this machine trusts
    cert_file, key_file                # client certificate, when the broker asks for one
    sasl_mechanism = "SCRAM-SHA-512"   # or SCRAM-SHA-256, PLAIN

User and password come from the variables that `username_env` and `password_env` name.
"""

import difflib
import ipaddress
import logging
import os
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import faust

from schemas.settings import Kafka
from streams.config import ConfigError

PROTOCOLS = ("plaintext", "ssl", "sasl_plaintext", "sasl_ssl")
MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
DEFAULT_PORT = 9092
LOGGERS = ("aiokafka.conn", "kafka.net.connection", "kafka.protocol.parser")
"""Loggers of the client libraries that print what goes over the wire."""


class Secret(str):
    """Text that shows itself in no repr, so that no traceback or debug line prints it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'…'"


@dataclass(frozen=True)
class Security:
    """The checked settings, ready for each client library."""

    protocol: str
    mechanism: str = ""
    username: str = ""
    password: Secret = field(default=Secret(), repr=False)
    ssl_context: ssl.SSLContext | None = field(default=None, repr=False)

    def options(self) -> dict[str, Any]:
        """Return keyword options; aiokafka's clients and kafka-python's KafkaAdminClient name them alike."""
        chosen: dict[str, Any] = {"security_protocol": self.protocol}
        if self.ssl_context is not None:
            chosen["ssl_context"] = self.ssl_context
        if self.mechanism:
            chosen["sasl_mechanism"] = self.mechanism
            chosen["sasl_plain_username"] = self.username
            chosen["sasl_plain_password"] = self.password
        return chosen

    def credentials(self) -> Any:
        """Return Faust's `broker_credentials`; None for plaintext."""
        if self.mechanism:
            return faust.SASLCredentials(
                username=self.username,
                password=self.password,
                ssl_context=self.ssl_context,
                mechanism=self.mechanism,
            )
        return None if self.ssl_context is None else faust.SSLCredentials(self.ssl_context)


def brokers(url: str) -> list[str]:
    """Return `host:port` of every broker in `kafka://a:9092,b:9092` (`;` separates as well).

    Raises
    ------
    ConfigError
        When the address is not of that form, or carries a user or password.
    """
    places = []
    for part in url.replace(";", ",").split(","):
        place = part.strip().removeprefix("kafka://").removesuffix("/")
        host, colon, port = place.rpartition(":") if ":" in place.rpartition("]")[2] else (place, "", "")
        if "@" in place:
            raise ConfigError("--broker: a user or password may not stand in an address")
        if not host or "/" in place or (colon and not port.isdecimal()):
            raise ConfigError(f"--broker: kafka://HOST:PORT is expected, not {part.strip()!r}")
        places.append(f"{host}:{port or DEFAULT_PORT}")
    return places


def security(kafka: Kafka, places: Iterable[str], environ: Mapping[str, str] = os.environ) -> Security:
    """Return how to reach the brokers at `places` (`host:port`) as `[kafka]` says.

    Raises
    ------
    ConfigError
        One line with the path of the setting, or the name of the variable, that cannot be.
    """
    word = kafka.security.lower()
    if word not in PROTOCOLS:
        raise ConfigError(
            f"settings: $.kafka.security: {kafka.security!r} is none of {_known(word, PROTOCOLS)}"
        )
    mechanism = _mechanism(kafka, word)
    for name in LOGGERS:
        logging.getLogger(name).addFilter(_shows_no_login)
    username, password = _login(kafka, environ) if mechanism else ("", Secret())
    if mechanism == "PLAIN" and word == "sasl_plaintext" and not all(map(_is_loopback, places)):
        raise ConfigError(
            "settings: $.kafka.sasl_mechanism: PLAIN without TLS shows the password to the network;"
            " take security = 'sasl_ssl' or a SCRAM mechanism"
        )
    return Security(word.upper(), mechanism, username, password, _context(kafka, word))


def _shows_no_login(record: logging.LogRecord) -> bool:
    """Keep logins off the log: at level DEBUG the clients print every request, passwords included."""
    return record.levelno >= logging.INFO


def _mechanism(kafka: Kafka, word: str) -> str:
    mechanism = kafka.sasl_mechanism.upper()
    if not word.startswith("sasl_"):
        if mechanism:
            raise ConfigError(
                f"settings: $.kafka.sasl_mechanism: {mechanism} does nothing with security = {word!r};"
                f" take 'sasl_ssl' or 'sasl_plaintext'"
            )
        return ""
    if mechanism not in MECHANISMS:
        told = repr(kafka.sasl_mechanism) if mechanism else "nothing"
        raise ConfigError(
            f"settings: $.kafka.sasl_mechanism: {told} is none of {_known(mechanism, MECHANISMS)}"
        )
    return mechanism


def _login(kafka: Kafka, environ: Mapping[str, str]) -> tuple[str, Secret]:
    for where, name in (("username_env", kafka.username_env), ("password_env", kafka.password_env)):
        if not environ.get(name):
            raise ConfigError(f"{name or 'settings'}: not set; $.kafka.{where} names it for SASL")
    return environ[kafka.username_env], Secret(environ[kafka.password_env])


def _context(kafka: Kafka, word: str) -> ssl.SSLContext | None:
    files = {name: getattr(kafka, name) for name in ("ca_file", "cert_file", "key_file")}
    if word not in {"ssl", "sasl_ssl"}:
        for name, path in files.items():
            if path:
                raise ConfigError(
                    f"settings: $.kafka.{name}: does nothing with security = {word!r}; take 'ssl'"
                )
        return None
    for name, path in files.items():
        if path and not Path(path).is_file():
            raise ConfigError(f"settings: $.kafka.{name}: {path}: no such file")
    if bool(kafka.cert_file) != bool(kafka.key_file):
        raise ConfigError("settings: $.kafka.cert_file: a certificate and its key_file go together")
    return _load(kafka)


def _load(kafka: Kafka) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=kafka.ca_file or None)
    except (ssl.SSLError, OSError) as error:
        raise ConfigError(f"settings: $.kafka.ca_file: {kafka.ca_file}: no PEM certificates in it") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if kafka.cert_file:
        try:
            # An empty passphrase, because OpenSSL would otherwise ask for one at the terminal.
            context.load_cert_chain(kafka.cert_file, kafka.key_file, password="")
        except (ssl.SSLError, OSError) as error:
            raise ConfigError(
                f"settings: $.kafka.cert_file: {kafka.cert_file}: with {kafka.key_file} it is no pair of"
                " PEM certificate and key without passphrase"
            ) from error
    return context


def _is_loopback(place: str) -> bool:
    host = place.rpartition(":")[0].strip("[]")
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _known(word: str, words: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, words, n=1)
    return ", ".join(words) + (f"; did you mean {near[0]}?" if near else "")
