// Mercurius on the yardstick's data, as its manual advises for speed: JIT, loaders without a cache, named statements.
// The environment names the database and the port: DATABASE, PORT.
import Fastify from 'fastify'
import mercurius from 'mercurius'
import pg from 'pg'

const DATE = 1082
// Dates stay the text they are: the answer needs nothing else.
pg.types.setTypeParser(DATE, (text) => text)

const pools = Object.fromEntries(
  ['register', 'licences', 'credit', 'incentives'].map((source) => [
    source,
    new pg.Pool({ connectionString: process.env.DATABASE, max: 4 })
  ])
)

const schema = `
  scalar USCC
  scalar Date
  type Query {
    entity(uscc: USCC): Entity
    entities(filter: EntityFilter, first: Int): EntityConnection
    entitiesByUscc(usccs: [USCC!]!): [Entity]!
  }
  input EntityFilter { divisionCode: String }
  type EntityConnection { edges: [EntityEdge!]! }
  type EntityEdge { node: Entity }
  type Entity {
    uscc: USCC
    name: String
    legalRepresentative: String
    address: String
    industryCode: String
    divisionCode: String
    status: String
    establishedOn: Date
    kind: String
    contactPhone: String
    licences: [Licence!]
    creditStatus: CreditStatus
    incentives: [Incentive!]
  }
  type Licence {
    kind: String
    certificateName: String
    certificateNo: String
    scope: String
    validFrom: Date
    validTo: Date
    status: String
    authority: String
  }
  type CreditStatus { ratings: [CreditRating!] }
  type CreditRating {
    scheme: String
    grade: String
    label: String
    issuer: String
    assessedOn: Date
    validTo: Date
  }
  type Incentive {
    measureName: String
    scenario: String
    department: String
    grantedOn: Date
    validTo: Date
    status: String
  }
`

const identity = `uscc, name, legal_representative AS "legalRepresentative", address, industry AS "industryCode",
  division AS "divisionCode", status, established AS "establishedOn", kind, phone AS "contactPhone"`
const entities = {
  name: 'entities',
  text: `SELECT ${identity} FROM register.entity WHERE uscc = ANY($1::text[]) ORDER BY uscc`
}
const page = {
  name: 'page',
  text: `SELECT ${identity} FROM register.entity WHERE division = $1 ORDER BY division, uscc LIMIT $2`
}
const licences = {
  name: 'licences',
  text: `SELECT uscc, kind, certificate_name AS "certificateName", certificate_no AS "certificateNo", scope,
    valid_from AS "validFrom", valid_to AS "validTo", status, authority
    FROM licences.licence WHERE uscc = ANY($1::text[]) ORDER BY uscc, id`
}
const ratings = {
  name: 'ratings',
  text: `SELECT uscc, scheme, grade, label, issuer, assessed_on AS "assessedOn", valid_to AS "validTo"
    FROM credit.rating WHERE uscc = ANY($1::text[]) ORDER BY uscc`
}
const incentives = {
  name: 'incentives',
  text: `SELECT uscc, measure_name AS "measureName", scenario, department, granted_on AS "grantedOn",
    valid_to AS "validTo", status
    FROM incentives.incentive WHERE uscc = ANY($1::text[]) ORDER BY uscc, id`
}

async function ask (source, statement, values) {
  return (await pools[source].query({ ...statement, values })).rows
}

async function grouped (source, statement, queries) {
  const keys = queries.map(({ obj }) => obj.uscc)
  const byKey = new Map(keys.map((key) => [key, []]))
  for (const row of await ask(source, statement, [keys])) byKey.get(row.uscc).push(row)
  return keys.map((key) => byKey.get(key))
}

const resolvers = {
  Query: {
    async entity (_, { uscc }) {
      return (await ask('register', entities, [[uscc]]))[0]
    },
    async entities (_, { filter, first }) {
      const rows = await ask('register', page, [filter.divisionCode, first])
      return { edges: rows.map((node) => ({ node })) }
    },
    async entitiesByUscc (_, { usccs }) {
      const rows = await ask('register', entities, [usccs])
      const found = new Map(rows.map((row) => [row.uscc, row]))
      return usccs.map((key) => found.get(key))
    }
  }
}

const opts = { cache: false }
const loaders = {
  Entity: {
    licences: { loader: (queries) => grouped('licences', licences, queries), opts },
    creditStatus: {
      loader: async (queries) => (await grouped('credit', ratings, queries)).map((found) => ({ ratings: found })),
      opts
    },
    incentives: { loader: (queries) => grouped('incentives', incentives, queries), opts }
  }
}

const app = Fastify()
app.register(mercurius, { schema, resolvers, loaders, jit: 1 })
await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
