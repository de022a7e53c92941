"""rantau screen: which rows deserve a look?"""

from __future__ import annotations

from typing import Annotated

import typer

import rantau as rt
from rantau.cli.inputs import DataFile, Json, Out, SurveyFile, need_survey, read_data
from rantau.cli.show import ERR, show_frame
from rantau.extras import require


def screen(
    data: DataFile,
    survey: SurveyFile = None,
    exclude: Annotated[list[str] | None, typer.Option(help="A rule whose flagged rows are left out.")] = None,
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Flag careless, empty and repeated rows; nothing is deleted unless a rule is named in --exclude."""
    responses = read_data(data, need_survey(survey, "screen"))
    screening = rt.screen(responses, exclude=tuple(exclude or ()))
    if out is not None:
        columns = ["line", "rule", "left_out"]
        rows = [(flag.row, flag.rule, flag.excluded) for flag in screening.log]
        show_frame(require("pandas").DataFrame(rows, columns=columns), out=out)
    show_frame(screening.counts(), title="Screening", as_json=as_json)
    if not as_json:
        ERR.print(f"{responses.n_obs} rows read, {screening.kept.n_obs} kept")
    return 0
