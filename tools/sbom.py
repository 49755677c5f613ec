"""Writes what a release is made of and with, as CycloneDX; must not know the sources.

    python tools/sbom.py > wfpfast.cdx.json

No other project's code is in the wheels but what Cython adds to its output. What the extras install
is no part of them either; it is named because scanners ask for it.
"""

import json
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
BUILD_TOOLS = ROOT / ".github/requirements/build.txt"
# setuptools runs the compiler; it leaves nothing in what it builds.
IN_THE_WHEELS = {"cython"}


def component(name: str, version: str | None, scope: str) -> dict[str, str]:
    """Return a package of PyPI as CycloneDX has it."""
    purl = f"pkg:pypi/{name}" + (f"@{version}" if version else "")
    found = {"type": "library", "bom-ref": purl, "name": name, "purl": purl, "scope": scope}
    return found | ({"version": version} if version else {})


def components(project: dict[str, object]) -> list[dict[str, str]]:
    """Return the tools, with their versions, and what the extras for users ask for."""
    pinned = re.findall(r"^([\w.-]+)==([\w.]+)", BUILD_TOOLS.read_text("utf-8"), re.M)
    extras = project["optional-dependencies"]
    names = {re.match(r"[\w.-]+", each)[0] for extra in ("arrow", "cli") for each in extras[extra]}
    return [
        *(component(name, version, "required" if name in IN_THE_WHEELS else "excluded")
          for name, version in pinned),
        *(component(name, None, "optional") for name in sorted(names)),
    ]


def bom() -> dict[str, object]:
    """Return the whole document; the same sources give the same one."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    parts = components(project)
    product = component(project["name"], project["version"], "required") | {
        "licenses": [{"license": {"id": project["license"]}}],
        "description": project["description"]}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"lifecycles": [{"phase": "build"}], "component": product},
        "components": parts,
        "dependencies": [
            {"ref": product["bom-ref"], "dependsOn": [part["bom-ref"] for part in parts]}],
    }


if __name__ == "__main__":
    print(json.dumps(bom(), indent=2))
