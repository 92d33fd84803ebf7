"""Joins the rooms: the only place that knows them all. Straight lines, no rules of its own."""

from stillup.pipeline.build import build, check, claimed, work_folder
from stillup.pipeline.outcome import Built, Checked
from stillup.pipeline.run import Run

__all__ = ["Built", "Checked", "Run", "build", "check", "claimed", "work_folder"]
