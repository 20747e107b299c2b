from loanapp.domain.errors import ErrorCode
from loanapp.domain.failure_causes import FailureCause, causes_of_error, failure_causes
from loanapp.domain.liveness import VerdictReason


def test_every_cause_is_reached_from_a_reason_or_an_error():
    reached = set(failure_causes(VerdictReason)) | {cause for code in ErrorCode for cause in causes_of_error(code)}
    assert reached == set(FailureCause)


def test_a_face_unlike_the_document_may_have_changed_and_a_wrong_order_has_no_cause_but_itself():
    changed = failure_causes([VerdictReason.FACE_UNLIKE_DOCUMENT, VerdictReason.FACE_MATCH_UNSURE])
    assert changed == (FailureCause.MAKE_UP, FailureCause.AGEING, FailureCause.SURGERY)
    assert failure_causes([VerdictReason.WRONG_ORDER, VerdictReason.TOO_DARK_TO_JUDGE]) == (FailureCause.LIGHT,)
    assert failure_causes([VerdictReason.WRONG_ORDER]) == ()
