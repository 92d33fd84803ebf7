"""A template environment for ten thousand pages: the same pages as Jinja's own makes, in two thirds of the time.

Jinja makes an object of class `Markup` of every value it prints, and goes through a chain of two mappings for every
template it includes. This module can go, and `jinja2.Environment` be used in its place, once it does neither.
"""

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

from jinja2 import Environment
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import Expr
from markupsafe import Markup, escape

_active = re.compile("[&<>'\"]").search


class _Writer(CodeGenerator):
    """Writes `environment.quoted(value)` where Jinja writes `escape(value)`."""

    def _output_child_pre(self, node: Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.quoted(")


class QuickEnvironment(Environment):
    """An environment whose globals are complete before its first template is loaded."""

    code_generator_class = _Writer

    @staticmethod
    def quoted(value: object) -> str:
        """Return what a template prints for `value`: safe HTML as it is, text escaped."""
        if type(value) is str and not _active(value):
            return value
        return value if type(value) is Markup else escape(value)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the globals of one template."""
        more: Mapping[str, Any] = d or {}
        return {**self.globals, **more}
