"""What matters for a target, how well it does, and what the target cannot do without."""

from __future__ import annotations

from rantau.inference.necessity import NECESSARY
from rantau.report.markup import literal
from rantau.report.prose import Prose, join
from rantau.report.tables.necessity import NAMES

#: What above-average importance asks for, and the names of the words for it.
QUARTERS = (("concentrate here", "concentrate"), ("keep up the good work", "keep"))


def importance(prose: Prose) -> tuple[str, ...]:
    """Return the paragraphs on the importance-performance map and on necessity; () where there are none."""
    if not prose.trusted("pls"):
        return ()
    return tuple(text for text in (_map(prose), _necessary(prose)) if text)


def _map(prose: Prose) -> str:
    found = prose.findings.importance
    if found is None:
        return ""
    target = prose.named(found.target)
    table = found.constructs()
    unit = prose.words("importance.rescaled" if found.rescaled else "importance.raw")
    told = [prose.say("importance.intro", target=target, unit=unit)]
    told += [prose.say("importance.drawn")] if "importance" in prose.figures else []
    most = str(table["importance"].idxmax())
    told.append(
        prose.say(
            "importance.most",
            name=prose.named(most),
            target=target,
            value=prose.num(float(table["importance"].max()), decimals=2),
            performance=prose.num(float(table["performance"][most]), decimals=1),
        )
    )
    if len(table) > 1:
        for quarter, key in QUARTERS:
            own = [str(name) for name in table.index if table["quadrant"][name] == quarter]
            said = prose.say_counted(f"importance.{key}", len(own), names=prose.names(own)) if own else ""
            told.append(said or (prose.say("importance.concentrate_none") if key == "concentrate" else ""))
    if found.controls:
        told.append(prose.say_counted("importance.controls", len(found.controls), names=prose.names(found.controls)))
    if found.negative:
        items = [literal(name) for name in found.negative]
        told.append(prose.say_counted("importance.negative", len(items), items=prose.words.listing(items)))
    return join(*told)


def _necessary(prose: Prose) -> str:
    found = prose.findings.necessity
    if found is None:
        return ""
    target = prose.named(found.target)
    if not found.permutations:
        return prose.say("necessity.untested", target=target)
    table = found.table(alpha=1 - prose.findings.level)
    told = [prose.say("necessity.intro", target=target, alpha=prose.alpha)]
    for ceiling in found.ceilings:
        own = table[(table["ceiling"] == ceiling) & table[NECESSARY].astype(bool)]
        listed = [
            prose.words(
                "necessity.one",
                name=prose.named(str(row["condition"])),
                effect=prose.stat("*d*", float(row["effect"]), "correlation"),
                p=prose.stat("*p*", float(row["p"]), "p"),
            )
            for row in own.to_dict("records")
        ]
        named = {"ceiling": NAMES[ceiling], "target": target}
        conditions = prose.words.listing(listed)
        told.append(
            prose.say_counted("necessity.some", len(listed), conditions=conditions, **named)
            if listed
            else prose.say("necessity.none", **named)
        )
    return join(*told, prose.say("necessity.bottleneck"))
