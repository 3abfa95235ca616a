"""Roles that read one organization: they are told what it would be, and psql shows no more."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests import on_server
from tests.conftest import FULL, Numctl

ROLES = {"r_sales": "Sales", "r_acme": "Acme", "r_lab": "Lab", "r_support": "Help"}
# Each word of a kind belongs to one organization; Lab and Field change places, and are renamed on their way.
STORY = """
init --name Acme --email root@acme.example
series add 1418 --description about1418
series add 1999 --description about1999
org add Sales --email boss@sales.example --threshold 1 --message madeSales
org add Support --threshold 1
org add Lab --parent Support --email lab@lab.example --threshold 1
org add Field --parent Sales
add 14188980000+100 --series 1418
add 19995550000+100 --series 1999
move 14188980000+20 --to Sales --message ofRoot
move 14188980020+20 --to Support
move 14188980040+20 --to Lab
move 14188980060+20 --to Field
reserve 14188980000+5 --tag TagSales --as Sales --message saidSales
reserve 14188980020+5 --tag TagSupport --as Support
reserve 14188980040+5 --tag TagLabEarly --as Lab
reserve 14188980060+5 --tag TagFieldEarly --as Field
assign 14188980006 --user UserSales
assign 14188980046 --user UserLabEarly
assign 14188980066 --user UserField
release 14188980046 --cool 3
unreserve 14188980040+5
label 14188980000+100 site=LabelAll
label 14188980042 site=LabelLab
usage import
request --quantity 5 --note NoteSales --as Sales
request --quantity 6 --note NoteLab --as Lab
reserve 14188980008 --tag SoonSales --until +1d
org move Lab --to Sales
org move Field --to Support
org rename Field FieldLater
org set Lab --threshold 70
reserve 14188980041+3 --tag TagLabLate --as Lab
reserve 14188980067 --tag TagFieldLate
assign 14188980050 --user UserLabLate
release 14188980006 --reserve Kept --forward-to 19995550001
org move FieldLater --to Sales
org rename FieldLater FieldLast
org move Lab --to Support
user rename UserSales UserSalesNew
series set 1999 --description later1999
reserve --series 1418 --quantity 2 --tag Again
undo
move 14188980010 --to Support --message outOfSales
move 14188980030 --to Sales --message intoSales
remove 14188980015 --reason whyRemoved
org set Acme --threshold 55
org rename Support Help
""".strip().splitlines()
READINGS = """
search --all -o csv
search --ranges -o jsonl
search Tag
search 8980 --limit 5
search --label site=LabelLab
search --status aging -o json
search --user UserLabLate
search --columns number,tag,labels --limit 200
search --all -o csv --at operation:30
search --all -o csv --at operation:12
search --count --at operation:40
utilization --tree
utilization --tree --by series -o json
utilization --tree --at operation:35
utilization --by label.site
org list -o csv
org list -o csv --at operation:33
org tree
org show Lab
org show Sales
series list -o csv
series list -o csv --at operation:20
user list -o csv
user list -o csv --at operation:22
history -o jsonl
history --limit 3
history --user UserLabEarly
history --tag TagLabEarly
history 14188980042 -o csv
history 14188980010
history 14188980066
history 14188980030 -o json
history --operation 13
history --operation 29
history --operation 45
changes -o jsonl
changes --after 30 -o csv
show 14188980006
show 14188980042
show 14188980066 -o json
show 14188980010
mail list -o json
mail list
request --list -o csv
threshold show
threshold check
report utilization
report utilization --months 2
report consumption --by org
report consumption --by number
report disconnects
report blocks --size 100
report nruf
check
history --verify
backup /nowhere.db
role list
undo --dry-run
reserve 14188980019 --tag no
overview
""".strip().splitlines()


TOLD: dict[str, str] = {}  # where the story was told already, by server


@pytest.fixture
def told(
    numctl: Numctl, address: str, server: on_server.Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> str:
    """A story on a server, with roles for some of its organizations; gives its address."""
    address = TOLD.setdefault(server.data, address)
    monkeypatch.setenv("NUMCTL_DB", address)
    if numctl("search", "--count").code == 0:
        return address
    usage = tmp_path / "usage.csv"
    usage.write_text(
        "date,number,voice_incoming,voice_outgoing,messages_sent,messages_received,data\n"
        + "".join(f"2026-09-0{day},141889800{n:02},{n},1,2,3,4\n" for day in (1, 2) for n in (1, 21, 42, 62))
    )
    for line in STORY:
        ending = numctl(*line.split(), *([usage] if line == "usage import" else ()))
        assert ending.code == 0, (line, ending.err)
    for role, organization in ROLES.items():
        assert numctl("role", "add", role, "--org", organization).code == 0
    return address


def as_role(address: str, role: str) -> str:
    return re.sub(r"//\w+@", f"//{role}@", address)


@pytest.mark.parametrize("role", [*ROLES][: None if FULL else 1])
def test_a_role_is_told_what_its_organization_is(numctl: Numctl, told: str, role: str) -> None:
    different = {}
    for reading in READINGS:
        own = numctl("--as", ROLES[role], *reading.split())
        its = numctl("--db", as_role(told, role), *reading.split())
        if reading.startswith(("reserve", "undo")) or reading in OF_THE_OWNER:
            assert its.code == 4, its.err
        elif "was elsewhere for a while" in its.err:
            assert "--at" in reading
            assert its.code == 4
        elif (role, reading) in UNKNOWN:
            assert own.out != its.out  # else it may leave that list
        elif (own.code, own.out, plain(own.err)) != (its.code, its.out, plain(its.err)):
            different[reading] = own, its
    assert different == {}


# What is known by what was done while an organization was elsewhere: see docs/server.md.
UNKNOWN = {
    ("r_sales", "report nruf"),
    ("r_support", "report nruf"),
    ("r_support", "history 14188980066"),
    ("r_support", "show 14188980066 -o json"),
}
OF_THE_OWNER = ("check", "history --verify", "backup /nowhere.db", "role list")


def plain(text: str) -> str:
    """What was said, but for who may do what: the words differ there."""
    return re.sub(r"postgresql://\S+", "", text)


# What Sales may not see, nor guess: of others, of above, of what Lab did before it came and since it went.
SECRETS = [
    "TagSupport",
    "TagLabEarly",
    "UserLabEarly",
    "UserLabLater",
    "NoteLab",
    "LabelLab",
    "ofRoot",
    "madeSales",
    "outOfSales",
    "intoSales",
    "whyRemoved",
    "root@acme.example",
    "about1999",
    "later1999",
]


@pytest.fixture
def psql(told: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with psycopg.connect(as_role(told, "r_sales").split("&options")[0], autocommit=True) as connection:
        yield connection


def texts(connection: psycopg.Connection[tuple[object, ...]], query: str) -> str:
    return "\n".join(map(repr, connection.execute(query.encode()).fetchall()))


@pytest.mark.promise(50)
def test_a_role_finds_no_more_with_psql(psql: psycopg.Connection[tuple[object, ...]]) -> None:
    tables = "SELECT schemaname, tablename FROM pg_tables UNION SELECT schemaname, viewname FROM pg_views"
    seen, refused = "", 0
    for schema, table in psql.execute(tables.encode()).fetchall():
        try:
            seen += texts(psql, f'TABLE "{schema}"."{table}"')
        except psycopg.errors.InsufficientPrivilege:
            refused += 1
    assert refused > 20  # all that the store consists of
    assert "TagSales" in seen
    assert "UserSalesNew" in seen
    assert [secret for secret in SECRETS if secret in seen] == []
    (state,) = psql.execute(b"SELECT count(DISTINCT organization) FROM state").fetchone() or (0,)
    assert state == 3  # Sales, Field, and Lab while it was there


@pytest.mark.promise(50)
@pytest.mark.parametrize(
    "statement",
    [
        "SET ROLE numctl_tests",
        "SET SESSION AUTHORIZATION numctl_tests",
        "SELECT * FROM {s}.span",
        "SELECT max(id) FROM {s}.operation",
        "SELECT * FROM {s}.numctl_role",
        "SELECT * FROM {s}.numctl_known",
        "INSERT INTO state (id) VALUES (99)",
        "DELETE FROM tally",
        "UPDATE operation SET message = 'mine'",
        "UPDATE {s}.tally SET n = 0",
        "INSERT INTO {s}.numctl_role VALUES ('r_sales', 1, 0)",
        "ALTER TABLE {s}.span DISABLE ROW LEVEL SECURITY",
        "CREATE VIEW {r}.more AS SELECT 1",
        "CREATE TABLE {s}.more (id bigint)",
        "DROP VIEW {r}.span",
        "GRANT SELECT ON {s}.span TO r_sales",
        "CREATE POLICY mine ON {s}.span USING (true)",
        "COPY {s}.state TO STDOUT",
    ],
)
def test_a_role_may_do_nothing_but_read(
    psql: psycopg.Connection[tuple[object, ...]], told: str, statement: str
) -> None:
    schema = told.rsplit("%3D", 1)[1]
    with pytest.raises(psycopg.Error) as refused:
        psql.execute(statement.format(s=schema, r=f"{schema}_read").encode())
    assert isinstance(
        refused.value,
        psycopg.errors.InsufficientPrivilege | psycopg.errors.ObjectNotInPrerequisiteState,
    ), refused.value


@pytest.mark.promise(50)
def test_a_role_learns_nothing_from_errors_and_estimates(
    psql: psycopg.Connection[tuple[object, ...]], server: on_server.Server
) -> None:
    with psycopg.connect(server.address("postgres"), autocommit=True) as owner:
        owner.execute(b"ANALYZE")
    noticed: list[str] = []
    psql.add_notice_handler(lambda told: noticed.append(told.message_primary or ""))
    psql.execute(
        b"CREATE FUNCTION pg_temp.peek(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001"
        b" AS $$ BEGIN RAISE NOTICE '%', $1; RETURN true; END $$"
    )
    columns = {"state": "tag", "user": "name", "request": "note", "operation": "message", "label": "value"}
    columns |= {"organization": "name", "series": "description", "administrator": "email", "message": "facts"}
    for view, column in columns.items():
        psql.execute(f'SELECT count(*) FROM "{view}" WHERE pg_temp.peek("{column}")'.encode())  # noqa: S608
    assert "TagSales" in noticed
    assert [secret for secret in SECRETS if any(secret in one for one in noticed)] == []
    divided = "SELECT count(*) FROM state WHERE 1 / (CASE WHEN tag = 'TagSupport' THEN 0 ELSE 1 END) = 1"
    assert texts(psql, divided) != ""  # and no division by zero
    stats = texts(psql, "SELECT * FROM pg_stats WHERE schemaname LIKE 't%'")
    assert [secret for secret in SECRETS if secret in stats] == []
    assert texts(psql, "SELECT * FROM pg_sequences WHERE last_value IS NOT NULL") == ""


@pytest.mark.promise(50)
def test_a_role_learns_nothing_from_functions_and_settings(
    psql: psycopg.Connection[tuple[object, ...]], told: str
) -> None:
    schema = told.rsplit("%3D", 1)[1]
    functions = psql.execute(
        b"SELECT proname, proargtypes::regtype[]::text[], proretset FROM pg_proc"
        b" WHERE pronamespace::regnamespace::text IN (%s, %s)"
        % (f"'{schema}'".encode(), f"'{schema}_read'".encode())
    ).fetchall()
    assert len(functions) > 5
    said = ""
    for name, types, _ in functions:
        tables = ("operation", "span", "user", "numctl_role") if types == ["text"] else ("1",)
        for given in tables:
            values = ", ".join(f"'{given}'::{kind}" for kind in types)  # type: ignore[attr-defined]
            with contextlib.suppress(psycopg.Error):
                said += texts(psql, f'SELECT * FROM "{schema}"."{name}"({values})')  # noqa: S608
    assert [secret for secret in SECRETS if secret in said] == []
    for setting in ("row_security = off", f"search_path = {schema}", "session_replication_role = replica"):
        with contextlib.suppress(psycopg.Error):
            psql.execute(f"SET {setting}".encode())
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            psql.execute(f'SELECT * FROM "{schema}".state'.encode())  # noqa: S608
    visible = "SELECT tag FROM {0}.state UNION SELECT name FROM {0}.user"
    assert [one for one in SECRETS if one in texts(psql, visible.format(f'"{schema}_read"'))] == []


def test_every_table_is_behind_row_level_security(told: str) -> None:
    schema = told.rsplit("%3D", 1)[1]
    with psycopg.connect(told, autocommit=True) as owner:
        rows = owner.execute(
            "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = %s::regnamespace",
            [schema],
        ).fetchall()
        owner.execute(b"CREATE ROLE r_lab_too LOGIN")
        try:
            owner.execute(f"GRANT USAGE ON SCHEMA {schema} TO r_lab_too".encode())
            owner.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO r_lab_too".encode())
            with psycopg.connect(as_role(told, "r_lab_too"), autocommit=True) as other:
                assert all(texts(other, f'TABLE "{table}"') == "" for table, _ in rows)
        finally:
            owner.execute(b"DROP OWNED BY r_lab_too")
            owner.execute(b"DROP ROLE r_lab_too")
    assert len(rows) > 20
    assert [table for table, guarded in rows if not guarded] == []


def test_roles_are_listed_and_removed(
    numctl: Numctl, told: str, server: on_server.Server, tmp_path: Path
) -> None:
    listed = numctl("role", "list", "-o", "csv").out.split()
    assert numctl("role", "list", "-o", "csv", "--out", tmp_path / "roles.csv").code == 0
    assert (tmp_path / "roles.csv").read_text().split() == listed
    assert listed == [
        "role,organization",
        "r_acme,Acme",
        "r_lab,Acme/Help/Lab",
        "r_sales,Acme/Sales",
        "r_support,Acme/Help",
    ]
    with psycopg.connect(server.address("postgres"), autocommit=True) as owner:
        owner.execute(b"CREATE ROLE r_stays LOGIN")
        try:
            assert '"made": false' in numctl("role", "add", "r_stays", "--org", "Lab", "-o", "json").out
            assert numctl("role", "remove", "r_stays").code == 0
            assert owner.execute(b"SELECT 1 FROM pg_roles WHERE rolname = 'r_stays'").fetchone()
        finally:
            owner.execute(b"DROP OWNED BY r_stays")
            owner.execute(b"DROP ROLE r_stays")
        assert '"made": true' in numctl("role", "add", "r_goes", "--org", "Lab", "-o", "json").out
        assert numctl("role", "remove", "r_goes").code == 0
        assert not owner.execute(b"SELECT 1 FROM pg_roles WHERE rolname = 'r_goes'").fetchone()
    assert numctl("role", "remove", "r_goes").code == 5
    assert "r_goes" not in numctl("role", "list").out


def test_who_could_see_more_anyway_is_refused(numctl: Numctl, told: str, server: on_server.Server) -> None:
    refused = {
        "r_super": "SUPERUSER LOGIN",
        "r_bypass": "BYPASSRLS LOGIN",
        "r_member": "LOGIN IN ROLE numctl_tests",
        "r_none": "NOLOGIN",
    }
    with psycopg.connect(server.address("postgres"), autocommit=True) as owner:
        for role, rights in refused.items():
            owner.execute(f"CREATE ROLE {role} {rights}".encode())
        try:
            for role in (*refused, "r_sales"):
                ending = numctl("role", "add", role, "--org", "Sales")
                assert ending.code == 6, (role, ending.err)
        finally:
            for role in refused:
                owner.execute(f"DROP ROLE {role}".encode())
    assert numctl("role", "add", "pg_mine", "--org", "Sales").code == 2
    assert numctl("role", "add", "r_new", "--org", "Nowhere").code == 5
    assert numctl("--as", "Sales", "role", "add", "r_new", "--org", "Sales").code == 4
    assert "r_new" not in numctl("role", "list").out


def test_an_owner_who_is_no_superuser_goes_on_working(
    numctl: Numctl, told: str, server: on_server.Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with psycopg.connect(server.address("postgres"), autocommit=True) as owner:
        owner.execute(b"CREATE ROLE r_owner LOGIN CREATEROLE")
        owner.execute(b"CREATE SCHEMA owned AUTHORIZATION r_owner")
        owner.execute(b"GRANT CREATE ON DATABASE postgres TO r_owner")
        try:
            address = re.sub(r"%3D\w+$", "%3Downed", as_role(told, "r_owner"))
            assert numctl("copy", told, address).code == 0
            monkeypatch.setenv("NUMCTL_DB", address)
            ending = numctl("role", "add", "r_more", "--org", "Sales")
            assert ending.code == 0, ending.err
            numbers = tmp_path / "list.csv"
            rows = (f"{14187770000 + n},1418,Acme/Sales,assigned,U{n}\n" for n in range(500))
            numbers.write_text("number,series,organization,status,user\n" + "".join(rows))
            ending = numctl("import", numbers)
            assert ending.code == 0, ending.err
            assert numctl("undo").code == 0
            assert numctl("check").code == 0
            assert numctl("role", "remove", "r_more").code == 0
        finally:
            owner.execute(b"DROP SCHEMA IF EXISTS owned_read, owned CASCADE")
            owner.execute(b"DROP OWNED BY r_owner")
            owner.execute(b"DROP ROLE r_owner")


def test_a_file_knows_no_roles(numctl: Numctl, store: Path) -> None:
    assert numctl("init", "--name", "Acme").code == 0
    for command in ("role list", "role remove x", "role add x --org Acme"):
        ending = numctl(*command.split())
        assert ending.code == 2
        assert "key add" in ending.err


def test_check_tells_where_roles_could_see_more(numctl: Numctl, told: str) -> None:
    schema = told.rsplit("%3D", 1)[1]
    with psycopg.connect(told, autocommit=True) as owner:
        owner.execute(b"ALTER TABLE span NO FORCE ROW LEVEL SECURITY")
        owner.execute(f'DROP VIEW "{schema}_read".usage'.encode())
    ending = numctl("check")
    assert ending.code == 12
    assert "span is not behind row-level security" in ending.out
    assert "view of usage that roles read is missing" in ending.out
    assert numctl("role", "add", "r_once", "--org", "Lab").code == 0  # makes all of it anew
    assert numctl("role", "remove", "r_once").code == 0
    assert numctl("check").code == 0
    assert numctl("--db", as_role(told, "r_sales"), "report", "consumption").code == 0
