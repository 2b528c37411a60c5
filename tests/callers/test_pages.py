"""What somebody reads who cannot go on: why, what to do, another account, and a number that is in the log."""

import re

import pytest
from structlog.testing import capture_logs

from auth.roles import Role
from auth.standing import Stopped
from hub.callers.stopping import freeze
from tests.callers.intruder import Browser, hidden, parameters, place
from tests.callers.stand import PASSWORD, Stand

NUMBER = re.compile(r'<p class="code">([0-9A-Za-z-]{8,})</p>')


def frozen(stand: Stand, kind: Stopped, name: str) -> None:
    """Freeze somebody or something."""
    stand.act(lambda ledger: freeze(ledger.connection, kind, name, ledger.now, "a test"))


def test_an_officer_reads_why_they_ask_as_the_public(stand):
    """Without a valid certificate the page of consent says so; with one it does not."""
    assert "您的执法证件已过期、被暂停或查不到" in Browser(stand).consent("lapsed", "field").text
    assert "您的执法证件" not in Browser(stand).consent("officer", "field").text


@pytest.mark.parametrize(
    ("wrong", "client", "right"), [("nurse", "field", "right-officer"), ("clerk", "portal", "right-clerk")]
)
def test_somebody_goes_on_with_another_account(stand, wrong, client, right):
    """Whoever may not use an application, or would rather be somebody else, signs in anew for the same request."""
    browser = Browser(stand)
    page = browser.enter(browser.begin(client), wrong)
    assert page.status_code == (403 if client == "field" else 200)
    page = browser.follow(browser.post(page, decision="another"))
    assert place(page) == "/oauth/sign-in"
    assert not [name for name in browser.web.cookies if name.endswith("session")]
    stand.add(right, Role.OFFICER if client == "field" else Role.CLERK)
    page = browser.enter(page, right)
    assert place(page) == "/oauth/consent"
    answer = parameters(browser.post(page, decision="allow").headers["location"])
    assert answer["state"] == "s-1"
    assert "code" in answer


def test_nobody_else_has_somebody_sign_in_anew(stand):
    """The button works with the mark of its own page alone: another site's form changes nothing."""
    browser = Browser(stand)
    page = browser.consent("clerk")
    forged = browser.web.post(str(page.url), data={**hidden(page), "csrf": "x", "decision": "another"})
    assert forged.status_code == 403
    assert place(browser.web.get(str(page.url))) == "/oauth/consent"
    address = {"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"}
    told = browser.web.post(str(page.url), data={**hidden(page), "decision": "another"}, headers=address)
    assert told.status_code == 403
    assert browser.web.get(str(page.url)).status_code == 200


@pytest.mark.parametrize(
    ("changed", "code", "client"),
    [
        ({"client": "no-such-client"}, "CLIENT_UNKNOWN", ""),
        ({"client": "machine"}, "CLIENT_NO_SIGN_IN", "machine"),
        ({"redirect_uri": "https://elsewhere.example/"}, "REDIRECT_UNREGISTERED", "portal"),
    ],
)
def test_the_number_on_a_page_is_in_the_log(stand, changed, code, client):
    """Where an application's request stops, the log says under the number on the page why, and through which client."""
    with capture_logs() as lines:
        page = Browser(stand).begin(**changed)
    (number,) = NUMBER.findall(page.text)
    (line,) = [line for line in lines if line.get("request_id") == number]
    assert (line["log_level"], line["code"], line["client"]) == ("info", code, client)


def test_whoever_is_not_admitted_finds_the_number_in_the_log(stand):
    """The page for a wrong account has a number as well, and no name stands in the log."""
    browser = Browser(stand)
    with capture_logs() as lines:
        page = browser.enter(browser.begin("field"), "nurse")
    (number,) = NUMBER.findall(page.text)
    (line,) = [line for line in lines if line.get("request_id") == number]
    assert (line["code"], line["client"]) == ("PERSON_NOT_ALLOWED", "field")
    assert "nurse" not in str(lines)


def test_what_is_frozen_is_called_so(fresh):
    """A frozen client, person or department is not said to be unknown or of the wrong department."""
    stand = fresh
    frozen(stand, Stopped.PERSON, stand.accounts["clerk"].id)
    browser = Browser(stand)
    page = browser.enter(browser.begin("portal"), "clerk")
    assert (page.status_code, "您的账号已被停用" in page.text) == (403, True)
    frozen(stand, Stopped.CLIENT, "portal")
    page = Browser(stand).begin("portal")
    assert (page.status_code, "这个应用已被停用" in page.text) == (400, True)
    frozen(stand, Stopped.DEPARTMENT, "market")
    assert "这个应用已被停用" in Browser(stand).begin("field").text


def test_too_many_wrong_codes_are_called_so(stand):
    """The fifth wrong code ends the sign-in, and the page says that rather than that it took too long."""
    stand.add("fumbling", Role.OFFICER)
    browser = Browser(stand)
    page = browser.follow(browser.post(browser.begin(), username="fumbling", password=PASSWORD))
    told = [browser.post(page, code="000000") for _ in range(5)]
    assert "或已经用过" in told[0].text
    assert (told[-1].status_code, "验证码错了太多次" in told[-1].text) == (401, True)


def test_going_back_after_the_end_reads_true(stand):
    """Whoever has agreed and goes back reads that it is done or too late, not that they aren't signed in."""
    browser = Browser(stand)
    page = browser.consent("clerk")
    browser.post(page, decision="allow")
    back = browser.web.get(str(page.url))
    assert back.status_code == 400
    assert "这一步已经办完或已超时" in back.text
    assert "没有登录" not in back.text


@pytest.mark.parametrize("path", ["/oauth/password", "/oauth/device"])
def test_what_no_application_asked_for_begins_again_here(stand, path):
    """There is no application to go back to from a change of password or a device's page: a link begins anew."""
    late = "/oauth/device/confirm" if path == "/oauth/device" else path
    page = Browser(stand).web.get(f"{late}?ticket=gone")
    assert f'href="{path}"' in page.text
    assert Browser(stand).web.get(path, follow_redirects=True).status_code == 200


def test_a_change_of_password_names_no_empty_department(stand):
    """Whoever is not signed in and wants another password reads what they sign in to."""
    browser = Browser(stand)
    page = browser.follow(browser.web.get("/oauth/password"))
    assert "您将登录“账号管理”。" in page.text


def test_whose_password_is_elsewhere_is_told_where(stand):
    """Somebody without a password of the hub gets no form for one, neither to read nor to send."""
    browser = Browser(stand)
    stand.add("elsewhere", Role.CLERK)
    browser.consent("elsewhere")

    def forget(ledger):
        ledger.people._set(stand.accounts["elsewhere"].id, {"password": None})

    stand.act(forget)
    page = browser.follow(browser.web.get("/oauth/password"))
    assert "密码在您登录所用的平台修改" in page.text
    assert "<form" not in page.text


def test_names_are_typed_in_any_case(stand):
    """An account name in capitals, with blanks around it, is the same name."""
    browser = Browser(stand)
    page = browser.follow(browser.post(browser.begin(), username=" CLERK ", password=PASSWORD))
    assert place(page) == "/oauth/consent"


def test_signing_out_says_what_goes_on(stand):
    """Before and after, the page says that applications which are signed in stay so."""
    browser = Browser(stand)
    browser.consent("clerk")
    page = browser.web.get("/oauth/sign-out")
    assert "已经登录的应用和设备不受影响" in page.text
    assert "已经登录的应用和设备不受影响" in browser.post(page).text


def test_an_account_without_anything_is_not_told_apart(stand):
    """A name that nobody has and a wrong password are answered in the same words, whatever its case."""
    told = []
    for name in ("CLERK", "nobody", "Nobody"):
        browser = Browser(stand)
        page = browser.post(browser.begin(), username=name, password="wrong horse battery")
        told.append((page.status_code, re.sub(r'value="[^"]*"', "", page.text)))
    assert told[0] == told[1] == told[2]
