"""Brings a database that an earlier version made up to the tables of this one."""

from sqlalchemy import Engine, inspect
from sqlalchemy.orm import DeclarativeBase


def make_tables(engine: Engine, base: type[DeclarativeBase]) -> None:
    """Make the tables, indexes and columns that are missing; such columns may be empty, so every old row stays.

    Columns are never changed or dropped here.
    """
    base.metadata.create_all(engine)
    with engine.begin() as connection:
        found = inspect(connection)
        for table in base.metadata.sorted_tables:
            known = {column["name"] for column in found.get_columns(table.name)}
            for column in table.columns:
                if column.name in known:
                    continue
                if not column.nullable:
                    raise ValueError(f"{table.name}.{column.name} is new and must be allowed to be empty")
                kind = column.type.compile(dialect=engine.dialect)
                connection.exec_driver_sql(f'ALTER TABLE "{table.name}" ADD COLUMN "{column.name}" {kind}')
            for index in table.indexes:
                index.create(connection, checkfirst=True)
