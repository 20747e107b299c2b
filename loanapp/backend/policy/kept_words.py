"""What cards and authorisations say of how long something is kept, with the days of ``retention.toml`` put in."""

from typing import Final

from loanapp.backend.policy.models import Policies
from loanapp.backend.policy.rows import Words

_DAYS_A_YEAR: Final = 365.2


def kept_words(policies: Policies, kind: str) -> Words | None:
    """What is said of a class, or of ``law``; ``None`` where nothing of it is said to borrowers."""
    longest = max(policies.retention_days("ended"), policies.retention_days("declined"))
    law, found = policies.kept_by_law, next((one for one in policies.retention if one.kind == kind), None)
    words = law.words if kind == "law" else found.words if found is not None else None
    if words is None:
        return None
    days = found.days if found is not None else 0
    years = law.years if kind == "law" else int(days / _DAYS_A_YEAR)
    return Words(
        zh=words.zh.format(days=days, years=years, unlent=longest, law=law.law.zh),
        en=words.en.format(days=days, years=years, unlent=longest, law=law.law.en),
    )
