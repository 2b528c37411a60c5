"""The query desk in a real browser: nothing leaves the site, nothing of the token stays behind."""

import base64
import hashlib
from pathlib import Path
from urllib.parse import unquote

import pytest

from hub.web import assets
from hub.web.graphiql import CSP, Example, graphiql_page
from tests.browser.conftest import EXAMPLES, OFFICER, PURPOSES

STATIC = Path(assets.__file__).parent / "static"
VENDOR = STATIC / "vendor" / "graphiql"
DESK, PHONE = (1280, 800), (360, 780)
LOOK, INSPECT = "[data-example='0']", "[data-example='1']"
RUN = ".graphiql-execute-button"
KEPT = "() => JSON.stringify([{...localStorage}, {...sessionStorage}, location.href, history.state, document.cookie])"
TOO_WIDE = """() => [document.documentElement, document.body, ...document.querySelectorAll('.bar, .notice, .work')]
    .filter((part) => part.scrollWidth > innerWidth).map((part) => part.className || part.tagName)"""


def query_text(page):
    return page.evaluate("() => document.querySelector('.graphiql-query-editor .CodeMirror').CodeMirror.getValue()")


def root_fields(page):
    """What the docs pane lists under Query; a new schema puts the pane back to its first page."""
    page.wait_for_selector("#notice[data-state=ready]")
    if page.locator(".graphiql-doc-explorer").count() == 0:
        page.click("[aria-label='Show Documentation Explorer']")
    page.click(".graphiql-doc-explorer-type-name >> text='Query'")
    return page.locator(".graphiql-doc-explorer-field-name").all_inner_texts()


def test_page_loads_from_its_own_site_alone(visit):
    """Loading the page fetches eight files of ours and the schema, asks nobody else and draws no complaint."""
    paths = [url.removeprefix(visit.hub.url) for url in visit.fetched]
    assert visit.off_site == []
    assert visit.complaints == []
    assert paths.count("graphql") == 1
    assert len({path for path in paths if path.startswith("static/")}) == 8


def test_dialogs_menus_and_panes_respect_the_policy(visit):
    """Every dialog, pane and menu of GraphiQL works under the strict policy; only the hash of one style is listed."""
    page = visit.page
    page.click(LOOK)
    page.click(RUN)
    assert root_fields(page) == ["entity"]
    page.click("[aria-label='Show History']")
    for name in "short keys", "settings":
        page.click(f"[aria-label='Open {name} dialog']")
        page.wait_for_selector(".graphiql-dialog")
        page.keyboard.press("Escape")
        page.wait_for_selector(".graphiql-dialog", state="detached")
    page.click(".graphiql-query-editor .CodeMirror-lines")
    page.keyboard.press("Control+a")
    page.keyboard.type("query A { entity { name } } query B { entity { nam ")
    page.keyboard.press("Control+Space")
    page.wait_for_selector(".CodeMirror-hints")
    page.keyboard.press("Escape")
    page.wait_for_selector(".CodeMirror-lint-mark-error")
    page.click(RUN)
    page.wait_for_selector("[role=menuitem]")
    page.keyboard.press("Escape")
    assert visit.complaints == []
    assert visit.off_site == []
    assert "unsafe" not in CSP


def test_an_example_is_loaded_and_answered(visit):
    """One click puts an example into the editor, one more shows its answer."""
    visit.page.click(LOOK)
    assert query_text(visit.page) == EXAMPLES[0].query
    visit.page.click(RUN)
    assert "肇东市示例粮油店" in visit.answer()


def test_an_example_works_from_the_keyboard(visit):
    """Enter on an example loads it with its variables and moves to the editor, where Ctrl+Enter runs it."""
    visit.use_token(OFFICER)
    visit.page.focus(INSPECT)
    visit.page.keyboard.press("Enter")
    visit.page.keyboard.press("Control+Enter")
    answer = visit.answer()
    assert "食品检查" in answer
    assert "价格检查" not in answer
    assert visit.hub.questions[-1].body["variables"] == {"limit": 2}


def test_an_example_never_overwrites_own_work(visit):
    """After a text of one's own the next example opens in a new tab, and the text is still in the first."""
    page = visit.page
    page.click(LOOK)
    page.keyboard.press("Control+End")
    page.keyboard.type("# mine")
    page.click(INSPECT)
    page.wait_for_selector("[role=tab] >> nth=1")
    assert query_text(page) == EXAMPLES[1].query
    page.click("[role=tab] >> nth=0")
    assert query_text(page).endswith("# mine")


def test_the_token_is_sent_and_kept_nowhere(visit):
    """The bearer token goes with the question and is in no storage, address or cookie, nor back after reload."""
    visit.use_token(f"Bearer {OFFICER}")
    visit.page.click(LOOK)
    visit.page.click(RUN)
    visit.answer()
    assert visit.hub.questions[-1].headers["authorization"] == f"Bearer {OFFICER}"
    visit.page.wait_for_function("() => sessionStorage.getItem('graphiql:queries')")
    kept = visit.page.evaluate(KEPT)
    assert OFFICER not in kept
    assert "uthorization" not in kept
    assert OFFICER not in "".join(visit.fetched)
    visit.page.reload()
    assert visit.page.input_value("#token") == ""


def test_a_question_does_not_outlive_the_tab(visit):
    """Questions and variables may name people: localStorage holds none of them."""
    visit.page.click(LOOK)
    visit.page.click(RUN)
    visit.answer()
    visit.page.wait_for_function("() => sessionStorage.getItem('graphiql:queries')")
    assert "entity" not in visit.page.evaluate("() => JSON.stringify({...localStorage})")


def test_purpose_and_case_are_sent_percent_encoded(visit):
    """Both headers carry percent-encoded UTF-8 and are left out while their fields are empty."""
    first = visit.hub.asked[0].headers
    assert "hub-purpose" not in first
    assert "hub-case" not in first
    assert "authorization" not in first
    visit.page.select_option("#purpose", "现场检查")
    visit.page.fill("#case", " 肇市监检〔2024〕18号 ")
    visit.page.click(LOOK)
    visit.page.click(RUN)
    visit.answer()
    headers = visit.hub.questions[-1].headers
    assert headers["hub-purpose"].isascii()
    assert unquote(headers["hub-purpose"]) == "现场检查"
    assert headers["hub-case"].isascii()
    assert unquote(headers["hub-case"]) == "肇市监检〔2024〕18号"
    assert headers["accept"] == "application/graphql-response+json, application/json"


def test_an_example_brings_its_purpose(visit):
    """Loading an example chooses the purpose it is meant for, and the schema is read for that purpose."""
    with visit.page.expect_response("**/graphql"):
        visit.page.click(INSPECT)
    assert visit.page.input_value("#purpose") == "现场检查"
    assert unquote(visit.hub.asked[-1].headers["hub-purpose"]) == "现场检查"


def test_the_docs_follow_the_token(visit):
    """A new token reads the schema once again, and the docs pane shows what that caller may ask."""
    assert root_fields(visit.page) == ["entity"]
    asked = len(visit.hub.asked)
    visit.use_token(OFFICER)
    assert root_fields(visit.page) == ["entity", "inspections"]
    assert len(visit.hub.asked) == asked + 1
    visit.use_token("")
    assert root_fields(visit.page) == ["entity"]


def test_a_refused_schema_is_explained_and_gone(visit):
    """After a bad token the page says why in both languages with the number to quote, and keeps no older schema."""
    page = visit.page
    visit.use_token(OFFICER)
    assert root_fields(page) == ["entity", "inspections"]
    visit.use_token("wrong")
    page.wait_for_selector("#notice[data-state=failed]")
    said = page.inner_text("#notice-text")
    assert "令牌无效。" in said
    assert "The token is not valid. [R-1]" in said
    assert "inspections" not in page.inner_text(".graphiql-plugin")
    page.evaluate("() => { document.getElementById('token').value = '' }")
    page.click("#again")
    assert root_fields(page) == ["entity"]


@pytest.mark.parametrize(("breakage", "zh"), [("abort", "连不上网关"), ("html", "没有按 GraphQL 回答（HTTP 502）")])
def test_a_broken_answer_is_said_in_words(visit, breakage, zh):
    """A hub that cannot be reached, or a proxy's error page, becomes one plain sentence."""
    broken = {
        "abort": lambda route: route.abort(),
        "html": lambda route: route.fulfill(status=502, body="<h1>Bad</h1>"),
    }
    visit.page.route("**/graphql", broken[breakage])
    visit.page.select_option("#purpose", "公众查询")
    visit.page.wait_for_selector("#notice[data-state=failed]")
    assert zh in visit.page.inner_text("#notice-text")


def test_a_token_that_cannot_be_a_header_is_not_sent(visit):
    """A token with Chinese or control characters is refused on the page instead of failing in the browser."""
    asked = len(visit.hub.asked)
    visit.use_token("令牌")
    visit.page.wait_for_selector("#notice[data-state=failed]")
    assert "重新粘贴" in visit.page.inner_text("#notice-text")
    assert len(visit.hub.asked) == asked


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_a_phone_scrolls_in_one_direction(visit):
    """At 360 px nothing is wider than the window, the fields stand under each other and an example still runs."""
    page = visit.page
    assert page.evaluate(TOO_WIDE) == []
    tops = [page.locator(field).bounding_box()["y"] for field in ("#token", "#purpose", "#case")]
    assert tops == sorted(set(tops))
    page.click("#examples summary")
    assert page.evaluate(TOO_WIDE) == []
    page.click(LOOK)
    page.click(RUN)
    assert "肇东市示例粮油店" in visit.answer()
    assert page.evaluate(TOO_WIDE) == []
    assert visit.complaints == []


def test_the_page_embeds_its_content_as_inert_text():
    """A title or query with markup cannot end the block of data or become an element."""
    hostile = "</script><img src=x onerror=alert(1)>"
    page = graphiql_page([Example(hostile, hostile, hostile, hostile, hostile)], PURPOSES)
    assert hostile not in page
    assert "<img src=x" not in page


def test_vendored_files_are_the_published_ones():
    """Every vendored file has the sum written beside it, and none is without one."""
    lines = (VENDOR / "sha256.txt").read_text("utf-8").splitlines()
    sums = {name: digest for digest, name in (line.split() for line in lines)}
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in VENDOR.iterdir()}
    del files["sha256.txt"], files["VENDOR.md"]
    assert files == sums


def test_the_policy_names_what_graphiql_inserts():
    """The policy lists one style by hash and nothing by unsafe keyword."""
    listed = [part for part in CSP.split() if part.startswith("'sha256-")]
    assert len(listed) == 1
    assert len(base64.b64decode(listed[0].removeprefix("'sha256-").rstrip(";").rstrip("'"))) == 32
