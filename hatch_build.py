"""Compiles the kernels when the package is installed or built, if there is a C compiler.

With them the wheel is one for this platform and every Python 3 (they use no Python headers), without them
one for all platforms. An editable install has the library beside the sources.
"""

from __future__ import annotations

import importlib.util
import platform
import shutil
import sysconfig
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Kernels(BuildHookInterface):
    """The hook of wheels, editable ones included; source distributions hold sources alone."""

    PLUGIN_NAME = "custom"
    _made: str | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and put the library into the wheel."""
        builder = _builder(Path(self.root))
        if version == "editable":
            builder.build()
            return
        self._made = tempfile.mkdtemp()
        library = Path(self._made) / builder.LIBRARY
        if builder.build(library):
            build_data["force_include"][str(library)] = f"exactrelu/kernels/{builder.LIBRARY}"
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-{_platform()}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Remove what was compiled for the wheel."""
        if self._made:
            shutil.rmtree(self._made, ignore_errors=True)


def _builder(root: Path) -> ModuleType:
    """Import the module that compiles by its path: the package is not installed yet."""
    spec = importlib.util.spec_from_file_location("kernels_build", root / "exactrelu/kernels/build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _platform() -> str:
    """Return the platform as wheels name it; a compiler makes no universal binaries unasked."""
    name = sysconfig.get_platform().replace("universal2", platform.machine())
    return name.replace("-", "_").replace(".", "_")
