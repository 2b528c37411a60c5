"""What a role may do exists for that role alone: for all others it reads like a misspelling."""

import re

import pytest

from auth.roles import Role
from auth.scopes import Scope
from schema.catalogue import declared_fields
from schema.mutation import Mutation
from tests.acts.hall import SECURITY, Someone, claiming, delegate, end, freeze, recover, vouch
from tests.golden.folder import Step

OFFERED = {name: spec.roles for name, spec, _ in declared_fields(Mutation)}
ROLES = {
    role: {name for name, roles in OFFERED.items() if Role(role) in roles}
    for role in ("SEC", "CLERK", "MERCHANT", "ADMIN", "OFFICER", "PUBLIC")
}
"""What each role may do; tests/golden/powers.txt is the same, as it was reviewed."""
ASKED = {
    "freeze": freeze("CLIENT", "bank"),
    "thaw": freeze("CLIENT", "bank", "thaw"),
    "vouch": vouch(),
    "delegate": delegate(),
    "endMandate": end("x"),
    "claim": claiming(),
    "recover": recover("x"),
    "addPerson": 'mutation { addPerson(username: "x", person: {}) { changed } }',
    "changePerson": 'mutation { changePerson(username: "x", person: {}) { changed } }',
    "endPerson": 'mutation { endPerson(username: "x") { changed } }',
    "resetPassword": 'mutation { resetPassword(username: "x") { changed } }',
    "settleCodeReport": 'mutation { settleCodeReport(number: "x", state: CONFIRMED) { changed } }',
    "putClient": 'mutation { putClient(client: { id: "x", label: "x", department: "x", role: "x", purposes: [] }) { changed } }',
    "endClient": 'mutation { endClient(id: "x") { changed } }',
    "putDepartment": 'mutation { putDepartment(department: { code: "x", label: "x" }) { changed } }',
    "endDepartment": 'mutation { endDepartment(code: "x") { changed } }',
    "appoint": 'mutation { appoint(username: "x", office: SEC) { appointed } }',
    "appointDeputy": 'mutation { appointDeputy(deputy: "x", from: "2026-12-01", until: "2026-12-02", reason: "x") { id } }',
    "confirmDeputy": 'mutation { confirmDeputy(id: "x") { id } }',
    "endDeputy": 'mutation { endDeputy(id: "x") { id } }',
    "breakGlass": 'mutation { breakGlass(emergency: { purpose: "x", reason: "x" }) { id } }',
    "endEmergency": 'mutation { endEmergency(id: "x") { id } }',
    "reviewEmergency": 'mutation { reviewEmergency(id: "x", justified: true, finding: "x") { id } }',
    "openTask": 'mutation { openTask(case: "1", purpose: "SERVICE", until: "2026-06-30") { opened } }',
    "requestAccess": 'mutation { requestAccess(grants: [], reason: "x") { position } }',
    "submitRequest": 'mutation { submitRequest(number: "x") { position } }',
    "withdrawRequest": 'mutation { withdrawRequest(number: "x") { position } }',
    "renewGrant": 'mutation { renewGrant(id: "x", until: "2026-12-01", reason: "x") { position } }',
    "endGrant": 'mutation { endGrant(id: "x", lastDay: "2026-12-01", reason: "x") { position } }',
    "answerRequest": 'mutation { answerRequest(number: "x", approve: true) { position } }',
    "extendRequest": 'mutation { extendRequest(number: "x", reason: "x") { position } }',
    "releaseRequest": 'mutation { releaseRequest(number: "x") { position } }',
    "refuseRequest": 'mutation { refuseRequest(number: "x", basis: "x") { position } }',
    "recertifyGrants": 'mutation { recertifyGrants(ids: ["x"]) { position } }',
    "draftFromTemplate": 'mutation { draftFromTemplate(scenario: CATERING, department: "x", from: "2026-12-01", until: "2026-12-02") { request } }',
    "importGrants": "mutation { importGrants(rows: [], preview: true) { request } }",
    "closeTask": 'mutation { closeTask(id: "x") { closed } }',
    "linkKey": 'mutation { linkKey(key: "x", entity: { id: "x" }, evidence: "x") { position } }',
    "proposeSuccession": 'mutation { proposeSuccession(succession: { kind: MERGED, before: [], effectiveOn: "2026-12-01", reason: "x" }) { position } }',
    "confirmSuccession": 'mutation { confirmSuccession(number: "x") { position } }',
    "refuseSuccession": 'mutation { refuseSuccession(number: "x") { position } }',
    "undoSuccession": 'mutation { undoSuccession(number: "x", reason: "x") { position } }',
    "queueReview": 'mutation { queueReview(pair: { cause: POSSIBLE, key: "x", entity: { id: "x" }, left: {}, right: {} }) { position } }',
    "decideReview": 'mutation { decideReview(number: "x", same: true, note: "x") { position } }',
    "deferReview": 'mutation { deferReview(number: "x", note: "x") { position } }',
    "tryMapping": 'mutation { tryMapping(source: "x", record: "x") { position } }',
    "raiseCorrection": 'mutation { raiseCorrection(correction: { entity: { id: "x" }, field: "x", stated: "x", evidence: "x" }) { position } }',
    "answerCorrection": 'mutation { answerCorrection(number: "x", outcome: CONFIRMED, note: "x") { position } }',
    "withdrawCorrection": 'mutation { withdrawCorrection(number: "x") { position } }',
    "giveClientSecret": 'mutation { giveClientSecret(id: "x") { secret } }',
    "withdrawClientCredential": 'mutation { withdrawClientCredential(id: "x", credential: "x") { count } }',
    "endSignIns": 'mutation { endSignIns(username: "x") { count } }',
    "goOnWithReplay": 'mutation { goOnWithReplay(request: "x") { position } }',
    "undoRequest": 'mutation { undoRequest(number: "x", reason: "x") { position } }',
    "seeAs": 'mutation { seeAs(department: "x", role: "x", purpose: "x", question: "x") { position } }',
    "objectToLookup": 'mutation { objectToLookup(uscc: "91231282MA9X0A019P", line: 1, reason: "x") { position } }',
    "explainLookup": 'mutation { explainLookup(number: "x", text: "x") { position } }',
    "decideObjection": 'mutation { decideObjection(number: "x", justified: true, finding: "x") { position } }',
    "recallFact": 'mutation { recallFact(uscc: "91231282MA9X0A019P", field: "x", kind: CORRECTED, reason: "x", since: "2026-01-01") { position } }',
    "holdRecord": 'mutation { holdRecord(firstDay: "2026-01-01", reason: "x") { position } }',
    "noteAnomaly": 'mutation { noteAnomaly(anomaly: { kind: NIGHT, day: "2026-01-01", client: "x", department: "x" }, finding: "x") { position } }',
    "startQualityRun": 'mutation { startQualityRun(source: "x") { position } }',
    "stopQualityRun": 'mutation { stopQualityRun(number: "x") { position } }',
    "resumeQualityRun": 'mutation { resumeQualityRun(number: "x") { position } }',
    "verifyRecord": "mutation { verifyRecord { position } }",
    "packRecord": "mutation { packRecord(year: 2026) { position } }",
    "stopRecordWork": 'mutation { stopRecordWork(number: "x") { position } }',
    "resumeRecordWork": 'mutation { resumeRecordWork(number: "x") { position } }',
    "liftHold": 'mutation { liftHold(number: 1, reason: "x") { position } }',
    "applyCode": 'mutation { applyCode(uscc: "91231282MA9X0A019P", application: { committed: true }) { position } }',
    "displayCode": 'mutation { displayCode(uscc: "91231282MA9X0A019P", display: { places: ["x"] }) { position } }',
    "checkCode": 'mutation { checkCode(uscc: "91231282MA9X0A019P") { position } }',
    "suspendCode": 'mutation { suspendCode(uscc: "91231282MA9X0A019P", reason: "x") { position } }',
    "resumeCode": 'mutation { resumeCode(uscc: "91231282MA9X0A019P", reason: "x") { position } }',
    "revokeCode": 'mutation { revokeCode(uscc: "91231282MA9X0A019P", reason: "x") { position } }',
    "reissueCode": 'mutation { reissueCode(uscc: "91231282MA9X0A019P", reason: "x") { position } }',
    "cancelCode": 'mutation { cancelCode(uscc: "91231282MA9X0A019P", reason: "x") { position } }',
    "onboardStreet": 'mutation { onboardStreet(name: "x", csv: "x") { position } }',
    "readNotice": 'mutation { readNotice(ids: ["1"]) { position } }',
}


def test_every_mutation_is_tried():
    """One that is declared and not listed here fails, so that its roles are thought about."""
    assert ASKED.keys() == OFFERED.keys()


CLIENTS = {"SEC": "security", "CLERK": "counter", "MERCHANT": "mine", "ADMIN": "admin", "OFFICER": "officer"}
CASE = {"headers": {"hub-case": "17"}}


def somebody(role):
    """A caller of a role."""
    return Someone(CLIENTS[role], "p") if role in CLIENTS else None


@pytest.mark.parametrize("role", ROLES)
async def test_a_schema_shows_what_its_role_may_do(small, role):
    """SDL and introspection have exactly the role's mutations, or no mutations at all, and no type of the others."""
    headers = {**small.headers(somebody(role)), "hub-case": "17"}
    sdl = (await small.world.client.get("/graphql/schema", headers=headers)).text
    block = re.search(r"^type Mutation \{\n(.*?)^\}", sdl, re.MULTILINE | re.DOTALL)
    shown = set(re.findall(r"^  (\w+)\(", block[1], re.MULTILINE)) if block else set()
    assert shown == ROLES[role]
    query = "{ __schema { mutationType { fields { name } } } }"
    told = (await small.ask(somebody(role), query, **CASE)).json()["data"]["__schema"]["mutationType"]
    assert {field["name"] for field in (told or {"fields": []})["fields"]} == ROLES[role]
    assert ("VouchOutcome" in sdl, "StopKind" in sdl) == (role == "CLERK", role == "SEC")
    assert ("type Mandate " in sdl) == (role in {"CLERK", "MERCHANT"})


@pytest.mark.parametrize("role", ROLES)
async def test_what_a_role_may_not_do_is_misspelled(small, role):
    """A hidden mutation is answered like one that nobody has, with a key or without; nothing is done or recorded."""
    who = somebody(role)
    for name in set(ASKED) - ROLES[role]:
        for key in ("", None):
            hidden = (await small.ask(who, ASKED[name], key, **CASE)).json()["errors"][0]
            wrong = ASKED[name].replace(name, "nothing" + name[:1], 1)
            known = (await small.ask(who, wrong, key, **CASE)).json()["errors"][0]
            assert hidden["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
            said = [re.sub(r"'\w+'", "'…'", one["extensions"]["messageEn"]) for one in (hidden, known)]
            assert said[0] == said[1]
    assert small.entries() == []


@pytest.mark.parametrize("role", ROLES)
async def test_mandates_exist_for_clerks_and_merchants(small, role):
    """For all others there is no such root field."""
    body = (await small.ask(somebody(role), "{ mandates { id } }", **CASE)).json()
    if role in {"CLERK", "MERCHANT"}:
        assert body["data"] == {"mandates": []}
    else:
        assert body["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_equal_policies_of_different_roles_share_no_validation(small):
    """A question that one role was answered is still refused to another whose fields are the same."""
    step = Step(client="security", text=freeze("CLIENT", "bank"))
    assert (await small.act(SECURITY, step.text))["freeze"]["changed"] is True
    assert await small.refused(Someone("admin"), step.text) == "GRAPHQL_VALIDATION_FAILED"
    assert (await small.act(Someone("mine", "p"), "{ mandates { id } }")) == {"mandates": []}
    assert await small.refused(Someone("admin"), "{ mandates { id } }") == "GRAPHQL_VALIDATION_FAILED"


async def test_a_token_narrowed_to_scopes_carries_no_acts(small):
    """Scopes are groups of fields: a token for some of them is for reading these."""
    hub = small.world.hub
    step = Step(client="security", scopes=(Scope.ENTITY_IDENTITY.value,), text=freeze("CLIENT", "bank"))
    headers = {"authorization": f"Bearer {small.world._token(step)}", "idempotency-key": "k"}
    answer = await small.world.client.post("/graphql", json={"query": step.text}, headers=headers)
    assert answer.json()["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    assert hub.database.reading(lambda c: c.exec_driver_sql("SELECT count(*) FROM stops").scalar()) == 0


@pytest.mark.parametrize("name", ["vouch", "delegate", "endMandate"])
async def test_a_client_by_itself_is_nobody(small, name):
    """What a person answers for, a client's own token does not do."""
    client = "counter" if name == "vouch" else "mine"
    answer = await small.ask(Someone(client), ASKED[name])
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (403, "PERSON_REQUIRED")
    assert (await small.act(Someone(client), "{ mandates { id } }")) == {"mandates": []}
