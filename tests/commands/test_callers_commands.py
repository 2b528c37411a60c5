"""`chengxin-hub people | freeze | thaw | frozen`: what operators type, and what they are told."""

import json
import re

import pytest
from sqlalchemy import insert, update

from auth.roles import Role
from hub.store.caller_tables import people, stops
from tests.commands.office import CITIZEN, CLERK, opened
from tests.commands.running import run

SAID_CITIZEN = "输入疑似居民身份证号"


@pytest.fixture
def office(tmp_path):
    """A hub whose clerks are bound to a division."""
    with opened(tmp_path / "hub") as found:
        yield found


# ---------------------------------------------------------------- people


@pytest.mark.parametrize(
    "words",
    [
        (CITIZEN, *CLERK),
        ("zhang", *CLERK, "--label", f"张三 {CITIZEN}"),
        ("zhang", *CLERK, "--certificate", CITIZEN),
        ("zhang", *CLERK, "--certificate", "110105 19491231 002X"),
        ("zhang", *CLERK, "--binding", f"division={CITIZEN}"),
        ("zhang", *CLERK, "--purpose", CITIZEN),
        ("zhang", *CLERK, "--department", CITIZEN),
    ],
)
def test_no_citizen_number_is_taken(office, words):
    """Whatever it was typed as, it is refused by the hub's sentence, and neither shown nor stored."""
    said = office.refused("people", "add", *words)
    assert SAID_CITIZEN in said
    assert CITIZEN not in said
    assert CITIZEN.encode() not in office.store()
    assert office.rows("SELECT count(*) FROM people") == [(0,)]


@pytest.mark.parametrize(
    "words",
    [
        ("people", "end", CITIZEN),
        ("freeze", "person", CITIZEN, "--reason", "x"),
        ("freeze", "client", "portal", "--reason", CITIZEN),
        ("clients", "secret", CITIZEN),
        ("clients", "withdraw", CITIZEN),
    ],
)
def test_no_citizen_number_is_shown_again(office, words):
    """A command that looks something up refuses one as well."""
    said = office.refused(*words)
    assert SAID_CITIZEN in said
    assert CITIZEN not in said


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("zhang", *CLERK, "--purpose", "SERVCE"), "did you mean SERVICE?"),
        (("zhang", *CLERK, "--department", "markt"), "是否应为 market?"),
        (("zhang", *CLERK, "--binding", "divison=440106"), "did you mean division?"),
        (("zhang", *CLERK, "--binding", "division"), "名称=值"),
        (("zhang", *CLERK, "--binding", "=440106"), "NAME=VALUE"),
        (("zhang", *CLERK, "--role", "AUDIT", "--binding", "division=440106"), "There is none"),
        (("zhang", *CLERK, "--label", ""), "--label 须为 1 到"),
        (("zhang", *CLERK, "--label", " \u200b "), "--label 须为 1 到"),
        (("zhang", *CLERK, "--certificate", " "), "--certificate 须为"),
        (("zhang", *CLERK, "--role", "PUBLIC"), "公众无须账号"),
        (("zhang", *CLERK, "--role", "MERCHANT", "--department", "health"), "即 market"),
        (("z", *CLERK), "2–64"),
        (("zhang san", *CLERK), "2–64"),
        (("张三", *CLERK), "2–64"),
        (("0123456789abcdef01234567", *CLERK), "person's id"),
    ],
)
def test_an_account_that_cannot_be_is_refused(office, words, sentence):
    """Every mistake has its sentence, and nothing is added."""
    assert sentence in office.refused("people", "add", *words)
    assert office.rows("SELECT count(*) FROM people") == [(0,)]
    assert office.acts() == []


def test_a_password_is_shown_once_and_alone(office):
    """It stands on the standard output for scripts, labelled on the other, and nowhere in the store."""
    told = office.done("people", "add", "Zhang", *CLERK, "--binding", "division=440106", "--purpose", "SERVICE")
    password = told.stdout.removesuffix("\n")
    assert re.fullmatch(r"\S{8,}", password)
    made = office.account("zhang")
    assert made.id in told.stderr
    assert "密码" in told.stderr
    assert password not in told.stderr
    assert (made.username, made.bindings, made.purposes) == ("zhang", {"division": ("440106",)}, ("SERVICE",))
    assert password.encode() not in office.store()
    assert office.acts() == [("PERSON_ADDED", "CLERK")]


def test_account_names_differ_by_more_than_case(office):
    """An account name that somebody has is taken, however it is written."""
    office.done("people", "add", "zhang", *CLERK)
    said = office.refused("people", "add", "ZHANG", *CLERK, code=1)
    assert "people change" in said
    assert office.acts() == [("PERSON_ADDED", "CLERK")]


def test_an_officer_without_a_certificate_is_warned_of(office):
    """What they will see is said where the account is made, and only then."""
    officer = (*CLERK[:-1], "OFFICER")
    assert "公众可见" in office.done("people", "add", "zhang", *officer).stderr
    assert "公众可见" not in office.done("people", "add", "li", *officer, "--certificate", "08120000001").stderr


def test_a_merchant_is_of_the_merchants_department(office):
    """There they are added as others are."""
    office.done("people", "add", "shop", *CLERK[:-1], "MERCHANT")
    assert office.account("shop").role is Role.MERCHANT


def test_only_what_is_given_changes(office):
    """The rest stays, tokens from before end, and the record says what changed but not to what."""
    office.done("people", "add", "zhang", *CLERK, "--binding", "division=440106", "--purpose", "SERVICE")
    before = office.account("zhang")
    office.done("people", "change", "ZHANG", "--label", "张三丰")
    after = office.account("zhang")
    assert (after.label, after.role, after.bindings) == ("张三丰", before.role, before.bindings)
    assert after.purposes == ("SERVICE",)
    assert office.rows("SELECT kind, name, frozen, reason FROM stops") == [("PERSON", before.id, 0, "PERSON_CHANGED")]
    assert office.acts()[-1] == ("PERSON_CHANGED", "GRANTED")
    (entry,) = office.rows("SELECT body FROM entries ORDER BY position DESC LIMIT 1")
    assert json.loads(entry[0])["told"] == {"changed": "label"}
    assert "张三".encode() not in office.store()


def test_lists_are_replaced_and_taken_away(office):
    """One empty text takes away what was there."""
    office.done("people", "add", "zhang", *CLERK, "--binding", "division=440106", "--purpose", "SERVICE")
    office.done("people", "change", "zhang", "--binding", "division=440103", "--purpose", "INSPECTION")
    assert office.account("zhang").bindings == {"division": ("440103",)}
    office.done("people", "change", "zhang", "--binding", "", "--purpose", "")
    made = office.account("zhang")
    assert (made.bindings, made.purposes) == ({}, ())


def test_another_certificate_is_not_known_yet(office):
    """What the source said of the one before is forgotten; of the same one it is kept."""
    office.done("people", "add", "li", *CLERK[:-1], "OFFICER", "--certificate", "08120000001")
    person = office.account("li").id
    known = update(people).where(people.c.id == person).values(certificate_checked_at=5, certificate_until=6)
    office.hub.attendant.perform(lambda ledger: ledger.connection.execute(known) and None)
    office.done("people", "change", "li", "--certificate", "08120000001", "--label", "李四")
    assert office.account("li").certificate_until == 6
    office.done("people", "change", "li", "--certificate", "08120000003")
    made = office.account("li")
    assert (made.certificate_no, made.certificate_checked_at, made.certificate_until) == ("08120000003", None, None)
    assert "公众可见" in office.done("people", "change", "li", "--certificate", "").stderr


def test_addresses_for_notices(office):
    """Are sealed, shown masked, changed and taken away without ending a sign-in, and forgotten with the account."""
    email, phone = "zhang.san@example.gov.cn", "+86 138 0000 0099"
    office.done("people", "add", "zhang", *CLERK, "--email", email, "--phone", phone)
    made = office.account("zhang")
    assert (made.email, made.phone) == (email, phone)
    for address in (email, phone):
        assert address.encode() not in office.store()
    listed = office.done("people", "list").stdout
    assert "z***@example.gov.cn  ***99" in listed
    assert email not in listed
    office.done("people", "change", "zhang", "--email", "other@example.gov.cn", "--phone", "")
    made = office.account("zhang")
    assert (made.email, made.phone) == ("other@example.gov.cn", None)
    assert office.rows("SELECT count(*) FROM stops") == [(0,)]
    assert office.acts()[-1] == ("PERSON_CHANGED", "GRANTED")
    office.done("people", "change", "zhang", "--label", "张三丰")
    assert office.account("zhang").email == "other@example.gov.cn"
    office.done("people", "end", "zhang")
    assert office.rows("SELECT email, phone FROM people") == [(None, None)]


@pytest.mark.parametrize(
    ("option", "text"),
    [("--email", "zhang"), ("--email", "a@b.cn, c@d.cn"), ("--email", "a@b.cn\nBcc: c@d.cn"), ("--phone", "call me")],
)
def test_what_is_no_address(office, option, text):
    """Is refused, and nothing is kept."""
    assert option in office.refused("people", "add", "zhang", *CLERK, option, text)
    assert office.rows("SELECT count(*) FROM people") == [(0,)]


def test_a_change_that_changes_nothing(office):
    """It is said and on record, and ends nothing; without an option it is refused."""
    office.done("people", "add", "zhang", *CLERK)
    assert "无不同" in office.done("people", "change", "zhang", "--label", "张三").stdout
    assert office.acts()[-1] == ("PERSON_CHANGED", "ALREADY")
    assert office.rows("SELECT count(*) FROM stops") == [(0,)]
    assert "--label" in office.refused("people", "change", "zhang")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--label", ""), 2),
        (("--label", CITIZEN), 2),
        (("--role", "PUBLIC"), 2),
        (("--role", "MERCHANT"), 1),
        (("--department", "markt"), 2),
        (("--purpose", "SERVCE"), 2),
        (("--binding", "divison=1"), 2),
    ],
)
def test_a_change_that_cannot_be_is_refused(office, words, code):
    """It is held to what an account is added by, and a merchant's account is another thing."""
    office.done("people", "add", "zhang", *CLERK)
    before = office.account("zhang")
    office.refused("people", "change", "zhang", *words, code=code)
    assert office.account("zhang") == before
    assert len(office.acts()) == 1


def test_people_of_other_providers_are_listed_and_named_by_id(office):
    """They stand in the list with their provider, and are frozen, thawed and ended by their id."""
    office.done("people", "add", "zhang", *CLERK)
    outsider = office.outsider()
    lines = office.done("people", "list").stdout.splitlines()
    assert [line.split("  ")[:3] for line in lines] == [
        [office.account("zhang").id, "zhang", "张三"],
        [outsider, "(portal-sso)", "外人"],
    ]
    office.signed_in(outsider)
    office.done("freeze", "person", outsider, "--reason", "失窃")
    assert office.still_signed_in() == (0, 0)
    assert office.done("people", "list").stdout.splitlines()[1].endswith("已冻结 / frozen")
    assert outsider in office.done("frozen").stdout
    office.done("thaw", "person", outsider)
    for command in (("change", "--label", "某"), ("reset",)):
        said = office.refused("people", command[0], outsider, *command[1:], code=1)
        assert "身份源" in said
    office.done("people", "end", outsider)
    assert outsider not in office.done("people", "list").stdout
    assert [act for act, _ in office.acts()][1:] == ["FROZEN", "THAWED", "PERSON_ENDED"]


def test_an_account_is_named_by_its_id_too(office):
    """The id that the list shows does for every command."""
    first = office.done("people", "add", "zhang", *CLERK).stdout
    person = office.account("zhang").id
    second = office.done("people", "reset", person)
    assert second.stdout != first
    assert "密码" in second.stderr
    office.done("people", "change", person, "--label", "某")
    office.done("freeze", "person", "zhang", "--reason", "x")
    office.done("thaw", "person", person)
    office.done("people", "end", person)
    assert "did you mean" not in office.refused("people", "end", person)


def test_a_misspelled_account_is_guessed(office):
    """What may be meant comes first, then what to do."""
    office.done("people", "add", "zhang", *CLERK)
    said = office.refused("people", "end", "zhagn")
    assert said.index("是否应为 zhang") < said.index("可选") < said.index("people list")


# ---------------------------------------------------------------- freezing


@pytest.mark.parametrize("reason", ["", " ", "\u200b", "x" * 201, "a\nb", f"见 {CITIZEN}"])
def test_a_freeze_has_a_reason(office, reason):
    """One to two hundred visible characters, and nobody's number."""
    office.refused("freeze", "client", "portal", "--reason", reason)
    assert office.rows("SELECT count(*) FROM stops") == [(0,)]
    assert office.acts() == []


def test_what_is_frozen_can_be_seen(office):
    """With kind, name or account, since when and why; until it is thawed."""
    office.done("people", "add", "zhang", *CLERK)
    assert "没有被冻结的" in office.done("frozen").stderr
    for kind, name in (("client", "portal"), ("department", "health"), ("grant", "G-1"), ("PERSON", "zhang")):
        office.done("freeze", kind, name, "--reason", f"因 {name}")
    lines = [line.split("  ") for line in office.done("frozen").stdout.splitlines()]
    assert [(kind, name, reason) for kind, name, _, reason in lines] == [
        (kind, name, f"因 {name}")
        for kind, name in (("client", "portal"), ("department", "health"), ("grant", "G-1"), ("person", "zhang"))
    ]
    assert all(re.fullmatch(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d", line[2]) for line in lines)
    clients = office.done("clients", "list").stdout
    assert re.search(r"^portal .*已冻结", clients, re.MULTILINE)
    assert re.search(r"^signing .*部门已冻结", clients, re.MULTILINE)
    assert re.search(r"^machine .*secret or key$", clients, re.MULTILINE)
    assert "此前已冻结" in office.done("freeze", "client", "portal", "--reason", "x").stdout
    office.done("thaw", "client", "portal")
    assert "并未冻结" in office.done("thaw", "client", "portal").stdout
    assert "portal" not in office.done("frozen").stdout
    assert office.acts()[-4:] == [
        ("FROZEN", "GRANTED"),
        ("FROZEN", "ALREADY"),
        ("THAWED", "GRANTED"),
        ("THAWED", "ALREADY"),
    ]


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (("clint", "portal"), "client"),
        (("client", "portl"), "portal"),
        (("department", "heath"), "health"),
        (("grant", "G-BOND"), "G-BOUND"),
    ],
)
def test_what_is_misspelled_is_guessed(office, words, meant):
    """A freeze and a thaw say what may be meant before they list what there is."""
    for command in (("freeze", *words, "--reason", "x"), ("thaw", *words)):
        said = office.refused(*command)
        assert said.index("是否应为 " + meant) < said.index("可选:") < said.index("did you mean " + meant)


def test_what_has_left_can_be_thawed(office):
    """A client that was frozen and has gone from the configuration is thawed by its name."""
    row = {"kind": "CLIENT", "name": "gone", "frozen": True, "made_at": 0, "number": 10**6, "reason": "x"}
    office.hub.attendant.perform(lambda ledger: ledger.connection.execute(insert(stops).values(row)) and None)
    assert "已解除" in office.done("thaw", "client", "gone").stdout


# ---------------------------------------------------------------- in a process


def test_the_commands_in_processes(office):
    """Exit codes and streams as a script meets them."""
    made = run(office.folder, "people", "add", "wang", *CLERK)
    assert (made.returncode, len(made.stdout.splitlines())) == (0, 1)
    taken = run(office.folder, "people", "add", "wang", *CLERK)
    assert (taken.returncode, taken.stdout) == (1, "")
    wrong = run(office.folder, "people", "add", "li", *CLERK, "--purpose", "SERVCE")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    nobody = run(office.folder, "keys", "rotate", "--at-once")
    assert (nobody.returncode, nobody.stdout.strip()) == (1, "")
    assert "--yes" in nobody.stderr
    assert "Traceback" not in taken.stderr + wrong.stderr + nobody.stderr
