"""The audit entry: its bytes are frozen, its digests keyed, and it holds no values."""

import hashlib
import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hub.audit.entry import Digester, Entry, EntryForm, fresh_salt, salted

VECTOR = json.loads((Path(__file__).parents[1] / "vectors/entry.json").read_text(encoding="utf-8"))


def entry() -> Entry:
    """The entry of the vector."""
    made: dict[str, Any] = {name: _tupled(value) for name, value in VECTOR["entry"].items()}
    return Entry(**made)


def test_bytes_are_frozen():
    """The canonical bytes of version 1 are those that were ever written: a change is a new version."""
    assert entry().canonical().decode() == VECTOR["canonical"]
    assert hashlib.sha256(entry().canonical()).hexdigest() == VECTOR["sha256"]


def test_bytes_are_canonical_json():
    """Keys are sorted, nothing is spaced, text is UTF-8: what RFC 8785 says of these types."""
    body = json.loads(entry().canonical())
    again = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert again.encode() == entry().canonical()
    assert body["v"] == 1


def test_every_field_is_in_the_bytes():
    """Two entries that differ in any field differ in their bytes."""
    for one in fields(Entry):
        other: Any = "other" if isinstance(getattr(entry(), one.name), str) else ("other",)
        assert replace(entry(), **{one.name: other}).canonical() != entry().canonical(), one.name


def test_digests_are_keyed_and_typed():
    """The digests of the vector; the same value of another kind, or under another key, is another digest."""
    digester = Digester(bytes.fromhex(VECTOR["key"]))
    for kind, value, digest in VECTOR["digests"]:
        assert digester.of(kind, value) == digest
    assert digester.of("entity", "x") != digester.of("case", "x")
    assert digester.of("entity", "x") != Digester(b"k" * 32).of("entity", "x")
    assert digester.of("entity", "") == ""


@given(st.lists(st.text(min_size=1), max_size=5), st.randoms(use_true_random=False))
def test_digests_of_several_do_not_tell_their_order(values, random):
    """Digests are sorted, so that the order of the answer is not in the entry."""
    digester = Digester(bytes(32))
    shuffled = list(values)
    random.shuffle(shuffled)
    assert digester.all("entity", shuffled) == digester.all("entity", values)


def test_key_is_not_shown():
    """The key of the digests is not in the digester's representation."""
    key = b"K" * 32
    assert "KKKK" not in repr(Digester(key))


def test_answer_is_bound_by_a_salted_digest():
    """The digest of an answer is that of the vector; another salt or another answer gives another one."""
    salt, parts, digest = VECTOR["salted"]
    bodies = [part.encode() for part in parts]
    assert salted(salt, bodies) == digest
    assert salted(salt, bodies[:1]) != digest
    assert salted(fresh_salt(), bodies) != digest
    assert fresh_salt() != fresh_salt()
    assert len(bytes.fromhex(fresh_salt())) == 16


def _tupled(value: Any) -> Any:
    return tuple(map(_tupled, value)) if isinstance(value, list) else value


def test_a_form_writes_what_the_entry_would():
    """Bytes of an entry in which only some fields were open are the entry's own, whatever was there before."""
    made = entry()
    blank = dict.fromkeys(("answer", "at", "case", "outcome", "request_id", "salt"), "")
    form = EntryForm(replace(made, **blank, entities=(), states=()))  # type: ignore[arg-type]
    texts = made.answer, made.at, made.case, made.outcome, made.request_id, made.salt
    assert form.canonical(texts, made.entities, made.sources, made.states) == made.canonical()
    bare = replace(made, entities=(), states=(), sources=(), answer="")
    assert form.canonical(("", *texts[1:]), (), (), ()) == bare.canonical()
