"""What products mean: slopes at low and high values of the moderator, and where they differ from zero."""

from __future__ import annotations

import math

from rantau.report.moderation import Moderation, Region, moderations
from rantau.report.prose import Prose, join
from rantau.report.view import number


def moderation(prose: Prose) -> tuple[str, ...]:
    """Return a paragraph for each product of two constructs in PLS."""
    if not prose.trusted("pls"):
        return ()
    return tuple(_of_one(prose, one) for one in moderations(prose.findings))


def _of_one(prose: Prose, found: Moderation) -> str:
    names = {part: prose.named(getattr(found, part)) for part in ("outcome", "predictor", "moderator")}
    p = number(prose.pls[found.outcome, "~", found.name], "p")
    low, _, high = (prose.num(one.est, "loading") for one in found.slopes)
    told = [prose.say("moderation.slopes", low=low, high=high, **names)]
    if math.isnan(p):
        return join(*told)
    if p >= 1 - prose.findings.level:
        return join(*told, prose.say("moderation.not_significant", p=prose.stat("*p*", p, "p"), **names))
    told.append(prose.say("moderation.significant", p=prose.stat("*p*", p, "p"), **names))
    regions = [
        _region(prose, one, names["moderator"])
        for one in found.regions
        if one.slope != "not significant" and one.share > 0
    ]
    if regions:
        told.append(prose.say("moderation.regions", regions=prose.words.listing(regions), **names))
    return join(*told)


def _region(prose: Prose, region: Region, moderator: str) -> str:
    if region.share >= 1:
        return prose.say("moderation.everywhere", moderator=moderator)
    ends = math.isinf(region.low), math.isinf(region.high)
    kind = {(True, False): "below", (False, True): "above"}.get(ends, "between")
    bounds = {"low": prose.num(region.low), "high": prose.num(region.high)}
    share = f"{prose.num(100 * region.share, 'percent')}%"
    told = prose.say(f"moderation.{kind}", moderator=moderator, **bounds)
    return f"{told} {prose.say('moderation.share', share=share)}"
