"""The road as the stepper shows it: where the borrower is, what is done, and what may be opened again."""

from collections.abc import Set as AbstractSet

from loanapp.journey.pages import Page, StepState, place, steps
from ui.components.stepper import StepGroupView, StepPage
from ui.translations import tr


def step_views(here: Page, revisitable: AbstractSet[Page]) -> list[StepGroupView]:
    """Every group of steps in the language in force."""
    views = []
    for step in steps(here, frozenset(revisitable)):
        pages = tuple(
            StepPage(
                page.value,
                tr(f"common.step_name_{page.value}"),
                "current" if page is here else "done" if place(page) < place(here) else "ahead",
                page in revisitable and page is not here,
            )
            for page in step.pages
        )
        state = "current" if step.state is StepState.CURRENT else step.state.value
        views.append(StepGroupView(tr(f"common.group_{step.group.value}"), state, pages))
    return views
