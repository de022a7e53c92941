"""Reading a million answers: rows per second and memory, in a process of its own."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

import rantau as rt

ITEMS = 40
LABELS = ("Sangat tidak setuju", "Tidak setuju", "Netral", "Setuju", "Sangat setuju")
INSTRUMENT = """
title = { id = "Sejuta" }
languages = ["id"]
[scales.agree5]
minimum = 1
maximum = 5
[[constructs]]
code = "F"
name = { id = "F" }
scale = "agree5"
"""


def write_survey(folder: Path, rows: int) -> None:
    """Write an instrument without labels, and answers in words with a gap here and there."""
    items = "".join(
        f'[[constructs.items]]\ncode = "Q{n}"\nwording = {{ id = "Pernyataan {n}" }}\n'
        f"reversed = {str(n % 5 == 0).lower()}\n"
        for n in range(1, ITEMS + 1)
    )
    (folder / "instrument.toml").write_text(INSTRUMENT + items, encoding="utf-8")
    words = np.array([*LABELS, ""], dtype=object)
    chances = [0.06, 0.14, 0.27, 0.33, 0.17, 0.03]
    generator = np.random.default_rng(1)
    with (folder / "answers.csv").open("w", encoding="utf-8") as file:
        file.write(";".join(["id", *(f"Q{n}" for n in range(1, ITEMS + 1))]) + "\n")
        for start in range(0, rows, 20_000):
            part = words[generator.choice(6, size=(min(20_000, rows - start), ITEMS), p=chances)]
            file.writelines(f"{start + row};{';'.join(cells)}\n" for row, cells in enumerate(part))


def measure(folder: Path) -> None:
    """Read them and print; peak memory is that of this process."""
    survey = rt.read_survey(folder / "instrument.toml")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.perf_counter()
    answers = rt.read_responses(folder / "answers.csv", survey)
    seconds = time.perf_counter() - begun
    peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 2**10
    held = (answers.values.nbytes + answers.raw.nbytes) / 2**20
    size = (folder / "answers.csv").stat().st_size / 2**20
    print(
        f"read {answers.n_obs} x {ITEMS} labels      {answers.n_obs / seconds:8.0f} rows per second; "
        f"file {size:.0f} MB, answers {held:.0f} MB, peak {peak:.0f} MB"
    )


def compare_survey(rows: int = 1_000_000) -> None:
    """Measure reading, labelling and coding of many rows."""
    with TemporaryDirectory() as name:
        write_survey(Path(name), rows)
        subprocess.run([sys.executable, __file__, name], check=True)


if __name__ == "__main__":
    measure(Path(sys.argv[1]))
