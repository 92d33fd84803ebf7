"""Joins the rooms: the only place that knows them all. Straight lines, no rules of its own."""

from stillup.pipeline.build import Checked, build, check, work_folder
from stillup.pipeline.publish import publish
from stillup.pipeline.run import Built, Run

__all__ = ["Built", "Checked", "Run", "build", "check", "publish", "work_folder"]
