"""The place that a target of the settings names."""

from collections.abc import Mapping
from pathlib import Path

from stillup.delivery.deploy.place import Place
from stillup.records.target import DeployTarget


def open_place(target: DeployTarget, *, root: Path, work: Path, environment: Mapping[str, str]) -> Place:
    """Return the place that `target` names; `work` is a folder of our own that is safe to delete."""
    if target.kind == "folder":
        from stillup.delivery.deploy.folder import Folder

        return Folder(root / target.folder, keep=target.keep)
    if target.kind == "git":
        from stillup.delivery.deploy.branch import Branch

        return Branch(target, root=root, work=work, environment=environment)
    from stillup.delivery.deploy.rsync import Rsync

    return Rsync(target, root=root, environment=environment)
