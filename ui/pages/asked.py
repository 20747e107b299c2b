"""What a member of the lender's staff asks of the borrower, above the page on which it is done or waited for."""

from loanapp.client.answers import Application
from loanapp.client.profile import Support
from loanapp.domain.clock import CHINA
from loanapp.domain.status import ApplicationStatus
from ui.camera.branch import visit_time
from ui.components.banner import Banner
from ui.formats import day
from ui.translations import tr, translator


def show_asked(banner: Banner, application: Application | None, support: Support | None) -> None:
    """Their words as they wrote them, and what comes next; hidden where nobody asks for anything."""
    asked = application.asked if application is not None else None
    visit = application.appointment if application is not None else None
    more = application is not None and application.status is ApplicationStatus.NEEDS_MORE
    banner.setVisible(asked is not None and (more or visit is not None))
    if application is None or asked is None:
        return
    said = tr("progress.asked.said", text=asked.text)
    if more:
        until = application.erased_at
        lines = [said, tr("progress.asked.more_next")]
        if until is not None:
            lines.append(tr("progress.asked.more_until", date=day(until.astimezone(CHINA).date())))
        banner.say(tr("progress.asked.more"), "\n".join(lines))
    elif visit is not None:
        pick = translator().pick
        where = tr("progress.asked.where", name=pick(visit.name), address=pick(visit.address))
        lines = [visit_time(visit.slot, visit.minutes), where, said]
        lines.append(tr(f"progress.asked.{'simulated' if visit.simulated else 'bring'}"))
        if support is not None and not visit.simulated:
            lines.append(tr("progress.asked.cannot", phone=support.phone, hours=support.hours))
        banner.say(tr("progress.asked.visit"), "\n".join(lines))
