"""What is listed and sent within one's scope, and test messages."""

from __future__ import annotations

import json

import pytest

from numctl.core.actions import organizations
from numctl.core.actions.opening import open_store
from numctl.core.actions.perform import perform
from tests.mail.outbox import (
    ACT,
    plain_text,
)
from tests.postoffice import (
    PostOffice,
)

# Scope.


def test_only_mail_in_scope_is_listed_and_sent(numctl, box, plain: PostOffice) -> None:
    box.queue("root@acme.example", organization=1, facts={"organization": "Acme"})
    box.queue("sales@acme.example", organization=2, facts={"organization": "Acme/Sales"})
    box.queue("lab@acme.example", organization=3, facts={"organization": "Acme/Lab"})
    rows = json.loads(numctl("mail", "list", "--as", "Sales", "-o", "json").out)
    assert [(row["organization"], row["to"]) for row in rows] == [("Acme/Sales", ["sales@acme.example"])]
    assert numctl("mail", "send", "--as", "Sales").code == 0
    assert box.column("state") == ["waiting", "sent", "waiting"]
    box.execute("UPDATE message SET state = 'failed' WHERE state = 'waiting'")
    assert numctl("mail", "send", "--as", "Sales", "--failed").out == "Sent nothing.\n"
    assert box.column("state") == ["failed", "sent", "failed"]


def test_mail_of_a_removed_organization_is_the_root_s(numctl, box, plain: PostOffice) -> None:
    box.queue("lab@acme.example", organization=3, facts={"organization": "Acme/Lab"})
    with open_store(box.path) as store:
        perform(store, ACT, "test", lambda op: organizations.remove(op, "Lab"))
    (row,) = json.loads(numctl("mail", "list", "-o", "json").out)
    assert row["organization"] == "Acme/Lab"
    assert numctl("mail", "send").code == 0
    assert len(plain.taken) == 1


def test_list_has_its_fields(numctl, box) -> None:
    box.queue("jo@acme.example", "kim@acme.example")
    (row,) = json.loads(numctl("mail", "list", "-o", "json").out)
    assert row == {
        "id": 1,
        "at": ACT.at,
        "organization": "Acme",
        "to": ["jo@acme.example", "kim@acme.example"],
        "subject": "Hello",
        "state": "waiting",
        "attempts": 0,
        "last_error": None,
        "sent_at": None,
    }
    header, line = numctl("mail", "list", "-o", "csv").out.splitlines()
    assert header == "id,at,organization,to,subject,state,attempts,last_error,sent_at"
    assert '"jo@acme.example, kim@acme.example"' in line


def test_no_mail_is_an_empty_list(numctl, box) -> None:
    ending = numctl("mail", "list", "-o", "json")
    assert (ending.code, json.loads(ending.out), ending.err) == (0, [], "")


# mail test.


def test_a_test_message_goes_at_once_and_needs_no_store(numctl, plain: PostOffice) -> None:
    ending = numctl("mail", "test", " jo@acme.example ", "-o", "json")
    assert ending.code == 0
    assert json.loads(ending.out)[0]["to"] == "jo@acme.example"
    ((recipients, message),) = plain.taken
    assert recipients == ["jo@acme.example"]
    assert "all is well" in plain_text(message)


def test_a_refused_test_message_says_why(numctl, plain: PostOffice) -> None:
    plain.answers["RCPT"] = "550 nobody here"
    ending = numctl("mail", "test", "jo@acme.example")
    assert (ending.code, ending.out) == (1, "")
    assert "550 nobody here" in ending.err


@pytest.mark.parametrize("address", ["jo", "a@b, c@d", "=?utf-8?q?a=2Cb?=@c.example", "a@b\r\nBcc: c@d"])
def test_a_bad_address_gets_no_test_message(numctl, plain: PostOffice, address: str) -> None:
    assert numctl("mail", "test", address).code == 2
    assert plain.connections == 0
