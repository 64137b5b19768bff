"""The controller's own customer records: a file, a database, a service on loopback. What is asked and answered is told to nobody else."""

from __future__ import annotations

import json
import sqlite3
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from privbot.casework.customers import Claim, CustomerRecord
from privbot.config import Config, ConfigWrong, load
from privbot.records import customers
from privbot.records.customers import CustomersUnreachable, CustomersWrong
from privbot.testing.certificates import make_certificates
from privbot.testing.processes import free_port

MEL = CustomerRecord(
    "mel@ortega.example", "Mel Ortega", "+43 1 5550 1234", "K-1001", "0x52908400098527886E0F7030069857D2E4169EE7"
)
JO = CustomerRecord("jo@vale.example", "Jo Vale", "+44 20 7946 0018", "K-1002", "")


def config_with(folder: Path, section: str) -> Config:
    file = folder / "privbot.toml"
    file.write_text(
        '[smtp]\nhost = "smtp.harbour.example"\n[[mailbox]]\nid = "privacy"\nhost = "imap.harbour.example"\ncontrollers = ["lumen"]\n'
        '[[controller]]\nid = "lumen"\nname = "Lumen Masks LLC"\naddresses = ["customer-lumen@harbour.example"]\nregimes = ["gdpr"]\n'
        f"[controller.customers]\n{section}\n"
    )
    return load(file)


def ask(config: Config, **claim) -> list[CustomerRecord]:
    return customers.candidates(config, "lumen", Claim(**claim))


# -- a file --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def from_csv(tmp_path):
    def made(text: str, more: str = "") -> Config:
        (tmp_path / "customers.csv").write_text(text, encoding="utf-8")
        return config_with(tmp_path, f'kind = "csv"\nfile = "customers.csv"\n{more}')

    return made


CSV = "\ufeffemail,name,phone,customer_id,wallet\n" + "".join(
    f"{one.email},{one.name},{one.phone},{one.customer_id},{one.wallet}\n" for one in (MEL, JO)
)


@pytest.mark.parametrize(
    "claim",
    [
        {"emails": ("MEL@ortega.example",)},  # case
        {"name": "ORTEGA Mel"},  # name order
        {"name": "Ｍｅｌ Örtega"},  # width and accents
        {"phones": ("0155501234",)},  # national form
        {"ids": ("k-1001",)},
        {"wallets": ("0x52908400098527886e0f7030069857d2e4169ee7",)},  # no checksum
        {"emails": ("nobody@elsewhere.example",), "ids": ("K-1001",)},  # one fact is enough to be a candidate
    ],
)
def test_a_customer_who_shares_one_fact_is_a_candidate_however_it_is_written(from_csv, claim):
    assert ask(from_csv(CSV), **claim) == [MEL]


def test_who_shares_nothing_is_no_candidate_and_empty_cells_are_no_fact(from_csv):
    assert ask(from_csv(CSV), emails=("nobody@elsewhere.example",), name="", phones=("",), wallets=("",)) == []


def test_a_file_with_missing_columns_says_which_and_nothing_of_what_is_there(from_csv):
    config = from_csv("E-Mail,Kunde\n", 'columns = { email = "E-Mail", phone = "Telefon" }')
    with pytest.raises(CustomersWrong) as caught:
        ask(config, name="Mel")
    said = str(caught.value)
    assert "'Telefon'" in said and "'name'" in said and "columns" in said
    assert "Kunde" not in said and "E-Mail" not in said, "whatever file was named, nobody reads it this way"


def test_own_column_names_are_mapped(from_csv):
    config = from_csv("E-Mail,Kunde\nmel@ortega.example,Mel Ortega\n", 'columns = { email = "E-Mail", name = "Kunde" }')
    assert ask(config, name="mel ortega") == [CustomerRecord("mel@ortega.example", "Mel Ortega")]


def test_a_file_that_is_away_is_a_fault_of_the_world_and_a_broken_one_is_not(from_csv, tmp_path):
    config = from_csv(CSV)
    (tmp_path / "customers.csv").write_bytes(b"email,name\nm\xe9l@ortega.example,M\n")
    with pytest.raises(CustomersWrong, match="UTF-8"):
        ask(config, name="x")
    (tmp_path / "customers.csv").unlink()
    with pytest.raises(CustomersUnreachable):
        ask(config, name="x")


def test_a_name_shared_by_thousands_gives_at_most_fifty(from_csv):
    rows = "".join(f"{number}@ortega.example,Mel Ortega\n" for number in range(2000))
    assert len(ask(from_csv("email,name\n" + rows), name="Mel Ortega")) == customers.MOST_CANDIDATES


# -- a database ----------------------------------------------------------------------------------------------------------

QUERY = "select mail as email, name, phone, number as customer_id from people where lower(mail) = lower(:email) or number = :id or name = :name"


@pytest.fixture
def from_sqlite(tmp_path):
    with sqlite3.connect(tmp_path / "crm.db") as crm:
        crm.execute("create table people (mail text, name text, phone text, number text)")
        crm.executemany(
            "insert into people values (?, ?, ?, ?)", [(one.email, one.name, one.phone, one.customer_id) for one in (MEL, JO)]
        )
    crm.close()

    def made(query: str = QUERY) -> Config:
        return config_with(tmp_path, f'kind = "sql"\ndatabase = "sqlite:///crm.db"\nquery = """{query}"""')

    return made


def test_a_query_is_asked_once_for_each_fact_and_a_customer_found_twice_stands_once(from_sqlite):
    [found] = ask(from_sqlite(), emails=("MEL@ortega.example",), ids=("K-1001",), phones=("+431",))
    assert found == CustomerRecord(MEL.email, MEL.name, MEL.phone, MEL.customer_id)


@pytest.mark.parametrize("name", ["' or 1=1 --", "%", "x' union select * from people --"])
def test_a_claim_is_never_part_of_the_query(from_sqlite, name):
    assert ask(from_sqlite(), name=name, emails=(name,), ids=(name,)) == []


def test_the_database_is_never_written(from_sqlite, tmp_path):
    with pytest.raises(CustomersWrong, match="refused"):
        ask(from_sqlite("delete from people where mail = :email"), emails=(MEL.email,))
    assert sqlite3.connect(tmp_path / "crm.db").execute("select count(*) from people").fetchone() == (2,)


def test_a_query_with_missing_columns_says_which(from_sqlite):
    with pytest.raises(CustomersWrong, match="lack the column 'email' in the query"):
        ask(from_sqlite("select mail, name from people where name = :name"), name="Mel Ortega")


def test_a_database_that_is_away_is_a_fault_of_the_world(from_sqlite, tmp_path):
    config = from_sqlite()
    (tmp_path / "crm.db").unlink()
    with pytest.raises(CustomersUnreachable):
        ask(config, name="Mel Ortega")
    assert not (tmp_path / "crm.db").exists()


def test_a_query_that_asks_for_nobody_is_refused_when_the_file_is_read(tmp_path):
    with pytest.raises(ConfigWrong, match="at least one of :email"):
        config_with(tmp_path, 'kind = "sql"\ndatabase = "sqlite:///crm.db"\nquery = "select * from people"')


def test_postgresql_is_asked_read_only_with_bound_parameters(tmp_path):
    import psycopg

    from privbot.testing.postgresql import postgresql

    with postgresql() as address:
        with psycopg.connect(f"{address}/privbot") as crm:
            crm.execute("create table people (mail text, name text, phone text, number text)")
            crm.cursor().executemany(
                "insert into people values (%s, %s, %s, %s)",
                [(one.email, one.name, one.phone, one.customer_id) for one in (MEL, JO)],
            )

        def made(query: str) -> Config:
            return config_with(tmp_path, f'kind = "sql"\ndatabase = "{address}/privbot"\nquery = """{query}"""')

        assert ask(made(QUERY + " or name like '100%'"), emails=(MEL.email,), name="100%")[0].name == "Mel Ortega"
        with pytest.raises(CustomersWrong, match="refused"):
            ask(made("delete from people where mail = :email returning mail as email, name"), emails=(MEL.email,))
        with pytest.raises(CustomersWrong, match="refused"):
            ask(made("select nothing from nowhere where x = :email::text"), emails=(MEL.email,))
    with pytest.raises(CustomersUnreachable):
        ask(made(QUERY), emails=(MEL.email,))


# -- a service -----------------------------------------------------------------------------------------------------------


class Service(ThreadingHTTPServer):
    """A customer service on loopback, which answers what it is told to and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status, self.body, self.headers = 200, b'{"customers": []}', {}
        self.asked: list[tuple[str, dict, str | None]] = []


class _Handler(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        claim = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, claim, self.headers["Authorization"]))
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def service():
    with Service() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def from_service(service, tmp_path, monkeypatch):
    monkeypatch.setenv("CRM_TOKEN", "a-token")
    url = f"http://127.0.0.1:{service.server_port}/privacy"
    return config_with(tmp_path, f'kind = "http"\nurl = "{url}"\ntoken = {{ env = "CRM_TOKEN" }}\ntimeout_seconds = 2')


def test_a_service_is_asked_in_the_body_and_answers_customers(service, from_service):
    service.body = json.dumps(
        {"customers": [{"email": MEL.email, "name": MEL.name, "phone": None, "customer_id": 1001, "vip": True}]}
    ).encode()
    found = ask(from_service, emails=(MEL.email,), name=MEL.name)
    assert found == [CustomerRecord(MEL.email, MEL.name, "", "1001")]
    claim = {"emails": [MEL.email], "name": MEL.name, "phones": [], "ids": [], "wallets": []}
    assert service.asked == [("/privacy", claim, "Bearer a-token")]


@pytest.mark.parametrize(
    ("status", "body", "fault", "words"),
    [
        (503, b"", CustomersUnreachable, "503"),
        (429, b"", CustomersUnreachable, "429"),
        (401, b"", CustomersWrong, "check url and token"),
        (302, b"", CustomersWrong, "redirects are not followed"),
        (200, b"<html>", CustomersWrong, "docs/customers.md"),
        (200, b'{"customers": ["mel"]}', CustomersWrong, "docs/customers.md"),
        (200, b'{"customers": [{"mail": "mel@ortega.example"}]}', CustomersWrong, "'email', 'name'"),
        (200, b" " * (customers.LONGEST_ANSWER + 1), CustomersWrong, "too much"),
    ],
)
def test_a_service_that_answers_otherwise_is_said_in_one_sentence(service, from_service, status, body, fault, words):
    service.status, service.body, service.headers = status, body, {"Location": "https://elsewhere.example/"}
    with pytest.raises(fault) as caught:
        ask(from_service, emails=(MEL.email,))
    assert words in str(caught.value) and MEL.email not in str(caught.value)
    assert len(service.asked) == 1


def test_a_service_that_is_silent_is_a_fault_of_the_world(tmp_path):
    config = config_with(tmp_path, f'kind = "http"\nurl = "http://127.0.0.1:{free_port()}/"')
    with pytest.raises(CustomersUnreachable):
        ask(config, name="Mel")


def test_a_certificate_is_checked(service, tmp_path):
    authority = make_certificates(tmp_path)
    secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    secure.load_cert_chain(tmp_path / "server.pem", tmp_path / "server.key")
    service.socket = secure.wrap_socket(service.socket, server_side=True)
    section = f'kind = "http"\nurl = "https://localhost:{service.server_port}/"\n'
    assert ask(config_with(tmp_path, section + f'ca_file = "{authority}"'), name="Mel") == []
    with pytest.raises(CustomersWrong, match="certificate"):
        ask(config_with(tmp_path, section), name="Mel")


@pytest.mark.parametrize(
    "url", ["http://customers.harbour.example/", "ftp://127.0.0.1/", "https://user@customers.harbour.example/", "https://"]
)
def test_an_address_that_would_tell_strangers_is_refused_when_the_file_is_read(tmp_path, url):
    with pytest.raises(ConfigWrong, match="url"):
        config_with(tmp_path, f'kind = "http"\nurl = "{url}"')


def test_without_customer_records_nobody_is_a_candidate(config):
    assert customers.candidates(config, "lumen", Claim(name="Mel")) == []


def test_the_log_tells_nothing_of_it(service, from_service, capfd):
    from privbot import logs

    logs.to_standard_error(0)
    ask(from_service, emails=(MEL.email,), name=MEL.name)
    said = capfd.readouterr()
    assert "ortega" not in (said.out + said.err).lower()
