"""Looks at Redshift by SQLAlchemy as Superset does, and prints what it found: one fact a line, as JSON."""

import json
import sys

import sqlalchemy as sa

port, database, password = sys.argv[1:]
engine = sa.create_engine(f"redshift+psycopg2://admin:{password}@127.0.0.1:{port}/{database}", connect_args={"sslmode": "prefer"})
shop = sa.Table("shop", sa.MetaData(), sa.Column("country", sa.String(40), primary_key=True))
sale = sa.Table(
    "sale",
    shop.metadata,
    sa.Column("id", sa.BigInteger, primary_key=True),
    sa.Column("country", sa.String(40), sa.ForeignKey("shop.country"), nullable=False),
    sa.Column("amount", sa.Numeric(10, 2)),
    sa.Column("day", sa.Date),
    sa.UniqueConstraint("country", "day"),
    redshift_diststyle="KEY",
    redshift_distkey="country",
    redshift_sortkey="day",
)
shop.metadata.create_all(engine)
with engine.begin() as connection:
    connection.execute(sa.text("CREATE VIEW big_sale AS SELECT id, amount FROM sale WHERE amount > 100"))
    connection.execute(sale.insert(), [{"id": 1, "country": "Malta", "amount": 2.5, "day": "2011-12-09"}] * 2)
found = sa.inspect(engine)


def say(name, answer):
    print(json.dumps({"name": name, "answer": answer}, default=str))


say("version", engine.dialect.server_version_info)
say("schemas", found.get_schema_names())
say("tables", sorted(found.get_table_names("public")))
say("views", found.get_view_names("public"))
say("view", str(found.get_view_definition("big_sale", "public")).split())
say(
    "columns",
    [[c["name"], str(c["type"]), c["nullable"], c["info"].get("encode")] for c in found.get_columns("sale", "public")],
)
say("key", found.get_pk_constraint("sale", "public"))
say("other keys", [{k: v for k, v in key.items() if k != "options"} for key in found.get_foreign_keys("sale", "public")])
say("unique", found.get_unique_constraints("sale", "public"))
say("options", found.get_table_options("sale", "public"))
copy = sa.Table("sale", sa.MetaData(), autoload_with=engine)
say("made again", str(sa.schema.CreateTable(copy).compile(engine)).split())
with engine.connect() as connection:
    say("rows", [list(row) for row in connection.execute(sa.select(sale.c.id, sa.func.avg(sale.c.amount)).group_by(sale.c.id))])
