/**
 * Somebody else's OpenID provider: npm's `oidc-provider` with accounts and clients given on stdin, on a loopback port.
 *
 * stdin: {port?, alg?: RS256|ES256|PS256|Ed25519, accounts: [{username, password, claims}], clients: [metadata],
 * nonces?: true asks for DPoP nonces}. Prints {issuer, kid} when it listens, {kid} after SIGHUP (new keys, the old ones
 * gone), and ends on SIGTERM. Claims are given as they are, in ID token and userinfo; consent is never asked for.
 */

import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';

// The library says what it thinks of a configuration on stdout, which is for our own lines.
console.info = console.warn;

const { Provider } = await import('oidc-provider');

const job = JSON.parse(await text(process.stdin));
const alg = job.alg ?? 'RS256';
const cookieKey = randomBytes(32).toString('hex');
const server = createServer();
server.listen(job.port ?? 0, '127.0.0.1', async () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  let { kid, serve } = await withFreshKeys(issuer);
  server.on('request', (request, response) => serve(request, response));
  process.on('SIGHUP', async () => {
    ({ kid, serve } = await withFreshKeys(issuer));
    console.log(JSON.stringify({ kid }));
  });
  console.log(JSON.stringify({ issuer, kid }));
});
process.on('SIGTERM', () => process.exit(0));

async function withFreshKeys(issuer) {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  const key = { ...(await exportJWK(privateKey)), alg, use: 'sig' };
  key.kid = await calculateJwkThumbprint(key);
  const provider = new Provider(issuer, configuration(key));
  const answer = provider.callback();
  const serve = (request, response) => (
    request.url.startsWith('/interaction/') ? interact(provider, request, response) : answer(request, response));
  return { kid: key.kid, serve };
}

function configuration(key) {
  const told = new Set(job.accounts.flatMap(({ claims }) => Object.keys(claims ?? {})));
  return {
    jwks: { keys: [key] },
    clients: job.clients.map((client) => ({
      response_types: client.redirect_uris?.length ? ['code'] : [],
      redirect_uris: [],
      id_token_signed_response_alg: alg,
      ...client,
    })),
    claims: { openid: ['sub', ...told] },
    conformIdTokenClaims: false,
    cookies: { keys: [cookieKey] },
    enabledJWA: { dPoPSigningAlgValues: ['ES256', 'Ed25519', 'PS256'] },
    features: features(),
    findAccount: (_context, subject) => found(job.accounts.find((account) => subjectOf(account) === subject)),
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    issueRefreshToken: (_context, client) => client.grantTypeAllowed('refresh_token'),
    pkce: { required: () => true },
    rotateRefreshToken: true,
  };
}

function features() {
  return {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => job.nonces === true },
    introspection: { enabled: true },
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_context, audience) => ({
        scope: 'read', audience, accessTokenFormat: 'jwt', accessTokenTTL: 600, jwt: { sign: { alg } },
      }),
    },
  };
}

const subjectOf = ({ username, claims }) => claims?.sub ?? username;
const found = (account) => account && {
  accountId: subjectOf(account), claims: () => ({ ...account.claims, sub: subjectOf(account) }),
};

async function interact(provider, request, response) {
  try {
    const details = await provider.interactionDetails(request, response);
    if (details.prompt.name === 'consent') {
      await finish({ consent: { grantId: await granted(provider, details) } }, true);
      return;
    }
    const form = new URLSearchParams(await text(request));
    const account = job.accounts.find(({ username, password }) => (
      username === form.get('username') && password === form.get('password')));
    if (account) await finish({ login: { accountId: subjectOf(account) } }, false);
    else page(response, request.method === 'POST' ? 401 : 200);
  } catch (error) {
    response.writeHead(400, { 'content-type': 'text/plain; charset=utf-8' }).end(error.message);
  }

  function finish(result, mergeWithLastSubmission) {
    return provider.interactionFinished(request, response, result, { mergeWithLastSubmission });
  }
}

async function granted(provider, { grantId, session, params, prompt: { details } }) {
  const known = grantId && (await provider.Grant.find(grantId));
  const grant = known || new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  if (details.missingOIDCScope) grant.addOIDCScope(details.missingOIDCScope.join(' '));
  if (details.missingOIDCClaims) grant.addOIDCClaims(details.missingOIDCClaims);
  for (const [resource, scopes] of Object.entries(details.missingResourceScopes ?? {})) {
    grant.addResourceScope(resource, scopes.join(' '));
  }
  return grant.save();
}

function page(response, status) {
  const refusal = status === 200 ? '' : '<p role="alert">用户名或密码不对 · Wrong name or password</p>';
  response.writeHead(status, { 'cache-control': 'no-store', 'content-type': 'text/html; charset=utf-8' });
  response.end(`<!doctype html>
<html lang="zh"><head><meta charset="utf-8"><title>实名认证 · Sign in</title></head>
<body>${refusal}<form method="post">
<label>用户名 · Name <input name="username" required autocomplete="username"></label>
<label>密码 · Password <input name="password" type="password" required autocomplete="current-password"></label>
<button>登录 · Sign in</button>
</form></body></html>`);
}
