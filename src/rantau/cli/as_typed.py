"""Advice as it is typed: what the library calls `missing='fiml'` is `--missing fiml` on the command line."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

#: The commands that do what advice of the library names without options of its own.
_COMMANDS = {
    "bootstrap": "bootstrap",
    "compare_groups": "compare",
    "explain_segments": "segments --by",
    "fimix": "segments",
    "impute": "impute",
    "pos": "segments --pos",
    "predict": "predict",
}
#: A command; another call of the library stays as it is; then `name=` with a value, or alone.
_SAID = re.compile(
    rf"\brt\.(?P<command>{'|'.join(_COMMANDS)})\b(?:\(fit\))?(?![\w(])"
    r"|(?P<call>\brt\.\w+\((?:[^()]|\([^()]*\))*\))"
    r"|\b(?P<name>[a-z_]+)=(?:'(?P<text>[^'\n]*)'|(?P<several>\[[^\]\n]*\])|(?P<pair>\{[^{}\n]*\})|\((?P<ends>[^()\n]*)\)|(?P<switch>True|False)\b|(?![\w'\"\[(=]))"
)

_PAIR = re.compile(r"\{'([^']*)': ([^,{}]*)\}")
_QUOTED = re.compile(r"'([^']*)'")


class Switch(NamedTuple):
    """How an option is typed: its name, what unsets it ("" for nothing), and whether a value follows."""

    on: str
    off: str = ""
    takes_value: bool = True


def switches_of(parameters: Iterable[Any]) -> dict[str, Switch]:
    """Return the long options of a verb by the library's names.

    Parameters
    ----------
    parameters
        Of the verb, as the command-line library holds them.
    """
    found = {}
    for one in parameters:
        on = next((name for name in getattr(one, "opts", ()) if name.startswith("--")), "")
        if on:
            off = next((name for name in one.secondary_opts if name.startswith("--")), "")
            found[str(one.name)] = Switch(on, off, not one.is_flag)
    return found


def as_typed(text: str, switches: Mapping[str, Switch]) -> str:
    """Return a message with the options that the verb has as they are typed, and other commands; others stay.

    Examples
    --------
    >>> switches = {"missing": Switch("--missing"), "ordered": Switch("--ordered")}
    >>> as_typed("take missing='fiml', or ordered=True", switches)
    'take --missing fiml, or --ordered all'
    >>> as_typed("name it: attention={'CHECK1': 4}", {"attention": Switch("--attention")})
    'name it: --attention CHECK1=4'
    >>> as_typed("call rt.sem(model, data, ordered=['x1'])", switches)
    "call rt.sem(model, data, ordered=['x1'])"
    """

    def typed(said: re.Match[str]) -> str:
        if said["command"]:
            return f"`rantau {_COMMANDS[said['command']]}`"
        option = switches.get(said["name"] or "")
        if said["call"] or option is None:
            return said[0]
        if said["switch"] == "True":
            return f"{option.on} all" if option.takes_value else option.on
        if said["switch"] == "False":
            return option.off or said[0]
        if said["several"] is not None:
            more = ",..." if "..." in said["several"] else ""
            return f"{option.on} {','.join(_QUOTED.findall(said['several']))}{more}"
        if said["ends"] is not None:
            return f"{option.on} {said['ends'].replace(' ', '')}"
        if said["pair"] is not None:
            return _PAIR.sub(rf"{option.on} \1=\2", said["pair"])
        if said["text"] is None:
            return option.on
        return f"{option.on} {shlex.quote(said['text'])}"

    return _SAID.sub(typed, text)
