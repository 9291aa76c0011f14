"""Build the optional native core, for Hatch: `pip install .` calls this if the wheel is for CPython.

Hatch stays the one build backend; only the search for a compiler is setuptools' work. Without a compiler,
or with STEPGRAD_PURE=1 in the environment, the wheel is the pure one, and the build says so.
"""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
import tempfile
import zlib
from pathlib import Path

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface as Hook
except ImportError:  # imported by the tests: nothing is being built
    Hook = object

ROOT = Path(__file__).resolve().parent.parent
SOURCE = Path("autograd", "native", "core.c")
NAME = "autograd.native._core"


def reason_against() -> str:
    """Why the core is not to be built here; "" if it is."""
    if os.environ.get("STEPGRAD_PURE", "0") not in ("", "0"):
        return "STEPGRAD_PURE is set"
    if sys.implementation.name != "cpython" or sys.platform in ("emscripten", "wasi"):
        return "it is for CPython"
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        return "it is for Pythons with a global interpreter lock"
    return ""


def build(folder: str) -> Path:
    """Compile the core into a folder; the file. Raises whatever setuptools does if it cannot be compiled."""
    from setuptools import Distribution, Extension
    from setuptools.command.build_ext import build_ext

    options = [] if sys.platform == "win32" else ["-O2", "-ffp-contract=off"]
    checksum = zlib.crc32((ROOT / SOURCE).read_bytes())
    extension = Extension(
        NAME,
        [str(SOURCE)],
        define_macros=[("SOURCE", f"{checksum}u")],
        extra_compile_args=options,
        libraries=[] if sys.platform == "win32" else ["m"],
    )
    command = build_ext(Distribution({"name": "stepgrad", "ext_modules": [extension]}))
    command.build_lib, command.build_temp = folder, os.path.join(folder, "objects")
    command.ensure_finalized()
    before = os.getcwd()
    os.chdir(ROOT)
    try:
        command.run()
    finally:
        os.chdir(before)
    return Path(command.get_ext_fullpath(NAME))


class CoreHook(Hook):  # pyright: ignore[reportGeneralTypeIssues]
    """The hook that Hatch calls before it packs a wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, object]) -> None:
        """Compile the core: into the wheel, or for an editable installation beside its source."""
        reason = reason_against()
        self._folder = tempfile.mkdtemp()
        if not reason:
            try:
                built = build(self._folder)
            except BaseException as error:  # setuptools ends with SystemExit if there is no compiler
                if isinstance(error, KeyboardInterrupt):
                    raise
                reason = f"{type(error).__name__}: {error}"
            else:
                place = SOURCE.with_name(built.name)
                if version == "editable":
                    shutil.copyfile(built, beside := (ROOT / place).with_suffix(".new"))
                    beside.replace(ROOT / place)
                else:
                    build_data["force_include"] = {str(built): str(place)}
                build_data["pure_python"], build_data["infer_tag"] = False, True
        if reason:
            self.app.display_warning(f"stepgrad: without the native core ({reason}); all of it works, slower")

    def finalize(self, version: str, build_data: dict[str, object], artifact_path: str) -> None:
        """Remove what was compiled for the wheel."""
        shutil.rmtree(self._folder, ignore_errors=True)
