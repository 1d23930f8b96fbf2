"""Every way out: one file and one line each."""

from alerts.channels.base import Channel
from alerts.channels.webhook import WEBHOOK

CHANNELS: tuple[Channel, ...] = (WEBHOOK,)
"""Every channel in service, by which receivers are told."""
