"""The counts of a run in words; a percentage never stands without its counts."""

from typing import Any

from tests.evaluation.attackers import OBEYING
from tests.evaluation.edges import EDGES, NO_EDGES
from tests.evaluation.run import BORROWER, Plan, requirements


def lines(plan: Plan, counts: dict[str, Any], clips_reason: str) -> list[str]:
    """The report."""
    out = [
        f"Half of generators and seeds: {plan.half.value} (seeds {'even' if plan.half.value == 'tune' else 'odd'}).",
        "Borrower and attacks are simulated; only the clips show real people. No certification is claimed.",
    ]
    if "borrower" in plan.parts:
        out += ["", *_borrower(counts["borrower"])]
    if "clips" in plan.parts:
        out += ["", *(_clips(counts["clips"]) if counts["clips"] else [f"Clips: skipped, {clips_reason}."])]
    if counts["attacks"]:
        out += ["", *_attacks(counts["attacks"])]
    if counts["edges"]:
        out += ["", *_edges(counts["edges"])]
    out += ["", "Asked for and reached:"]
    out += [f"  {'yes' if reached else 'NO '}  {what}" for what, reached in requirements(counts).items()]
    return out


def share(part: int, whole: int) -> str:
    """Counts and percentage."""
    return f"{part} of {whole} ({100 * part / whole:.1f} %)" if whole else "0 of 0"


def _borrower(people: dict[str, Any]) -> list[str]:
    out = [f"Demonstration borrower, {people['variations']} variations (a simulation, no error rate of living people):"]
    for name, key in (("with the flash", "flash"), ("without it", "no_flash")):
        some = people[key]
        if some["people"]:
            out.append(
                f"  {name}: passed at first {share(some['first_try_passed'], some['people'])}, within three "
                f"{share(some['within_three_passed'], some['people'])}; median {some['median_seconds']} s"
            )
    failed = people["people"] - people["first_try_passed"]
    lost = people["people"] - people["within_three_passed"]
    out.append(f"  refused at first {share(failed, people['people'])}, within three {share(lost, people['people'])}")
    for one in people["not_passed_first"]:
        tries = "; ".join(
            f"{outcome} {' '.join(why)}".strip() for outcome, why in zip(one["outcomes"], one["reasons"], strict=True)
        )
        flash = "flash" if one["flash"] else "no flash"
        out.append(f"    {one['variation']}, seed {one['seed']}, {flash}: {tries}")
    return out


def _clips(results: list[dict[str, Any]]) -> list[str]:
    out = ["Real clips (found of listed, at the clip's own rate / from the evidence at 15 a second):"]
    for one in results:
        words = [
            f"blinks {one['found']['full']}/{one['found']['evidence']} of {one['listed']}",
            f"wrongly {one['wrongly']['full']}/{one['wrongly']['evidence']} of {one['never']}",
        ]
        if one["listed_winks"]:
            words.append(f"winks {one['winks']['full']}/{one['winks']['evidence']} of {one['listed_winks']}")
        if one["listed_mouths"]:
            words.append(f"open mouths {one['mouths']} of {one['listed_mouths']}")
        if one["turns_as_listed"] is not None:
            words.append(
                f"turns {' '.join(one['turns']) or 'none'}{'' if one['turns_as_listed'] else ' (NOT as listed)'}"
            )
        if one["covered"]:
            words.append(f"hand reported in {share(*one['covered'])} of its span")
        words.append(f"hand elsewhere {share(*one['covered_elsewhere'])}")
        words.append(f"note on an edge in {share(*one['edges'])} of its stretches of 3 s")
        out.append(f"  {one['name']}: " + ", ".join(words))
    return out


def _edges(rows: dict[str, Any]) -> list[str]:
    """The note on straight edges: where one is held up, where there is none, and over everything else that was run."""
    out = ["Note for a reviewer on a sheet's or a screen's edge (raised, of attempts; it changes no outcome):"]
    others = [name for name in rows if name not in EDGES | NO_EDGES and name != BORROWER]
    for title, names in (
        ("held up in a room", list(EDGES)),
        ("somebody in a room, nothing held up", [*NO_EDGES, BORROWER]),
        ("the attacks above, edges in view or not", others),
    ):
        some = [name for name in names if name in rows]
        if not some:
            continue
        out.append(f"  {title}:")
        out += [f"    {name:48s}{share(rows[name]['noted'], rows[name]['attempts'])}" for name in some]
        noted, tries = (sum(rows[name][key] for name in some) for key in ("noted", "attempts"))
        out.append(f"    {'all':48s}{share(noted, tries)}")
    return out


def _attacks(kinds: dict[str, Any]) -> list[str]:
    out = ["Attacks (APCER: passed of attempts; a review is a person's to decide and counted apart):"]
    heads = ("attempts", "passed", "APCER", "retry", "review", "refused")
    for title, names in (
        ("presented, injected, against the lender", [name for name in kinds if name not in OBEYING]),
        ("obeying in real time", [name for name in kinds if name in OBEYING]),
    ):
        for key, word in (("flash", "with the flash"), ("none", "without the flash (four actions, both turns)")):
            rows = [(name, kinds[name][key]) for name in names if key in kinds[name]]
            if not rows:
                continue
            out.append(f"  {title}, {word}:")
            out.append("    " + f"{'kind':40s}" + "".join(f"{head:>10s}" for head in heads))
            total = dict.fromkeys(("attempts", "passed", "retry", "review", "refused"), 0)
            for name, row in [*rows, ("all", total)]:
                if row is not total:
                    for column in total:
                        total[column] += row[column]
                rate = f"{100 * row['passed'] / row['attempts']:.1f} %"
                cells = (row["attempts"], row["passed"], rate, row["retry"], row["review"], row["refused"])
                out.append("    " + f"{name:40s}" + "".join(f"{cell:>10}" for cell in cells))
    return out
