"""${message}."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = ${repr(up_revision).replace("'", '"')}
down_revision: Final = ${repr(down_revision).replace("'", '"')}


def upgrade() -> None:
    """Say what."""
    ${upgrades if upgrades else "pass"}
