"""Compile the reader with mypyc, which comes with mypy, and keep the result if it reads as the sources do.

usage: python -m benchmarks.fast    # or: make fast; needs a C compiler and some minutes

Writes build/fast, which flows/compiled.py finds. Prints how long each takes for the same articles.
"""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import time

from flows.compiled import FAST, PLAIN, ROOT, STAMP, hash_sources

LEFT = {"homonyms"}  # its named tuple has a field of a class of the module that imports it: mypyc's code crashes there
BUILD = """
import sys
from mypyc.build import mypycify
from setuptools import setup
place, *names = sys.argv[1:]
setup(
    name="fast", packages=[],
    script_args=["-q", "build_ext", "--build-lib", place, "--build-temp", place + "/c"],
    ext_modules=mypycify(names, opt_level="1", multi_file=True, target_dir=place + "/c"),
)
"""
READ = """
import hashlib, json, os, pathlib, sys, time
os.environ.update(dict.fromkeys(sys.argv[1:], "1"))
import flows, transforms.reading  # in the order of the pipeline: mypyc minds it
from benchmarks.predict import predict_figures
paths = sorted(pathlib.Path("seeds/articles").iterdir())
rows = [{"article_id": path.name, "dct": "2026-03-06", "text": path.read_text("utf-8")} for path in paths]
read = json.dumps([predict_figures(row) for row in rows])
start = time.process_time()
for _ in range(10):
    for row in rows:
        predict_figures(row)
print(hashlib.sha256(read.encode()).hexdigest(), time.process_time() - start)
"""


def list_modules() -> list[str]:
    """Return the modules of transforms that reading a text needs: those that reading.py imports, and so on."""
    found: set[str] = set()
    left = {"reading"}
    while left:
        name = left.pop()
        path = ROOT / "transforms" / f"{name}.py"
        if name in found or not path.exists():
            continue
        found.add(name)
        nodes = ast.walk(ast.parse(path.read_text("utf-8")))
        modules = [str(node.module).split(".") for node in nodes if isinstance(node, ast.ImportFrom)]
        left |= {module[1] for module in modules if module[0] == "transforms" and module[1:]}
    return sorted(found - LEFT)


def read_samples(*variables: str) -> tuple[str, float]:
    """Read the sample articles in a process with these variables set; return a hash of it all, and the seconds of ten times."""
    command = [sys.executable, "-c", READ, *variables]
    digest, seconds = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    return digest, float(seconds)


def main() -> None:
    """Run the command line."""
    if shutil.which("cc") is None:
        sys.exit("make fast needs a C compiler (such as gcc) on the path; without it Tally reads the same, only slower")
    names = list_modules()
    print(f"compiling {len(names)} modules: some minutes", flush=True)
    start = time.perf_counter()
    shutil.rmtree(FAST, ignore_errors=True)
    (FAST / "c").mkdir(parents=True)
    command = [sys.executable, "-c", BUILD, str(FAST), *(f"transforms/{name}.py" for name in names)]
    with (FAST / "c" / "log").open("w") as log:
        built = subprocess.run(command, cwd=ROOT, check=False, stdout=log, stderr=subprocess.STDOUT)
    if built.returncode:
        sys.exit(
            f"{(FAST / 'c' / 'log').read_text()[-2000:]}\nit could not be compiled; {FAST / 'c' / 'log'} has it all"
        )
    shutil.rmtree(FAST / "c")
    plain, slow = read_samples(PLAIN)
    STAMP.write_text(hash_sources(), "utf-8")
    try:
        compiled, fast = read_samples()
    except subprocess.CalledProcessError:
        compiled, fast = "", slow
    if plain != compiled:
        shutil.rmtree(FAST)
        sys.exit("the compiled reader reads the samples otherwise than its sources do; it was thrown away")
    print(f"compiled in {time.perf_counter() - start:.0f} s; reads the samples alike, {slow / fast:.2f}x as fast")


if __name__ == "__main__":
    main()
