"""A code host in small: jobs taken out of the YAML that users get, and run with real git against bare remotes.

What is an action there is done by hand here (checkout, artifacts); what is a command runs as it stands.
"""

import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import yaml

from tests.machine import BIN

PROGRAMS = ("bash", "sh", "env", "git", "make", "xargs", "uname")
WHO = ["-c", "user.name=On-call engineer", "-c", "user.email=oncall@example.com", "-c", "commit.gpgsign=false"]


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *WHO, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@dataclass(frozen=True)
class Ran:
    """One step, and what came of it."""

    name: str
    status: int
    said: str


@dataclass(frozen=True)
class Job:
    """What came of a job."""

    folder: Path
    steps: tuple[Ran, ...]

    @property
    def succeeded(self) -> bool:
        return all(step.status == 0 for step in self.steps)

    @property
    def said(self) -> str:
        return "\n".join(f"[{step.name}: {step.status}] {step.said}" for step in self.steps)


@dataclass
class Host:
    """Where workflows run. `remotes` are bare repositories by their name on the host."""

    folder: Path
    remotes: Mapping[str, Path]
    secrets: dict[str, str] = field(default_factory=dict)
    vars: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    api: str = ""
    artifacts: dict[str, Path] = field(default_factory=dict)
    _numbers: Any = field(default_factory=count)

    def job(
        self, workflow: str, name: str, event: str, about: Mapping[str, Any], ref: str, **more: Any
    ) -> "Run | None":
        """Return the job ready to run for `event`; None where its `if` says that it does not run."""
        said = yaml.safe_load(workflow)
        job = said["jobs"][name]
        permissions = job.get("permissions", said["permissions"])
        own = f"token of {json.dumps(permissions)}" if permissions != {"contents": "read"} else "a token that reads"
        context = {
            "github.event_name": event,
            "github.event": dict(about),
            "github.repository": "ledger/status",
            "github.token": own,
            "secrets": self.secrets if more.get("trusted", True) else {},
            "vars": self.vars if more.get("trusted", True) else {},
        }
        if "if" in job and not evaluate(job["if"], context):
            return None
        folder = self.folder / f"run-{next(self._numbers)}"
        folder.mkdir(parents=True)
        (folder / "event.json").write_text(json.dumps(about))
        return Run(self, job, context, folder, ref, {**said.get("env", {}), **job.get("env", {})})


@dataclass
class Run:
    """One job on a machine of its own."""

    host: Host
    job: Mapping[str, Any]
    context: Mapping[str, Any]
    folder: Path
    ref: str
    env: Mapping[str, str]
    process: "subprocess.Popen[str] | None" = None

    @property
    def work(self) -> Path:
        return self.folder / "work"

    def __call__(self) -> Job:
        """Run every step as the host would: after a failure only those that say so."""
        steps: list[Ran] = []
        for step in self.job["steps"]:
            failed = any(each.status for each in steps)
            if "if" in step and not evaluate(step["if"], self.context):
                continue
            if failed and "cancelled()" not in str(step.get("if", "")):
                continue
            status, said = self._action(step) if "uses" in step else self._command(step)
            steps.append(Ran(step.get("name", step.get("uses", step.get("run", ""))), status, said))
        return Job(self.work, tuple(steps))

    def cancel(self) -> None:
        """End the step that is running as hardly as a host can."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)

    def _action(self, step: Mapping[str, Any]) -> tuple[int, str]:
        wants = {key: filled(str(value), self.context) for key, value in step.get("with", {}).items()}
        match step["uses"].partition("@")[0]:
            case "actions/checkout":
                self._checkout(wants)
            case "actions/setup-python":
                pass
            case "actions/upload-artifact":
                kept = self.host.folder / "artifacts" / wants["name"]
                shutil.rmtree(kept, ignore_errors=True)
                shutil.copytree(self.work / wants["path"], kept)
                self.host.artifacts[wants["name"]] = kept
            case "actions/download-artifact":
                if wants["name"] not in self.host.artifacts:
                    return 1, "no such artifact"
                shutil.copytree(self.host.artifacts[wants["name"]], self.work / wants["path"])
            case other:
                raise AssertionError(f"{other} is not known here")
        return 0, ""

    def _checkout(self, wants: Mapping[str, str]) -> None:
        place = self.work / wants.get("path", "")
        remote = self.host.remotes[wants.get("repository", "ledger/status")]
        depth = [] if wants.get("fetch-depth") == "0" else ["--depth=1"]
        git(self.folder, "init", "--quiet", str(place))
        git(place, "remote", "add", "origin", f"file://{remote}")
        ref = wants.get("ref") or ("HEAD" if wants.get("repository") else self.ref)
        git(place, "fetch", "--quiet", *depth, "origin", ref)
        git(place, "checkout", "--quiet", "--detach", "FETCH_HEAD")
        if not depth:
            git(place, "fetch", "--quiet", "origin", "+refs/heads/*:refs/remotes/origin/*")
        if wants["persist-credentials"] != "True":
            git(place, "remote", "set-url", "--push", "origin", "/no/credentials")

    def _command(self, step: Mapping[str, Any]) -> tuple[int, str]:
        line = filled(step["run"], self.context)
        if line == "pip install -r requirements.txt":
            return (0, "") if (self.work / "requirements.txt").is_file() else (1, "there are no requirements")
        more = {key: filled(str(value), self.context) for key, value in {**self.env, **step.get("env", {})}.items()}
        return self.shell(line, more)

    def shell(self, line: str, more: Mapping[str, str]) -> tuple[int, str]:
        """Run one line in the shell of the host."""
        summary = self.folder / "summary.md"
        environment = {
            **machine(self.host.folder),
            **self.host.environment,
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": self.host.api,
            "GITHUB_EVENT_PATH": str(self.folder / "event.json"),
            "GITHUB_REPOSITORY": "ledger/status",
            "GITHUB_STEP_SUMMARY": str(summary),
            **more,
        }
        self.process = subprocess.Popen(
            ["bash", "-eo", "pipefail", "-c", line],
            cwd=self.work, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            text=True, start_new_session=True,
        )  # fmt: skip
        said, _ = self.process.communicate(timeout=600)
        return self.process.returncode, said


def machine(folder: Path) -> dict[str, str]:
    """Return the environment of a fresh machine: the programs of this environment, and few others."""
    programs = folder / "bin"
    if not programs.is_dir():
        programs.mkdir(parents=True)
        for name in PROGRAMS:
            if where := shutil.which(name):
                (programs / name).symlink_to(where)
    path = f"{BIN}{os.pathsep}{programs}"
    kept = {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
    return {**kept, "PATH": path, "HOME": str(folder), "CI": "true", "LANG": "C.UTF-8"}


_PART = re.compile(r"\$\{\{(.*?)\}\}")
_NAME = re.compile(r"'[^']*'|[A-Za-z_][\w.-]*")


def filled(text: str, context: Mapping[str, Any]) -> str:
    """Return `text` with every expression in it filled in."""
    return _PART.sub(lambda found: str(evaluate(found[1], context) or ""), text)


def evaluate(text: str, context: Mapping[str, Any]) -> Any:
    """Return the value of an expression: names, texts, `==`, `&&`, `||`, `!` and `cancelled()`."""
    inner = _PART.sub(r"\1", str(text)).replace("cancelled()", "false").replace("!=", " <> ")
    inner = inner.replace("&&", " and ").replace("||", " or ").replace("!", " not ").replace("<>", "!=")

    def value(found: re.Match[str]) -> str:
        name = found[0]
        if name.startswith("'") or name in {"and", "or", "not"}:
            return name
        return repr({"true": True, "false": False}.get(name, _looked_up(name, context)))

    return eval(_NAME.sub(value, inner), {"__builtins__": {}})  # our own YAML, and nothing else


def _looked_up(name: str, context: Mapping[str, Any]) -> Any:
    if name in context:
        return context[name]
    head = max((each for each in context if name.startswith(f"{each}.")), key=len, default="")
    found: Any = context[head] if head else {}
    for part in name.removeprefix(f"{head}.").split("."):
        found = found.get(part, "") if isinstance(found, Mapping) else ""
    return found


def stages(text: str) -> dict[str, Mapping[str, Any]]:
    """Return the jobs of a `.gitlab-ci.yml` with what they extend filled in."""

    class Loader(yaml.SafeLoader):
        """Reads `!reference` as the path that it is."""

    Loader.add_constructor("!reference", lambda loader, node: tuple(loader.construct_sequence(node)))
    said = yaml.load(text, Loader)
    whole: dict[str, Mapping[str, Any]] = {}

    def merged(name: str) -> Mapping[str, Any]:
        own = said[name]
        return {**(merged(own["extends"]) if "extends" in own else {}), **own}

    for name, job in said.items():
        if isinstance(job, dict) and "script" in job and not name.startswith("."):
            whole[name] = merged(name)
            before: Sequence[Any] = whole[name].get("before_script", ())
            whole[name] = {**whole[name], "before_script": list(_flat(before, said))}
    return whole


def _flat(lines: Sequence[Any], said: Mapping[str, Any]) -> Any:
    for line in lines:
        if isinstance(line, tuple):
            yield from _flat(said[line[0]][line[1]], said)
        else:
            yield line
