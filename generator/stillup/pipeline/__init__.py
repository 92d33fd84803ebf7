"""Joins the rooms: the only place that knows them all. Straight lines, no rules of its own."""

from stillup.pipeline.building.build import build, check, claimed, work_folder
from stillup.pipeline.building.outcome import Built, Checked
from stillup.pipeline.building.run import Run

__all__ = ["Built", "Checked", "Run", "build", "check", "claimed", "work_folder"]
