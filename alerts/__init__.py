"""The consequence: incident to alert to text; pure."""
