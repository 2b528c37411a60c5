"""The pages of a sign-in, as text: what every page has, what none may have, and that no value becomes markup."""

import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markupsafe import escape

from hub.web import assets, words_endings, words_sign_in
from hub.web.sign_in import Alert, page_headers, render
from tests.unit.sign_in_pages import (
    CONSENT,
    ENDINGS,
    ENROLMENT,
    FORMS,
    PAGES,
    PASSWORD,
    REPEATED,
    SECOND_FACTOR,
    SIGN_IN,
    hostile,
    name,
)

HOSTILE = "\"'><script>alert(1)</script>{0}{minutes}{{ 7*7 }}"
HTML = Path(assets.__file__).parent
CSS = (HTML / "static" / "hub.css").read_text("utf-8")
VOID = {"br", "img", "input", "link", "meta"}


class Tree(HTMLParser):
    """Every element with its attributes in order, and the text of those that were asked for."""

    def __init__(self, page, request_id=""):
        super().__init__()
        self.found: list = []
        self.open: list = []
        self.texts: dict = {}
        self.feed(render(page, request_id=request_id))
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append((tag, len(self.found) - 1))

    def handle_endtag(self, tag):
        opened, place = self.open.pop()
        assert opened == tag, (opened, self.found[place])

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):
        for _, place in self.open:
            self.texts[place] = self.texts.get(place, "") + data

    def all(self, *tags):
        return [attributes for tag, attributes in self.found if tag in tags]

    def text(self, **wanted):
        """The text of the first element that has these attributes."""
        for place, (_, attributes) in enumerate(self.found):
            if wanted.items() <= attributes.items():
                return " ".join(self.texts.get(place, "").split())
        raise AssertionError(f"nothing with {wanted}")

    def visible_inputs(self):
        return [one for one in self.all("input") if one["type"] != "hidden" and "hidden" not in one]


every_page = pytest.mark.parametrize("page", PAGES, ids=name)
every_form = pytest.mark.parametrize("page", [*FORMS, *REPEATED], ids=name)


@every_page
def test_a_page_has_a_language_a_title_and_one_heading(page):
    """Every page is Chinese, named, and begins with exactly one heading; nothing stands twice under one id."""
    tree = Tree(page)
    assert tree.all("html") == [{"lang": "zh-CN"}]
    assert len(tree.all("h1")) == len(tree.all("title")) == len(tree.all("main")) == 1
    ids = [attributes["id"] for _, attributes in tree.found if "id" in attributes]
    assert len(ids) == len(set(ids))


@every_page
def test_a_page_brings_no_code_or_style_of_its_own(page):
    """The strict policy is enough: one module of ours, no inline script, no style, no handler, nobody else's address."""
    tree = Tree(page)
    assert [list(script) for script in tree.all("script")] == [["type", "src"]]
    assert not tree.all("style", "iframe", "object", "base")
    for _, attributes in tree.found:
        assert not [key for key in attributes if key == "style" or key.startswith("on")]
    for address in (a.get("src") or a.get("href") for a in tree.all("script", "link", "img", "a")):
        assert address.startswith(("/static/", "/oauth/", "/x", "#", "otpauth:"))


@every_page
def test_a_value_never_becomes_markup(page):
    """A label, name or code with markup or a template in it stands on the page as text."""
    hostile_page = hostile(page, HOSTILE)
    html = render(hostile_page, request_id=HOSTILE)
    assert "<script>" not in html
    assert HOSTILE not in html
    assert "{{ 7*7 }}" in html
    counted = [len(Tree(one, "R-1").all("script", "img", "a", "input", "button")) for one in (page, hostile_page)]
    assert counted[0] == counted[1]


@every_form
def test_a_form_carries_what_the_hub_hid_in_it(page):
    """Each form is posted to the address it came from with its csrf value and its ticket."""
    tree = Tree(page)
    assert [{key: form[key] for key in form if key != "class"} for form in tree.all("form")] == [{"method": "post"}]
    hidden = {one["name"]: one["value"] for one in tree.all("input") if one["type"] == "hidden"}
    assert {"csrf": "C-1", "ticket": "T-1"}.items() <= hidden.items()


@every_form
def test_every_input_is_labelled_and_described(page):
    """Each visible input has one label above it, and what describes it stands on the page."""
    tree = Tree(page)
    ids = {attributes["id"] for _, attributes in tree.found if "id" in attributes}
    labels = [label["for"] for label in tree.all("label")]
    assert labels == [one["id"] for one in tree.visible_inputs()]
    for attributes in tree.all("input", "button"):
        assert set(attributes.get("aria-describedby", "").split()) <= ids
        assert attributes.get("data-reveal") in {None, *ids}


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (SIGN_IN, {"username": "username", "password": "current-password"}),
        (SECOND_FACTOR, {"code": "one-time-code"}),
        (ENROLMENT, {"code": "one-time-code"}),
        (PASSWORD, {"current": "current-password", "new": "new-password", "repeat": "new-password"}),
    ],
    ids=["sign-in", "second factor", "enrolment", "password"],
)
def test_browsers_know_what_to_fill_in(page, expected):
    """Each field says what it is for, codes bring up digits, and no password is ever sent back to the page."""
    inputs = {one["name"]: one for one in Tree(page).visible_inputs()}
    assert {field: one["autocomplete"] for field, one in inputs.items()} == expected
    assert all(("inputmode", "numeric") in one.items() for field, one in inputs.items() if field == "code")
    assert not [one for one in inputs.values() if one["type"] == "password" and "value" in one]


@pytest.mark.parametrize("page", REPEATED, ids=name)
def test_what_is_wrong_is_said_on_top_and_at_the_field(page):
    """An alert is announced, takes the focus, leads to its field and stands there; the field is marked for all."""
    tree = Tree(page)
    (alert,) = [attributes for _, attributes in tree.found if attributes.get("role") == "alert"]
    assert "autofocus" in alert
    assert len([attributes for _, attributes in tree.found if "autofocus" in attributes]) == 1
    assert page.alert.value.zh.format(minutes=15) in tree.text(role="alert")
    wrong = [one for one in tree.visible_inputs() if "aria-invalid" in one]
    fields = page.alert.value.fields
    assert tuple(one["name"] for one in wrong) == fields
    assert [link["href"] for link in tree.all("a") if link["href"].startswith("#")] == [f"#{f}" for f in fields[:1]]
    for one in wrong:
        assert f"{fields[0]}-problem" in one["aria-describedby"].split()
    if fields:
        assert page.alert.value.en in tree.text(id=f"{fields[0]}-problem")


def test_a_wrong_sign_in_keeps_the_name_and_tells_nothing():
    """All causes share one sentence that speaks of both fields; the name is kept, as nothing typed is lost but secrets."""
    tree = Tree(replace(SIGN_IN, alert=Alert.WRONG_CREDENTIALS, username="li.wei"))
    assert [one.get("value") for one in tree.visible_inputs()] == ["li.wei", None]
    assert "用户名或密码" in tree.text(role="alert")
    assert "15 分钟" in Tree(replace(SIGN_IN, alert=Alert.TOO_MANY_ATTEMPTS, minutes=15)).text(role="alert")


def test_consent_names_everything_that_is_asked_for():
    """Role, every purpose, every group of data, the end and where it leads stand on the page; three buttons answer."""
    tree = Tree(CONSENT)
    shown = tree.text(**{"class": "summary"})
    for words in (CONSENT.asked.role, *CONSENT.asked.purposes, *CONSENT.asked.scopes):
        assert " ".join(words) in shown
    assert "2024年6月6日 18:05 6 June 2024, 18:05" in shown
    assert "zhifa.example" in shown
    assert [(one["name"], one["value"]) for one in tree.all("button")] == [
        ("decision", "allow"),
        ("decision", "deny"),
        ("decision", "another"),
    ]
    assert words_sign_in.NO_SCOPES[0] in render(replace(CONSENT, asked=replace(CONSENT.asked, scopes=[])))


def test_consent_says_why_an_officer_asks_as_the_public():
    """Whose certificate does not hold reads so before they agree; nobody else does."""
    lapsed = replace(CONSENT, asked=replace(CONSENT.asked, uncertified=True))
    assert words_sign_in.UNCERTIFIED[0] in Tree(lapsed).text(**{"class": "danger"})
    assert words_sign_in.UNCERTIFIED[0] not in render(CONSENT)


def test_a_sign_in_for_oneself_has_no_empty_brackets():
    """Where no department stands behind what is signed in to, none is named."""
    lead = Tree(replace(SIGN_IN, client=("账号管理", "Your account"), department=("", ""))).text(**{"class": "lead"})
    assert lead == "您将登录“账号管理”。 You are signing in to Your account."


def test_a_secret_is_grouped_and_its_picture_drawn():
    """The key is read in groups of four; only an SVG of our own making is taken as markup."""
    tree = Tree(ENROLMENT)
    assert tree.text(**{"class": "code groups"}) == "JBSW Y3DP EHPK 3PXP JBSW Y3DP"
    assert "M4 4h7v7H4z" in [path["d"] for path in tree.all("path")]
    assert escape(HOSTILE) in render(hostile(ENROLMENT, HOSTILE))


@pytest.mark.parametrize("page", ENDINGS, ids=name)
def test_an_ending_says_what_to_do_next_and_the_number_to_quote(page):
    """A page without a form tells what happened and what to do, and shows the request id exactly once."""
    tree = Tree(page, "R-4711")
    assert tree.text(**{"class": "lead"}).startswith(page.told.happened[0])
    assert page.told.next[1] in tree.text(**{"class": "part"})
    assert render(page, request_id="R-4711").count("R-4711") == 1
    assert "{" not in "".join(tree.texts.values())


def test_every_sentence_is_said_twice_and_used():
    """Each sentence has its English, and none is left that no page says."""
    sources = [*(HTML / "templates" / "sign_in").glob("*.html"), HTML / "sign_in.py"]
    spoken = "".join(path.read_text("utf-8") for path in sources)
    said = {"words": words_sign_in, "endings": words_endings}
    named = {f"{name}.{key}": value for name, module in said.items() for key, value in vars(module).items()}
    constants = {key: value for key, value in named.items() if re.fullmatch(r"\w+\.[A-Z][A-Z_]+", key)}
    assert not [key for key in constants if key not in spoken]
    pairs = [value for value in constants.values() if isinstance(value, tuple) and isinstance(value[0], str)]
    pairs += [(alert.value.zh, alert.value.en) for alert in Alert]
    pairs += [pair for page in ENDINGS for pair in (page.told.title, page.told.happened, page.told.next)]
    assert not [
        pair for pair in pairs if not re.search("[一-鿿]", pair[0]) or not re.fullmatch("[ -~]+", fold(pair[1]))
    ]


def fold(english):
    """English without the name of a department or provider in it."""
    return re.sub("[一-鿿]+", "", english)


def test_the_pages_load_no_templates_before_they_are_read():
    """Importing the pages brings neither jinja2 nor markupsafe into a hub nobody signs in to."""
    code = "import sys, hub.web.sign_in; print(sorted({'jinja2', 'markupsafe'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout == "[]\n"


def test_headers_forbid_framing_sniffing_storing_and_everything_from_elsewhere():
    """The headers are strict, and let forms lead to this site alone."""
    headers = page_headers()
    assert headers.pop("content-security-policy").split("; ") == [
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
    assert headers == {
        "cache-control": "no-store",
        "cross-origin-opener-policy": "same-origin",
        "referrer-policy": "same-origin",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
    }


@pytest.mark.parametrize(
    ("uri", "source"),
    [
        ("https://app.example/back?x=1;script-src%20*", "https://app.example"),
        ("https://APP.example:8443", "https://app.example:8443"),
        ("https://user@app.example/", "https://app.example"),
        ("http://127.0.0.1:54321/cb", "http://127.0.0.1:54321"),
        ("http://[::1]:54321/cb", "http:"),
        ("com.example.app:/oauth", "com.example.app:"),
    ],
)
def test_a_form_may_lead_to_the_origin_of_a_redirect_uri(uri, source):
    """Of an address only its origin enters the policy, once, or its scheme where a policy has no word for the rest."""
    assert f"form-action 'self' {source};" in page_headers([uri, uri])["content-security-policy"]


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "/path",
        "app.example",
        "https://",
        "https://*.example",
        "https://a;script-src *",
        "https://a'unsafe-inline'",
        "https://a b",
        "https://app.example:99999",
        "https://例子.example",
        "a;b:/x",
    ],
)
def test_what_is_no_address_does_not_enter_the_policy(uri):
    """A text that could widen the policy is a programming mistake, not a header."""
    with pytest.raises(ValueError, match=r"address|Port"):
        page_headers([uri])


def tokens(scheme):
    """Colours by name, as the stylesheet declares them for light or dark."""
    light, dark = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block)) for block in _roots())
    return light if scheme == "light" else light | dark


def _roots():
    dark = CSS.index("@media (prefers-color-scheme: dark)")
    return CSS[:dark], CSS[dark : CSS.index("*::before")]


def contrast(one, other):
    """The ratio of WCAG 2: (lighter + 0.05) / (darker + 0.05) of relative luminances."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("front", "backs", "least"),
    [
        ("ink", ("paper", "paper-soft", "accent-soft", "amber-soft", "red-soft"), 7),
        ("ink-soft", ("paper", "paper-soft"), 6.5),
        ("ink-soft", ("amber-soft", "red-soft"), 4.5),
        ("accent", ("paper", "paper-soft", "accent-soft"), 4.5),
        ("accent-strong", ("paper", "paper-soft"), 4.5),
        ("on-accent", ("accent", "accent-strong"), 4.5),
        ("amber", ("paper", "amber-soft"), 4.5),
        ("red", ("paper", "red-soft"), 4.5),
        ("line-strong", ("paper", "paper-soft"), 3),
    ],
)
def test_colours_can_be_told_apart(scheme, front, backs, least):
    """Text has 4.5 : 1 on every ground it stands on and body text 7 : 1; edges of controls and focus have 3 : 1."""
    colours = tokens(scheme)
    ratios = {back: round(contrast(colours[front], colours[back]), 2) for back in backs}
    assert min(ratios.values()) >= least, ratios


def test_the_stylesheet_is_small_and_asks_nobody():
    """One file below 30 kB that names no other address; a colour is a token, or says what one is."""
    assert len(CSS.encode()) < 30_000
    assert "url(" not in CSS
    assert "@import" not in CSS
    rest = CSS[CSS.index("*::before") :]
    used = re.findall(r"(?m)^\s*(?!--)[\w-]+: (#\w+);", rest[: rest.index("@media print")])
    assert set(used) <= {"#ffffff", "#000000"}
