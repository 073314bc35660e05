"""What pyproject.toml cannot say: the top-level project, red-cotton, is copied into the package's gallery when it is built."""

from pathlib import Path
from shutil import copy, copytree, ignore_patterns

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent


class BuildWithTopLevelProject(build_py):
    """Build the package with the repository's own project in its gallery; an editable install reads it where it lies."""

    def run(self) -> None:
        """Build, then copy the tree and its data."""
        super().run()
        if not self.editable_mode:
            target = Path(self.build_lib) / "indexcalc" / "gallery" / "red-cotton"
            copy(ROOT / "indicators.yaml", target)
            copytree(ROOT / "data", target / "data", dirs_exist_ok=True, ignore=ignore_patterns("__pycache__", "*.parquet"))


setup(cmdclass={"build_py": BuildWithTopLevelProject})
