"""Whose word takes back what was told, and why: an office by name with its text, or the system.

A cancel, or a lower grade of what was I or II, never comes without both. What no person signed says so: it is
the system that judged anew, and people may hold it against what they see.
"""

from alerts.policy import UNTELLING
from schemas.alert import Alert
from schemas.wording import Words


def signed(alert: Alert, words: Words) -> str:
    """Return why this takes back and who says so, in one sentence; empty for what takes nothing back."""
    if alert.action not in UNTELLING or alert.action in {"expire", "close"}:
        return ""
    who, why = _office(alert)
    sentence = words.sentence.taken_back
    return sentence.format(who=who or words.short_message.sender, why=why or words.sentence.judged_anew)


def _office(alert: Alert) -> tuple[str, str]:
    """Return name and written reason of the verdict in force; empty when no office has ruled."""
    feedback = alert.feedback
    if feedback is None or not feedback.ruling or feedback.overcome:
        return "", ""
    for step in feedback.steps:
        if step.verdict_id == feedback.ruled_by:
            return step.author, step.text
    return "", ""
