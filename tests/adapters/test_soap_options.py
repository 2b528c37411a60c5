"""Options and WSDLs of a source of SOAP that are refused, and answers that are read or refused, without a service."""

import shutil
from decimal import Decimal

import pytest
from pydantic import ValidationError

from adapters import soap
from adapters.base import LOCAL, SourceBadData, Unreadable
from adapters.paths import read_path
from adapters.soap_answer import read_xml
from adapters.soap_types import find_place, find_trail, type_at
from adapters.soap_wsdl import Wsdl
from hub.settings import load_settings
from hub.settings_mistakes import BadSettings
from hub.sources import open_sources
from tests.adapters.soap_source import WSDL
from tests.adapters.soap_styles import options, record, service
from tests.conformance.records import MAPPINGS

ENTITY = MAPPINGS[0]
SECRET = "env:HUB_TEST_SECRET"
REFUSED = {
    "address": {"base_url": "ftp://register.example"},
    "query": {"base_url": "https://register.example/?wsdl"},
    "password": {"base_url": "https://user:secret@register.example"},
    "plain": {"base_url": "http://register.example"},
    "plain basic": {
        "base_url": "http://register.example",
        "auth": {"way": "basic", "user": "hub", "password": SECRET},
    },
    "written secret": {"auth": {"way": "basic", "user": "hub", "password": "written down"}},
    "two lines": {"username_token": {"user": "hub", "password": "env:HUB_TEST_LINES"}},
    "colon": {"auth": {"way": "basic", "user": "a:b", "password": SECRET}},
    "way": {"auth": {"way": "username_token", "user": "hub", "password": SECRET}},
    "unknown": {"endpoint": "https://register.example"},
}


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED)
def test_unsafe_sources_are_refused(monkeypatch, change):
    """What would show keys or passwords, or is not understood, does not start; the text does not show a secret."""
    monkeypatch.setenv("HUB_TEST_SECRET", "k-7f3a9c51")
    monkeypatch.setenv("HUB_TEST_LINES", "k-7f3a9c51\nX: y")
    with pytest.raises(ValidationError) as raised:
        options(service("batch"), **change)
    assert "k-7f3a9c51" not in str(raised.value)
    assert options(service("batch"), base_url="http://register.example", plain_http=True).plain_http


ASK = {"operation": "queryEntity", "constants": {"lm": "tyshxydm"}}
RECORDS = {
    "no way": {"batch": (), "search": None},
    "same key": {"single": {**ASK, "place": "dgdm"}},
    "no operation": {"batch": {"place": "tj.dm"}},
    "comparison": {"search": {"operation": "searchEntity", "parameters": {"name:LIKE": "mc"}}},
    "order alone": {"search": {"operation": "searchEntity", "orders": {"name": "mc"}, "order_parameter": "sort"}},
    "two ends": {
        "search": {"operation": "searchEntity", "first": "ts", "most": 9, "page": {"parameter": "ym"}},
    },
}


@pytest.mark.parametrize("change", RECORDS.values(), ids=RECORDS)
def test_records_that_cannot_be_asked_are_refused(change):
    """A record whose options contradict themselves does not start."""
    with pytest.raises(ValidationError):
        options(service("batch"), record=[record(ENTITY, "batch", **change)])


SEARCH = {"operation": "searchEntity"}
FAULTS = {
    "service": ({"service": "Nope"}, "batch.operation: there is no service Nope; there is RegisterService"),
    "port": ({"port": "Http"}, "batch.operation: there is no port of SOAP Http; there is Register11, Register12"),
    "operation": ({"batch": {**ASK, "operation": "nope", "place": "tj.dm"}}, "no operation nope; there is queryEntity"),
    "place": ({"batch": {**ASK, "place": "tj.code"}}, "batch.place: there is no code here; there is dm"),
    "place of elements": ({"batch": {**ASK, "place": "tj"}}, "batch.place: tj holds elements, not a value"),
    "place of all": ({"batch": {**ASK, "place": "$"}}, "batch.place: . holds elements"),
    "one value": ({"batch": {**ASK, "place": "dms"}}, "batch.place: dms takes one value only; give a separator"),
    "constant": ({"constants": {"nope": 1}}, "batch.constants.nope: there is no nope here"),
    "lacking": ({"batch": {"operation": "queryEntity", "place": "tj.dm"}}, "batch: a request.*Missing element lm"),
    "fields": ({"fields_parameter": "zdm"}, "fields_parameter: there is no zdm here"),
    "fields in one": ({"fields_parameter": "zds"}, "fields_parameter: zds takes one value only"),
    "rows": ({"rows": "return.list.item"}, "rows: there is no list here; there is resultCode, resultList"),
    "column": ({"columns": {"name": "MC"}}, "columns.name: there is no MC here; there is clrq"),
    "column of elements": ({"columns": {"name": "ry"}}, "columns.name: ry holds elements"),
    "column of several": ({"columns": {"name": "zb"}}, "columns.name: zb leads to several values; pick one"),
    "column by position": ({"columns": {"name": "mc.0"}}, "columns.name: 0 picks one of several, but"),
    "local": ({"local": "xh"}, "local: there is no xh here"),
    "as of": ({"as_of": "gxsj"}, "as_of: there is no gxsj here"),
    "page": ({"page": {"parameter": "page", "total": "return.count"}}, "batch.page.parameter: there is no page here"),
    "total": ({"page": {"parameter": "ym", "total": "return.count"}}, "total: there is no count here"),
    "parameter": ({"search": {**SEARCH, "parameters": {"name:EQ": "mc"}}}, "search.parameters.name:EQ: there is no mc"),
    "list": (
        {"search": {**SEARCH, "parameters": {"divisionCode:IN": "xzqh__EQ"}}},
        "search.parameters.divisionCode:IN: xzqh__EQ takes one value only",
    ),
    "list with a default": (
        {"search": {**SEARCH, "constants": {"xzqh__EQ": ""}, "parameters": {"divisionCode:IN": "xzqh__EQ"}}},
        "search.parameters.divisionCode:IN: xzqh__EQ takes one value only",
    ),
    "first": ({"search": {**SEARCH, "first": "limit", "most": 5}}, "search.first: there is no limit here"),
    "after": ({"search": {**SEARCH, "after": {LOCAL: "last"}}}, r"search.after.\$local: there is no last here"),
    "key": ({"batch": {**ASK, "key": "kind", "place": "tj.dm"}}, "kind: is no key of this record"),
    "meaning": ({"search": {**SEARCH, "parameters": {"registeredCapital:GE": "mc__GE"}}}, "registeredCapital:GE: no"),
}


@pytest.mark.parametrize(("change", "said"), FAULTS.values(), ids=FAULTS)
def test_records_that_do_not_fit_the_wsdl_are_refused(catalogue, change, said):
    """What the WSDL or the mapping does not hold cannot be asked; the fault names record and place, and what there is."""
    given = options(service("batch"), record=[record(ENTITY, "batch", **change)])
    with pytest.raises(ValueError, match=rf"source register, record 0 \(Entity\): .*{said}"):
        soap.open_source(given, catalogue)


def test_all_faults_are_named(catalogue):
    """A source is refused with every fault, one a line, each once however many ways share it."""
    wrong = {"columns": {"name": "MC", "kind": "LX"}, "constants": {"a": 1}}
    given = options(service("batch"), record=[record(mapping, "batch", **wrong) for mapping in MAPPINGS[:1]])
    with pytest.raises(ValueError, match="MC") as raised:
        soap.open_source(given, catalogue)
    lines = str(raised.value).splitlines()
    assert len(lines) == len(set(lines))
    assert sum("columns." in line for line in lines) == 2
    assert sum("constants.a" in line for line in lines) == 2


def test_a_key_to_check_with_is_written_as_the_source_writes_it(catalogue):
    """A key under which no row can be found would ask nothing."""
    with pytest.raises(ValueError, match="check_key is not written as uscc is"):
        soap.open_source(options(service("batch"), check_key="9133-0101 x"), catalogue)


def test_a_missing_authority_file_is_refused(catalogue, tmp_path):
    """A source whose certificates cannot be checked does not start."""
    (tmp_path / "empty.pem").write_text("nothing", encoding="ascii")
    for file in "absent.pem", "empty.pem":
        with pytest.raises(ValueError, match="source register, ca_file"):
            soap.open_source(options(service("batch"), ca_file=str(tmp_path / file)), catalogue)


WSDLS = {
    "absent": ("register.wsdl", None, "cannot be read .*: absent.wsdl"),
    "not xml": ("<wsdl:definitions", "resultCode", "is no WSDL that can be used"),
    "document type": (
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<!DOCTYPE a [<!ENTITY b "c">]>',
        "has a document type",
    ),
    "import over http": (
        'schemaLocation="register.xsd"',
        'schemaLocation="http://127.0.0.1:9/x.xsd"',
        "its own folder",
    ),
    "import over ftp": ('schemaLocation="register.xsd"', 'schemaLocation="ftp://127.0.0.1/x.xsd"', "cannot be read"),
    "import by address": ('schemaLocation="register.xsd"', f'schemaLocation="{WSDL.as_uri()}"', "its own folder"),
    "import from above": ('schemaLocation="register.xsd"', 'schemaLocation="../register.xsd"', "its own folder"),
    "import from elsewhere": ('schemaLocation="register.xsd"', f'schemaLocation="{WSDL}"', "its own folder"),
    "import of nothing": ('schemaLocation="register.xsd"', 'schemaLocation="gone.xsd"', "cannot be read .*: gone.xsd"),
    "unknown type": ('type="rows:EntityRow"', 'type="rows:Nope"', "Nope"),
}


@pytest.mark.parametrize(("old", "to", "said"), WSDLS.values(), ids=WSDLS)
def test_wsdls_that_cannot_be_used_are_refused(catalogue, tmp_path, old, to, said):
    """A WSDL is read from its folder, without document types; whatever it imports from elsewhere is refused, not asked."""
    folder = tmp_path / "files"
    shutil.copytree(WSDL.parent, folder)
    shutil.copy(WSDL.parent / "register.xsd", tmp_path)
    path = folder / ("absent.wsdl" if to is None else "register.wsdl")
    if to is not None:
        path.write_text(path.read_text(encoding="utf-8").replace(old, to), encoding="utf-8")
    with pytest.raises(ValueError, match=f"source register: wsdl .*{said}"):
        soap.open_source(options(service("batch"), wsdl=str(path)), catalogue)


def test_a_wsdl_may_be_a_link(catalogue, tmp_path):
    """Where files are mounted as links, imports lie beside what the link leads to."""
    (tmp_path / "penalty.wsdl").symlink_to(WSDL)
    assert soap.open_source(options(service("batch"), wsdl=str(tmp_path / "penalty.wsdl")), catalogue).abilities


HUB = """
[hub]
label = "示例"
controller = "示例市"
[[department]]
code = "market"
label = "市场监督管理局"
[[purpose]]
code = "PUBLIC_QUERY"
label = "公众查询"
label_en = "Public"
public = true
[[source]]
name = "penalty"
kind = "soap"
department = "market"
wsdl = "files/register.wsdl"
base_url = "https://cf.example/ws"
[[source.record]]
record = "Penalty"
local = "cfid"
keys = { uscc = "tyshxydm" }
rows = "return.resultList.item"
batch = { operation = "queryPenalty", place = "tj.dm", constants = { lm = "tyshxydm" } }
[source.record.columns]
decisionNo = "CF_WSH"
fine = "cf.fk"
"""


def test_settings_name_the_line_and_the_environment_the_address(catalogue, tmp_path, monkeypatch):
    """In a configuration the WSDL lies beside it, a path that leads nowhere is a mistake at its line, and the address
    may come from the environment.
    """
    shutil.copytree(WSDL.parent, tmp_path / "files")
    path = tmp_path / "hub.toml"
    path.write_text(HUB, encoding="utf-8")
    with pytest.raises(BadSettings) as raised:
        open_sources(load_settings(path), catalogue)
    said = "26: source penalty.Penalty.columns.decisionNo: 此处没有 CF_WSH;有:cf, cfid, cx, gszz"
    assert str(raised.value).startswith(said)
    assert "there is no CF_WSH here; there is cf, cfid, cx, gszz" in str(raised.value)
    path.write_text(HUB.replace("CF_WSH", "wh"), encoding="utf-8")
    monkeypatch.setenv("HUB_SOURCE_PENALTY_URL", "https://other.example/ws")
    settings = load_settings(path)
    assert isinstance(settings.sources[0], soap.OPTIONS)
    assert settings.sources[0].base_url.get_secret_value() == "https://other.example/ws"
    assert open_sources(settings, catalogue).by_name.keys() == {"penalty"}


# ---------------------------------------------------------------- paths through types

TYPES = """<?xml version="1.0"?>
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:x="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" targetNamespace="urn:t">
  <wsdl:types><x:schema targetNamespace="urn:t" elementFormDefault="qualified">
    <x:complexType name="Base"><x:sequence><x:element name="bh" type="x:string"/></x:sequence></x:complexType>
    <x:group name="Dates"><x:sequence><x:element name="rq" type="x:date"/></x:sequence></x:group>
    <x:complexType name="Row"><x:complexContent><x:extension base="t:Base"><x:sequence>
      <x:group ref="t:Dates" minOccurs="0"/>
      <x:choice maxOccurs="unbounded"><x:element name="a" type="x:int"/><x:element name="b" type="x:double"/></x:choice>
      <x:element name="lx" minOccurs="0"><x:complexType><x:simpleContent>
        <x:extension base="x:decimal"><x:attribute name="dw" type="x:string"/></x:extension>
      </x:simpleContent></x:complexType></x:element>
      <x:element name="jl" minOccurs="0" maxOccurs="9"><x:complexType><x:sequence>
        <x:element name="mc" type="x:string" maxOccurs="unbounded"/>
      </x:sequence></x:complexType></x:element>
    </x:sequence></x:extension></x:complexContent></x:complexType>
    <x:element name="ask"><x:complexType><x:sequence><x:element name="tj" maxOccurs="unbounded"><x:complexType>
      <x:sequence><x:element name="dm" type="x:string"/></x:sequence></x:complexType></x:element>
    </x:sequence></x:complexType></x:element>
    <x:element name="said"><x:complexType><x:sequence>
      <x:element name="row" type="t:Row" minOccurs="0" maxOccurs="unbounded"/>
      <x:element name="set" minOccurs="0"><x:complexType><x:sequence><x:any/></x:sequence></x:complexType></x:element>
    </x:sequence></x:complexType></x:element>
  </x:schema></wsdl:types>
  <wsdl:message name="i"><wsdl:part name="p" element="t:ask"/></wsdl:message>
  <wsdl:message name="o"><wsdl:part name="p" element="t:said"/></wsdl:message>
  <wsdl:message name="ri"><wsdl:part name="dm" type="x:string"/></wsdl:message>
  <wsdl:message name="ro"><wsdl:part name="back" type="t:Row"/></wsdl:message>
  <wsdl:portType name="P"><wsdl:operation name="find"><wsdl:input message="t:i"/><wsdl:output message="t:o"/>
    </wsdl:operation><wsdl:operation name="call"><wsdl:input message="t:ri"/><wsdl:output message="t:ro"/>
    </wsdl:operation><wsdl:operation name="tell"><wsdl:input message="t:i"/></wsdl:operation></wsdl:portType>
  <wsdl:binding name="B" type="t:P"><soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
    <wsdl:operation name="find"><soap:operation soapAction=""/><wsdl:input><soap:body use="literal"/></wsdl:input>
      <wsdl:output><soap:body use="literal"/></wsdl:output></wsdl:operation>
    <wsdl:operation name="call"><soap:operation style="rpc"/><wsdl:input><soap:body use="literal" namespace="urn:r"/>
      </wsdl:input><wsdl:output><soap:body use="literal" namespace="urn:r"/></wsdl:output></wsdl:operation>
    <wsdl:operation name="tell"><soap:operation/><wsdl:input><soap:body use="literal"/></wsdl:input></wsdl:operation>
  </wsdl:binding>
  <wsdl:service name="S"><wsdl:port name="B" binding="t:B"><soap:address location="http://x.example"/></wsdl:port>
  </wsdl:service>
</wsdl:definitions>
"""


@pytest.fixture
def types(tmp_path):
    """A WSDL with whatever types may hold: extension, group, choice, text with attributes, lists in lists, anything."""
    path = tmp_path / "types.wsdl"
    path.write_text(TYPES, encoding="utf-8")
    return Wsdl(path)


ROW = """<t:row xmlns:t="urn:t" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><t:bh>0<!-- -->07</t:bh>
  <t:a>5</t:a><t:b>1.5E1</t:b><t:a i:nil="true"/><t:lx dw="元"> 20.50 </t:lx>
  <jl><mc>甲</mc><t:mc>乙</t:mc></jl><t:jl/><t:jl i:nil="1"/><t:jl><t:mc>丙</t:mc></t:jl>
  <o:bh xmlns:o="urn:other">x</o:bh></t:row>"""
CELLS = {
    "bh": "007",
    "rq": None,
    "a": [Decimal(5)],
    "b.0": Decimal(15),
    "a.7": None,
    "lx": Decimal("20.50"),
    "jl.mc": Unreadable.VALUE,
    "jl.0.mc": ["甲", "乙"],
    "jl.0.mc.1": "乙",
    "jl.2.mc.0": "丙",
}


@pytest.mark.parametrize("path", CELLS)
def test_paths_lead_through_every_type(types, path):
    """A cell is read as its type says, one or several, nil or absent; another namespace is another element."""
    operation = types.operation(None, None, "find", ("", ""))
    trail = find_trail(type_at(operation.answer, ("row",)), read_path(path), leaf=True)
    assert trail.value(read_xml(ROW.encode(), None)) == CELLS[path]


def test_what_a_wsdl_leaves_open_is_read_as_it_comes(types):
    """Below `xsd:any` names are not checked: rows of a data set are found by their names alone."""
    operation = types.operation(None, None, "find", ("", ""))
    rows = find_trail(operation.answer, read_path("set.diffgram.Table"), leaf=False)
    text = b"<said><set><d:diffgram xmlns:d='urn:d'><Table><MC>a</MC></Table><Table/></d:diffgram></set></said>"
    found = rows.ends(read_xml(text, None))
    column = find_trail(type_at(operation.answer, read_path("set.diffgram.Table")), ("MC",), leaf=True)
    assert [column.value(row) for row in found] == ["a", None]


def test_keys_may_stand_in_elements_that_repeat_as_a_whole(types):
    """The innermost element that may repeat is the one that does."""
    operation = types.operation("S", "B", "find", ("", ""))
    body: dict = {}
    find_place(operation.request, ("tj", "dm")).put(body, ["1", "2"])
    assert body == {"tj": [{"dm": "1"}, {"dm": "2"}]}
    text, headers = operation.envelope(body)
    assert [end.text for end in read_xml(text, None).iter("{urn:t}dm")] == ["1", "2"]
    assert headers["SOAPAction"] == '""'


def test_other_styles_and_half_operations(types):
    """An operation in the style of rpc is asked and read by its parts; one that does not answer is refused."""
    operation = types.operation(None, None, "call", ("", ""))
    assert operation.answer_tag is None
    assert b'<ns0:call xmlns:ns0="urn:r"><dm>1</dm></ns0:call>' in operation.envelope({"dm": "1"})[0]
    row = read_xml(f"<r>{ROW.replace('t:row', 'back')}</r>".encode(), None)
    assert find_trail(operation.answer, read_path("back.bh"), leaf=True).value(row) == "007"
    with pytest.raises(LookupError, match="tell has no request or no answer"):
        types.operation(None, None, "tell", ("", ""))


# ---------------------------------------------------------------- documents


def test_charsets():
    """The charset that the header names decides; without one the document's own."""
    for charset, text in (
        (None, '<?xml version="1.0" encoding="GBK"?><a>青禾</a>'.encode("gbk")),
        ("GB2312", "<a>青禾\u3400</a>".encode("gb18030")),
        ("UTF-8", "\ufeff<a>青禾</a>".encode()),
        (None, "<a>青禾</a>".encode("utf-16")),
    ):
        assert read_xml(text, charset).text.startswith("青禾")


@pytest.mark.parametrize("text", [b"", b"{}", b"<a>\0</a>", b"<a>&#0;</a>", b"<a>\xff</a>", b"<a/><b/>", b"<a>&x;</a>"])
def test_what_is_not_xml_is_bad_data(text):
    """Everything that is not exactly one document is refused, in whatever charset."""
    for charset in None, "utf-8", "x-unknown":
        with pytest.raises(SourceBadData):
            read_xml(text, charset)
