"""What alembic runs: the steps of one database, in one transaction, on the connection it was given."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes["metadata"],
    compare_type=True,
    render_as_batch=True,  # SQLite changes no column in place
)
with context.begin_transaction():
    context.run_migrations()
