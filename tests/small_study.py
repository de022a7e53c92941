"""A study of two constructs on the mobile answers, small enough to run in a test."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[1]
PERSONALITY = ROOT / "surveys" / "personality"

MODEL = """Image        =~ IMAG1 + IMAG2 + IMAG3
Satisfaction =~ CUSA1 + CUSA2 + CUSA3
Satisfaction ~ Image  # H1 (+) A good image satisfies (ECSI, 1998)
"""

PLAN = """title = { en = "A small study", id = "Studi kecil" }
survey = "instrument.toml"
model = "model.sem"
output = "out"
seed = 7

[data]
responses = "responses.csv"

[bootstrap]
draws = 25
"""


#: Two of the five traits, of answers on six points by men and women.
TRAITS = """Extraversion =~ E1 + E2 + E3 + E4 + E5
Neuroticism =~ N1 + N2 + N3 + N4 + N5
Neuroticism ~ Extraversion  # H1 (-) Outgoing people are less neurotic
"""


def write_traits(folder: Path, options: str) -> Path:
    """Write a study of the covariance engine on the personality answers; `options` end the plan's `[covariance]`."""
    plan = f"""title = {{ en = "Two traits", id = "Dua sifat" }}
survey = "instrument.toml"
model = "model.sem"
output = "out"
engines = ["covariance"]
[data]
responses = "responses.csv"
[covariance]
{options}
"""
    files = {"instrument": PERSONALITY / "instrument.toml", "responses": PERSONALITY / "responses.csv"}
    return write_study(folder, plan=plan, model=TRAITS, **{part: path.read_bytes() for part, path in files.items()})


def write_study(folder: Path, **files: str | bytes) -> Path:
    """Write the study into a folder and return its plan; `plan`, `model`, `instrument`, `responses` replace a file."""
    mobile = ROOT / "surveys" / "mobile"
    contents: dict[str, str | bytes] = {
        "plan": PLAN,
        "model": MODEL,
        "instrument": (mobile / "instrument.toml").read_bytes(),
        "responses": (mobile / "responses.csv").read_bytes(),
        **files,
    }
    names = {"plan": "plan.toml", "model": "model.sem", "instrument": "instrument.toml", "responses": "responses.csv"}
    folder.mkdir(parents=True, exist_ok=True)
    for part, name in names.items():
        content = contents[part]
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return folder / "plan.toml"
