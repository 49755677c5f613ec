"""The named checks of the project, `nox -s NAME`; must not know what the tests look at.

.ci/run calls them in an order that fails early. The versions of linters are in pyproject.toml.
WFPFAST_WHEELS=FOLDER: `wheel` writes there, and the others install that wheel instead of building.
"""

import os
import shutil
import subprocess
from pathlib import Path

import nox

ROOT = Path(__file__).parent
PYPROJECT = nox.project.load_toml("pyproject.toml")
WHEELS = os.environ.get("WFPFAST_WHEELS")
BUILD_TOOLS = PYPROJECT["build-system"]["requires"]
WORKERS = ("-n", str(os.cpu_count() or 1), "--dist", "worksteal")

# What runs compiled code on blocks, texts and handles that somebody else made. The sanitizers see
# these tests, and no others.
ASAN_TESTS = (
    "tests/decode",
    "tests/blocks",
    "tests/engine",
    "tests/simulator",
    "tests/netsh/test_hostile.py",
    "tests/netsh/test_inputs.py",
    "tests/netsh/test_text.py",
    "tests/netsh/test_damage.py",
    "tests/netsh/test_patches.py",
    "tests/audit/test_damage.py",
    "tests/cli/test_text_lines.py",
    "tests/counting",
    "tests/fuzz",
)

nox.options.sessions = ["lint", "types", "test"]


def group(name: str) -> tuple[str, ...]:
    """Return the requirements of one of pyproject.toml's dependency groups."""
    return nox.project.dependency_groups(PYPROJECT, name)


def install_wfpfast(session: nox.Session, *extras: str) -> None:
    """Install the wheel that was built before, or build one."""
    what = ROOT.as_posix()
    if WHEELS:
        (wheel,) = Path(WHEELS).glob("wfpfast-*.whl")
        what = wheel.as_posix()
    session.install(f"{what}[{','.join(extras)}]" if extras else what)


def source_tree(session: nox.Session) -> Path:
    """Return a fresh copy of what git has or would add: builds of different modes do not mix."""
    tree = Path(session.create_tmp()).resolve() / "source"
    shutil.rmtree(tree, ignore_errors=True)
    told = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT,
        check=True, capture_output=True, text=True)
    for name in filter(None, told.stdout.split("\0")):
        if (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name)
    return tree


def files(*patterns: str) -> list[str]:
    """Return the files that fit, each pattern at least one."""
    found = []
    for pattern in patterns:
        matches = sorted(ROOT.glob(pattern))
        if not matches:
            raise FileNotFoundError(f"no {pattern}")
        found += [str(each.relative_to(ROOT)) for each in matches]
    return found


@nox.session
def lint(session: nox.Session) -> None:
    """ruff, cython-lint, and the schemas of what GitHub reads."""
    session.install(*group("lint"))
    session.run("ruff", "check", ".")
    session.run("cython-lint", "wfpfast")
    for schema, patterns in (
        ("github-workflows", [".github/workflows/*.yml"]),
        ("dependabot", [".github/dependabot.yml"]),
        ("github-issue-forms", [".github/ISSUE_TEMPLATE/[!c]*.yml"]),
        ("github-issue-config", [".github/ISSUE_TEMPLATE/config.yml"]),
    ):
        session.run(
            "check-jsonschema", "--builtin-schema", f"vendor.{schema}", *files(*patterns))


@nox.session
def types(session: nox.Session) -> None:
    """mypy --strict, without a build: the stubs stand for the compiled modules."""
    session.install(*group("types"), *PYPROJECT["project"]["optional-dependencies"]["cli"])
    session.run("mypy", "--strict", "--config-file", "pyproject.toml", "-p", "wfpfast")


@nox.session
def stubs(session: nox.Session) -> None:
    """Every stub says what its compiled module has."""
    install_wfpfast(session, "all")
    session.install(*group("types"))
    # _win32 is built on Windows only.
    names = [name.removesuffix(".pyi").replace(os.sep, ".")
             for name in files("wfpfast/**/*.pyi") if not name.endswith("_win32.pyi")]
    session.chdir(session.create_tmp())   # else the sources would stand for what is installed
    session.run(
        "python", "-m", "mypy.stubtest", *names, "--mypy-config-file", f"{ROOT}/pyproject.toml",
        "--allowlist", f"{ROOT}/tests/meta/stubtest.txt")


@nox.session
def docs(session: nox.Session) -> None:
    """The documentation site, strict, into build/site/html."""
    install_wfpfast(session, "cli")
    session.install(*group("docs"))
    # Without -P the sources, which are not built, would stand for what is installed.
    session.run("python", "-P", "tools/make_site.py")


@nox.session
def test(session: nox.Session) -> None:
    """The whole suite, or what is named after `--`."""
    install_wfpfast(session, "test")
    session.run("pytest", *WORKERS, *session.posargs)


@nox.session
def spark(session: nox.Session) -> None:
    """What runs in Apache Spark, on threads and then on executors of their own; needs Java 17."""
    install_wfpfast(session, "spark", "sigma")
    session.install("pytest", "hypothesis")
    # Spark's workers would find the sources, which are not built, before what is installed.
    required = {"WFPFAST_REQUIRE_SPARK": "1", "PYTHONSAFEPATH": "1"}
    session.run("pytest", "-q", "tests/spark", env=required)
    session.run("pytest", "-q", "tests/spark/test_questions.py", "-k", "recordings", env={
        **required, "WFPFAST_SPARK_MASTER": "local-cluster[2,1,1024]"})


@nox.session
def abi(session: nox.Session) -> None:
    """The structs on Windows x64, arm64 and x86; needs clang and gcc-mingw-w64."""
    install_wfpfast(session)
    session.install("pytest", "hypothesis", *BUILD_TOOLS)
    session.run("pytest", "-q", "tests/abi", env={"WFPFAST_REQUIRE_CROSS": "1"})


@nox.session
def wheel(session: nox.Session) -> None:
    """The source distribution, the wheel that is built from it, and what must be true of both."""
    session.install("--require-hashes", "-r", ".github/requirements/build.txt",
                    "-r", ".github/requirements/release.txt")
    output = Path(WHEELS or ROOT / "dist")
    shutil.rmtree(output, ignore_errors=True)
    session.run(
        "python", "-m", "build", "--no-isolation", "--outdir", str(output),
        str(source_tree(session)), silent=True)
    (built,) = output.glob("wfpfast-*-cp311-abi3-*.whl")
    session.run("abi3audit", "--strict", str(built))
    session.run("python", "tools/check_wheel.py", str(built))


@nox.session
def asan(session: nox.Session) -> None:
    """The tests that hostile input and memory are about, with address and UB sanitizers."""
    session.install("pytest", "pytest-xdist", "hypothesis",
                    *PYPROJECT["project"]["optional-dependencies"]["cli"])
    session.install(str(source_tree(session)), env={"WFPFAST_BUILD": "asan"})
    libraries = [
        subprocess.run(["gcc", f"-print-file-name={name}"], check=True, capture_output=True,
                       text=True).stdout.strip()
        for name in ("libasan.so", "libubsan.so")]
    # What is freed stays in quarantine under the sanitizer: there the most memory says nothing.
    chosen = ("-k", "not memory_is_flat", *files(*ASAN_TESTS))
    session.run("pytest", "-q", "-s", *WORKERS, *chosen, env={
        "LD_PRELOAD": " ".join(libraries), "PYTHONMALLOC": "malloc",
        # A fault names the last three callers of who took the memory: all of them cost a sixth.
        "ASAN_OPTIONS": "detect_leaks=0:malloc_context_size=3:quarantine_size_mb=64",
        "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1"})


@nox.session
def fuzz(session: nox.Session) -> None:
    """Search each door for what breaks a promise, two minutes or as said; needs clang.

    `--plain` after `--`: without sanitizers, which is several times as fast, and with pages behind
    blocks that nobody may read.
    """
    plain = "--plain" in session.posargs
    arguments = [each for each in session.posargs if each != "--plain"]
    session.install("atheris", "pyarrow")
    session.install(str(source_tree(session)), env={
        "CC": "clang", "WFPFAST_BUILD": "release" if plain else "asan",
        "CFLAGS": "-fsanitize-coverage=inline-8bit-counters,pc-table"})
    where = session.run("python", "-c", "import atheris; print(atheris.path())", silent=True)
    library = "ubsan_with_fuzzer.so" if plain else "asan_with_fuzzer.so"
    session.run("python", "-P", "-m", "fuzz", *arguments, env={
        "PYTHONPATH": str(ROOT / "tests"), "PYTHONMALLOC": "pymalloc" if plain else "malloc",
        "LD_PRELOAD": f"{str(where).strip()}/{library}",
        "ASAN_OPTIONS": "detect_leaks=0:allocator_may_return_null=1",
        "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1:suppressions="
                         f"{ROOT}/tests/fuzz/ubsan.txt"})


@nox.session
def long(session: nox.Session) -> None:
    """Long runs: memory is flat and counts are exact, for as long as is said after `--`."""
    install_wfpfast(session, "arrow")
    session.run("python", "-P", "-m", "long", *session.posargs,
                env={"PYTHONPATH": str(ROOT / "tests")})


@nox.session
def windows(session: nox.Session) -> None:
    """The wheel for Windows and its suite under Wine; needs Debian. See tests/windows."""
    session.install("build", "abi3audit", *BUILD_TOOLS)
    session.run("python", "-B", "tests/windows/run.py", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Benchmarks run, and no more instructions are needed than before; needs valgrind."""
    install_wfpfast(session, "bench")
    session.run("python", "-m", "benchmarks", *(session.posargs or ["--quick"]))
    session.run("python", "-m", "benchmarks.questions", "--quick")
    session.run("python", "-m", "benchmarks.instructions")


@nox.session
def recipes(session: nox.Session) -> None:
    """The recipes of CONTRIBUTING on a copy: all of them, or those named after `--`."""
    extras = PYPROJECT["project"]["optional-dependencies"]
    needs = [each for each in extras["test"] if not each.startswith("wfpfast")]
    session.install(*needs, *extras["cli"], *BUILD_TOOLS)  # wfpfast itself is what the copy builds
    session.run("python", "tests/recipes/run.py", *session.posargs)


@nox.session
def mutants(session: nox.Session) -> None:
    """Make the mistakes of tests/mutants on copies: tests must notice each."""
    extras = PYPROJECT["project"]["optional-dependencies"]
    needs = [each for each in extras["test"] if not each.startswith("wfpfast")]
    session.install(*needs, *extras["cli"], *BUILD_TOOLS)
    session.run("python", "tests/mutants/run.py", *session.posargs)


@nox.session
def coverage(session: nox.Session) -> None:
    """How many lines of the compiled modules the whole suite runs, by module and in all."""
    tree = source_tree(session)
    session.install(f"{tree}[test]", env={"WFPFAST_BUILD": "coverage"})
    session.chdir(tree)
    # A program that may not write large files cannot write its counts either, and spoils them.
    session.log("without the tests of full disks")
    # This build is slow, which tests with a time limit feel: `test` says whether all is well.
    session.run("pytest", "-q", *WORKERS, "-k", "not full_disk", *session.posargs,
                success_codes=[0, 1])
    session.run("python", "tools/core_coverage.py")


@nox.session(python=False)
def readme(session: nox.Session) -> None:
    """The README's two commands, word for word, each in a fresh clone."""
    for number in ("1", "2"):
        session.run("bash", "tools/readme_command.sh", number)
