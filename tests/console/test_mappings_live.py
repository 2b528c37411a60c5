"""Trials on rows of a service: asked by its own adapter with its own credentials, and nothing of either is shown."""

from typing import Any

import pytest

from hub.mapping.sampling import ROWS
from hub.mapping.trials import Mappings, TrialWish
from schema.catalogue import fold_catalogue
from tests.adapters import graphql_styles, rest_styles, soap_styles
from tests.adapters.rest_source import API_KEY, Fault

CATALOGUE = fold_catalogue()
KINDS = {"rest": (rest_styles, "post"), "graphql": (graphql_styles, "list"), "soap": (soap_styles, "batch")}


async def tried(given, record="Entity", **more):
    """What comes of a trial at a source of these options."""
    return await Mappings([given], CATALOGUE).attempt(TrialWish(given.name, record, **more))


def texts(found, place):
    """What stands at a place, before and after."""
    return [(cell.before, cell.after) for row in found.trial.rows for cell in row if cell.place == place]


@pytest.mark.parametrize("kind", sorted(KINDS))
async def test_rows_of_a_service_are_tried_as_they_came(kind):
    """Each cell before and after, what concerns persons masked; no more rows than a trial takes."""
    styles, style = KINDS[kind]
    asked = styles.service(style)
    await asked.start()
    try:
        given = styles.options(asked, style)
        mapped = Mappings([given], CATALOGUE).find(given.name, "Entity")
        found = await tried(given)
    finally:
        await asked.stop()
    assert mapped is not None
    assert mapped.sampled
    assert found.unsampled is None
    assert 0 < found.rows <= ROWS
    assert found.difference == ""
    assert any(before and after for before, after in texts(found, "name"))
    persons = [before for before, _ in texts(found, "legalRepresentative") if before]
    assert persons
    assert all("*" in text for text in persons)


async def test_what_fails_is_told_without_a_word_of_the_source():
    """Neither its address nor what it answered nor the key it is asked with; a pasted answer goes on being taken."""
    asked = rest_styles.service("post")
    asked.wants = "key"
    await asked.start()
    try:
        given = rest_styles.options(asked, "post")
        for fault in (Fault.ERROR, Fault.NOT_JSON, Fault.REDIRECT, Fault.DENIED):
            asked.fail(fault)
            found = await tried(given)
            assert found.unsampled is not None
            assert found.trial is None
            for word in (API_KEY, "127.0.0.1", str(asked.port), "secrets"):
                assert word not in str(found)
        taken = await tried(given, answer='{"code": "0", "data": {"list": [{"qymc": "肇东市试读商店"}]}}')
        assert taken.unsampled is None
    finally:
        await asked.stop()


async def test_a_record_that_cannot_be_listed_needs_a_pasted_answer():
    """It is told before, and no request leaves."""
    asked = rest_styles.service("post")
    await asked.start()
    try:
        given = rest_styles.options(asked, "post")
        records = tuple(record.model_copy(update={"search": None}) for record in given.record)
        bare = given.model_copy(update={"record": records})
        mapped = Mappings([bare], CATALOGUE).find(bare.name, "Entity")
        found = await tried(bare)
    finally:
        await asked.stop()
    assert mapped is not None
    assert not mapped.sampled
    assert "粘贴" in found.unsampled[0]
    assert asked.seen == []


async def test_a_column_of_persons_is_one_for_every_record_of_the_same_rows():
    """What one mapping says of a column holds for another record that asks a service for the same rows."""
    asked = rest_styles.service("post")
    await asked.start()
    try:
        given = rest_styles.options(asked, "post")
        entity = next(one for one in given.record if one.record == "Entity")
        assert entity.search is not None
        bare: dict[str, Any] = {"parameters": {}, "orders": {}, "order_parameter": None, "after": {}}
        search = entity.search.model_copy(update=bare)
        said = {"record": "Penalty", "search": search, "fields_parameter": None, "batch": (), "single": ()}
        penalty = entity.model_copy(update={**said, "columns": {"decisionNo": entity.columns["name"]}})
        both = given.model_copy(update={"record": (entity, penalty)})
        found = await tried(both, "Penalty")
    finally:
        await asked.stop()
    assert found.unsampled is None
    assert entity.columns["legalRepresentative"].column in found.veiled


async def test_an_object_that_lies_deep_is_no_cell():
    """A draft that reads it whole would show the names in it, which have a mask by their own path."""
    asked = rest_styles.service("post")
    await asked.start()
    try:
        given = rest_styles.options(asked, "post")
    finally:
        await asked.stop()
    entity = next(one for one in given.record if one.record == "Entity")
    person = entity.columns["legalRepresentative"].model_copy(update={"column": "a.b.c.d.fr"})
    deep = entity.model_copy(update={"columns": {**entity.columns, "legalRepresentative": person}})
    mapped = given.model_copy(update={"record": (deep,)})
    running = Mappings([mapped], CATALOGUE).find(given.name, "Entity")
    assert running is not None
    answer = '{"code": "0", "data": {"items": [{"mc": "店", "a": {"b": {"c": {"d": {"fr": "欧阳锦程"}}}}}]}}'
    draft = running.text.replace('name = "mc"', 'name = "a.b.c.d"')
    found = await tried(mapped, draft=draft, answer=answer)
    assert found.trial is not None
    assert texts(found, "name") == [(None, None)]
    assert "欧阳锦程" not in str(found.trial)
