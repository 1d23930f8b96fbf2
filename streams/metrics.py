"""Every Prometheus name of Fenghuo in one place: base units, no ids and no coordinates in labels."""

import re
from collections.abc import Iterable
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from streams.clocks import OFF, Suspect

MAX_SOURCES = 200
"""Distinct `source` labels before the rest count as `other`: a camera's name must not be a new series."""

MAX_RULES = 1000
"""Pairs of `rule` and `county` before the rest count as `other`; numbers in a rule are left out."""

OTHER = "other"
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_HOUR = 3600
AGE_BUCKETS_S = (1, 5, 15, 60, 300, 900, 1800, *(hours * _HOUR for hours in (1, 3, 6, 12, 24, 168)))
"""From a camera (seconds) over FIRMS near-real-time (3 h) to what is too late (7 d)."""

REACTION_BUCKETS_S = (5.0, 15.0, 30.0, 60.0, 180.0, 600.0, 1800.0, 7200.0)
"""From seconds over the time-outs of fire I (3 min), II (10 min) and task (30 min) to pest I (2 h)."""


class Metrics:
    """The metrics of one program, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self._sources: set[str] = set()
        self._newest: dict[str, float] = {}
        self._rules: set[tuple[str, str]] = set()
        self.observations = Counter(
            "fenghuo_observations_ingested_total", "Lines taken in.", ("source", "outcome"), registry=registry
        )
        self.observation_age = Histogram(
            "fenghuo_observation_age_seconds",
            "From being observed to being received.",
            buckets=AGE_BUCKETS_S,
            registry=registry,
        )
        self.alerts = Counter(
            "fenghuo_alerts_total", "Alert revisions.", ("action", "grade"), registry=registry
        )
        self.silences = Counter(
            "fenghuo_silences_total",
            "Observations that led to no alert.",
            ("outcome", "code"),
            registry=registry,
        )
        self.dead_letters = Counter(
            "fenghuo_dead_letters_total", "What could not be read.", ("stage", "code"), registry=registry
        )
        self.stream_clients = Gauge(
            "fenghuo_stream_clients", "Clients of the live stream.", registry=registry
        )
        self.stream_dropped = Counter(
            "fenghuo_stream_clients_dropped_total", "Clients let go because they lagged.", registry=registry
        )
        self.lag = Gauge(
            "fenghuo_stream_lag_seconds",
            "From the time up to which everything has been judged and kept, to now.",
            registry=registry,
        )
        self.judged_at = Gauge(
            "fenghuo_judged_timestamp_seconds",
            "Up to when everything received has been judged.",
            registry=registry,
        )
        self.source_seen = Gauge(
            "fenghuo_source_last_seen_timestamp_seconds",
            "Newest observation of a source.",
            ("source",),
            registry=registry,
        )
        self._of_tuning()
        self._of_telling()
        self._of_sources()
        self._of_serving()

    def _of_serving(self) -> None:
        """Make the metrics of the server itself: what it refused to answer so soon, and its log server."""
        self.limited = Counter(
            "fenghuo_limited_total", "Requests over a limit.", ("kind",), registry=self.registry
        )
        self.syslog_lost = Counter(
            "fenghuo_syslog_lost_total", "Audit entries the log server never got.", registry=self.registry
        )
        self.syslog_behind = Gauge(
            "fenghuo_syslog_behind", "Audit entries not sent to the log server yet.", registry=self.registry
        )

    def _of_tuning(self) -> None:
        """Make the metrics of thresholds: what nearly was told, and what a candidate would change."""
        registry = self.registry
        self.near = Counter(
            "fenghuo_silences_below_threshold_total",
            "Silences for want of evidence, by rule and county.",
            ("rule", "county"),
            registry=registry,
        )
        self.shadow = Gauge(
            "fenghuo_shadow_difference",
            "What the candidate beside the live settings tells differently.",
            ("what",),
            registry=registry,
        )

    def _of_sources(self) -> None:
        """Make the metrics of whom to mistrust, and of who is lost."""
        registry = self.registry
        self.source_off = Gauge(
            "fenghuo_source_off",
            "Sources whose recent rows come in another unit than they say, or are refused.",
            ("source", "fault"),
            registry=registry,
        )
        self.clock_suspect = Gauge(
            "fenghuo_clock_suspect",
            "Sources most of whose recent messages fail the clock check.",
            ("source", "direction"),
            registry=registry,
        )
        self.blind = Gauge("fenghuo_blind_incidents", "Open losses of observation.", registry=registry)
        self.own_clock_suspect = Gauge(
            "fenghuo_own_clock_suspect", "1 while most sources are ahead of our own clock.", registry=registry
        )

    def _of_telling(self) -> None:
        """Make the metrics of what was told, heard and answered."""
        registry = self.registry
        self.notices = Counter(
            "fenghuo_notices_total", "Results of deliveries.", ("channel", "outcome"), registry=registry
        )
        self.reactions = Histogram(
            "fenghuo_reaction_seconds",
            "From being taken by the gateway to the receipt, or to the answer.",
            ("what", "grade"),
            buckets=REACTION_BUCKETS_S,
            registry=registry,
        )
        self.heard = Counter(
            "fenghuo_heard_total",
            "What gateways and links brought in.",
            ("channel", "what"),
            registry=registry,
        )
        self.drill_passed = Gauge(
            "fenghuo_drill_passed", "1 if the last drill of this name passed.", ("drill",), registry=registry
        )
        self.drill_judged_at = Gauge(
            "fenghuo_drill_judged_timestamp_seconds",
            "When a drill of this name was last judged.",
            ("drill",),
            registry=registry,
        )
        self.settings_refused = Gauge(
            "fenghuo_settings_refused",
            "1 while the settings file cannot be taken up as it stands; the last good one is in force.",
            registry=registry,
        )
        self.unaccounted = Gauge(
            "fenghuo_notices_unaccounted",
            "Raises due to a receiver that were neither delivered nor expired, at the last reconciliation.",
            registry=registry,
        )

    def source(self, name: str) -> str:
        """Return the label for a source: its name, or `other` once there are too many."""
        if name not in self._sources:
            if len(self._sources) >= MAX_SOURCES:
                return OTHER
            self._sources.add(name)
        return name

    def wanting(self, rule: str, county: str) -> None:
        """Count a silence for want of evidence by its rule, numbers left out, and county."""
        pair = (_NUMBER.sub("n", rule), county)
        if pair not in self._rules:
            if len(self._rules) >= MAX_RULES:
                pair = (OTHER, OTHER)
            else:
                self._rules.add(pair)
        self.near.labels(*pair).inc()

    def seen(self, source: str, observed_at: datetime, received_at: datetime) -> None:
        """Count the age of one observation, and when its source last saw something."""
        self.observation_age.observe(max(0.0, (received_at - observed_at).total_seconds()))
        label = self.source(source)
        self._newest[label] = newest = max(self._newest.get(label, 0.0), observed_at.timestamp())
        self.source_seen.labels(label).set(newest)

    def clocks(self, suspects: Iterable[Suspect], *, ours: bool) -> None:
        """Show whose clock is suspect now, and who is off altogether."""
        self.clock_suspect.clear()
        self.source_off.clear()
        for one in suspects:
            shown = self.source_off if one.direction in OFF else self.clock_suspect
            shown.labels(self.source(one.source), one.direction).inc()
        self.own_clock_suspect.set(ours)

    def text(self) -> bytes:
        """Return the exposition text."""
        return generate_latest(self.registry)
