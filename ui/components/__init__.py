"""The building blocks of every page; import names from here, each module loads when it is first used."""

from importlib import import_module
from typing import Any, Final

_WHERE: Final = {
    "label": "labels",
    "Rule": "labels",
    "SimulatedTag": "labels",
    "PrimaryButton": "buttons",
    "SecondaryButton": "buttons",
    "LinkButton": "buttons",
    "QuietButton": "buttons",
    "SentenceLink": "buttons",
    "ContentsEntry": "buttons",
    "CopyLink": "copy_link",
    "IconView": "icons",
    "icon_pixmap": "icons",
    "Field": "fields",
    "MoneyField": "fields",
    "TextField": "text_field",
    "PhoneField": "number_fields",
    "BankCardField": "number_fields",
    "IdentityNumberField": "number_fields",
    "CodeField": "number_fields",
    "DateField": "number_fields",
    "ChoiceCards": "choice_cards",
    "ChoiceQuestion": "choice_question",
    "Card": "card",
    "SectionHeading": "card",
    "Banner": "banner",
    "ErrorSummary": "error_summary",
    "FieldError": "error_summary",
    "SummaryList": "summary_list",
    "SummaryRow": "summary_list",
    "ProgressLine": "progress_line",
    "ProgressState": "progress_line",
    "ExpectedTime": "expected_time",
    "Skeleton": "skeleton",
    "EmptyState": "empty_state",
    "TaskList": "task_list",
    "Toast": "toast",
    "Dialog": "dialog",
    "FlowRow": "flow_row",
    "Stepper": "stepper",
    "HelpPanel": "help_panel",
    "PageScaffold": "page_scaffold",
    "AmountSlider": "amount_slider",
    "CostBar": "cost_bar",
    "Figures": "figures",
    "MonthChart": "month_chart",
    "LeftChart": "left_chart",
    "BurdenCard": "burden_card",
    "ScheduleTable": "schedule_table",
    "SafetyLine": "safety_line",
    "TestIdentityRow": "test_identity",
    "PhotoSide": "photo_side",
    "ConsentCard": "consent_card",
    "SimulatedMessageCard": "simulated_message_card",
}

__all__ = sorted(_WHERE)  # noqa: PLE0605 - the names are listed once, above


def __getattr__(name: str) -> Any:  # noqa: ANN401 - classes and functions alike
    if name not in _WHERE:
        raise AttributeError(name)
    return getattr(import_module(f"ui.components.{_WHERE[name]}"), name)
