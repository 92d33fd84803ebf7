"""Alerts of monitoring: others' notifications to one form, and by rules to states, drafts and fixed words."""
