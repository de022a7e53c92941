"""Speed against peers, as ratios of medians in one run and one BLAS thread. Run it with `make bench`."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from clock import median_time, start_up
from ordinal import compare_ordinal
from prediction import compare_prediction

import rantau as rt
from covariance import compare
from pls import compare_pls
from segments import compare_segments
from survey import compare_survey

ROOT = Path(__file__).parents[1]
#: What `rantau --help` does.
HELP = "import rantau.cli.main as main; main.status_of(['--help'])"


def main() -> None:
    """Measure and print."""
    bare = start_up("pass")
    print(f"import rantau              {(start_up('import rantau') - bare) * 1e3:8.0f} ms over a bare interpreter")
    print(f"rantau --help              {start_up(HELP) * 1e3:8.0f} ms")
    mobile = pd.read_csv(ROOT / "tests/data/mobile.csv")
    ecsi = rt.read_model(ROOT / "models/mobile_ecsi.sem")
    fit = rt.pls(ecsi, mobile)
    print(f"PLS, 24 items, 250 rows    {median_time(lambda: rt.pls(ecsi, mobile), runs=20) * 1e3:8.1f} ms")
    print(f"PLS bootstrap, 1000 draws  {median_time(lambda: rt.bootstrap(fit, draws=1000), runs=5) * 1e3:8.1f} ms")
    compare_survey()
    compare_pls()
    compare_prediction()
    compare_segments()
    compare()
    compare_ordinal()


if __name__ == "__main__":
    main()
