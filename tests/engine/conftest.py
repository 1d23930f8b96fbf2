"""Fixtures of this folder."""

from conftest_toy import run_toy

__all__ = ["run_toy"]
