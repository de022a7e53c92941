"""KoBoToolbox and ODK: groups before the name of a question, `_id` and `_submission_time` behind the answers."""

from __future__ import annotations

from collections.abc import Sequence

from rantau.survey.platform import Layout, Platform

_OWN = (
    "start", "end", "today", "deviceid", "phonenumber", "username", "_id", "_uuid", "_submission_time",
    "_validation_status", "_notes", "_status", "_submitted_by", "__version__", "_tags", "_index", "formhub/uuid",
    "SubmissionDate", "KEY", "SubmitterID", "SubmitterName", "AttachmentsPresent", "AttachmentsExpected", "Status",
    "ReviewState", "DeviceID", "Edits", "FormVersion", "instanceID", "meta-instanceID", "meta/instanceID",
)  # fmt: skip
_KOBO = ("_id", "_uuid", "_submission_time", "_validation_status", "__version__", "_index")
_ODK = ("SubmissionDate", "KEY", "SubmitterID", "SubmitterName", "meta-instanceID", "FormVersion")
_STEPS = ("/", "-", ".", ":")


def lay_out(rows: Sequence[Sequence[str]]) -> Layout | None:
    """Return the layout of an export by names or by labels, with or without groups."""
    names = tuple(name.strip() for name in rows[0])
    if max(sum(mark in names for mark in marks) for marks in (_KOBO, _ODK)) < 2:
        return None
    return Layout(names, ("",) * len(names), tuple(map(_last, names)), 1, None, _OWN)


def _last(name: str) -> tuple[str, ...]:
    """Return the parts of a path behind each of its steps: `firm/trust/TR1` is known by `trust/TR1` and `TR1`."""
    return tuple(dict.fromkeys(name[place + 1 :].strip() for place, each in enumerate(name) if each in _STEPS))


ROW = Platform("kobo", "KoBoToolbox or ODK", "https://support.kobotoolbox.org/export_download.html", lay_out)
