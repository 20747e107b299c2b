"""A program without a window, to be killed: ``python -m tests.end_to_end.program HOME LENDER IDENTITY``.

Prints a page's name when it stands on it and ends on the loan. Secrets are kept behind a passphrase, as on a computer
without a credential store, so the next start finds them.
"""

import sys
from pathlib import Path

from loanapp.client.endpoint import EmbeddedEndpoint
from loanapp.client.secrets import open_secrets
from loanapp.demonstration.identities import find_identity
from loanapp.journey.journey import Journey
from loanapp.journey.pages import Page
from tests.end_to_end.scripted_borrower import ScriptedBorrower

PASSPHRASE = "只在测试里用的口令"


def main(home: str, lender: str, identity: str) -> None:
    journey = Journey(
        EmbeddedEndpoint(Path(lender)), Path(home), lambda: open_secrets(Path(home), lambda _prompt: PASSPHRASE)
    )

    def tell(page: Page) -> None:
        print(page.value, flush=True)

    tell(ScriptedBorrower(journey, find_identity(identity), before=tell).walk(Page.MY_LOAN))
    journey.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
