/** The flows as `openid-client` does them, unmodified; the job and the answer are those of job.mjs. */

import * as client from 'openid-client';
import { approve, signIn } from './browser.mjs';
import { answer, authenticationOf, privateKeyOf, questionOf, refusal, resourceAnswer, wanted } from './job.mjs';

async function prepared(job) {
  const methods = {
    client_secret_basic: () => client.ClientSecretBasic(job.client_secret),
    client_secret_post: () => client.ClientSecretPost(job.client_secret),
    private_key_jwt: async () => client.PrivateKeyJwt(await privateKeyOf(job)),
    none: () => client.None(),
  };
  const execute = [client.allowInsecureRequests, client.enableNonRepudiationChecks];
  const authentication = await methods[authenticationOf(job)]();
  const config = await client.discovery(new URL(job.issuer), job.client_id, {}, authentication, { execute });
  const keys = job.dpop && (await client.randomDPoPKeyPair(job.dpop_alg ?? 'ES256'));
  return { config, options: { DPoP: keys ? client.getDPoPHandle(config, keys) : undefined } };
}

async function discovery(job) {
  const execute = [client.allowInsecureRequests];
  const [openid, oauth] = await Promise.all(['oidc', 'oauth2'].map((algorithm) => (
    client.discovery(new URL(job.issuer), job.client_id, {}, client.None(), { execute, algorithm }))));
  return { metadata: openid.serverMetadata(), oauth_metadata: oauth.serverMetadata() };
}

async function clientCredentials(job) {
  const { config, options } = await prepared(job);
  const tokens = await client.clientCredentialsGrant(config, wanted(job), options);
  return { tokens, graphql: await asked(job, config, tokens, options) };
}

async function code(job) {
  const { config, options } = await prepared(job);
  const tokens = await signedIn(job, config, options);
  const claims = tokens.claims();
  const userinfo = claims && (await client.fetchUserInfo(config, tokens.access_token, claims.sub, options));
  return { tokens, claims, userinfo, graphql: await asked(job, config, tokens, options) };
}

async function signedIn(job, config, options) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const parameters = {
    ...wanted(job, 'openid'),
    redirect_uri: job.redirect_uri,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: client.randomState(),
  };
  const openid = parameters.scope.split(' ').includes('openid');
  if (openid) parameters.nonce = client.randomNonce();
  if (options.DPoP) parameters.dpop_jkt = await options.DPoP.calculateThumbprint();
  const url = job.flow === 'code_par'
    ? await client.buildAuthorizationUrlWithPAR(config, parameters, options)
    : client.buildAuthorizationUrl(config, parameters);
  const back = new URL(await signIn(url, job.person, job.redirect_uri));
  const checks = {
    pkceCodeVerifier, expectedState: parameters.state, expectedNonce: parameters.nonce, idTokenExpected: openid,
  };
  return client.authorizationCodeGrant(config, back, checks, undefined, options);
}

async function refresh(job) {
  const { config, options } = await prepared(job);
  const renewed = (token) => client.refreshTokenGrant(config, token, undefined, options);
  const first = await signedIn(job, config, options);
  const second = await renewed(first.refresh_token);
  const third = await renewed(second.refresh_token);
  const graphql = await asked(job, config, third, options);
  const replay = await refusal(() => renewed(first.refresh_token), 'a refresh token that was used');
  const afterReplay = await refusal(() => renewed(third.refresh_token), 'the newest refresh token of the family');
  const graphqlAfter = await asked(job, config, third, options);
  return { tokens: [first, second, third], replay, after_replay: afterReplay, graphql, graphql_after: graphqlAfter };
}

async function device(job) {
  const { config, options } = await prepared(job);
  const started = await client.initiateDeviceAuthorization(config, wanted(job, 'openid'));
  const person = { ...job.person, user_code: started.user_code };
  const [tokens, page] = await Promise.all([
    client.pollDeviceAuthorizationGrant(config, started, undefined, options),
    approve(started.verification_uri_complete ?? started.verification_uri, person),
  ]);
  return { started, page, tokens, claims: tokens.claims(), graphql: await asked(job, config, tokens, options) };
}

async function obtained(job) {
  const { config, options } = await prepared(job);
  const tokens = job.person
    ? await signedIn(job, config, options)
    : await client.clientCredentialsGrant(config, wanted(job), options);
  return { config, options, tokens };
}

async function introspect(job) {
  const { config, tokens } = await obtained(job);
  return { tokens, ...(await introspected(config, tokens)) };
}

async function introspected(config, { access_token: access, refresh_token: renewing }) {
  const told = (token, hint) => token && client.tokenIntrospection(config, token, { token_type_hint: hint });
  return { access_token: await told(access, 'access_token'), refresh_token: await told(renewing, 'refresh_token') };
}

async function revoke(job) {
  const { config, options, tokens } = await obtained(job);
  const hint = job.revoked ?? (tokens.refresh_token ? 'refresh_token' : 'access_token');
  const before = await introspected(config, tokens);
  const graphql = await asked(job, config, tokens, options);
  await client.tokenRevocation(config, tokens[hint], { token_type_hint: hint });
  const after = await introspected(config, tokens);
  return { tokens, revoked: hint, before, after, graphql, graphql_after: await asked(job, config, tokens, options) };
}

async function asked({ graphql }, config, tokens, options) {
  if (!graphql) return undefined;
  const { headers, body } = questionOf(graphql);
  const url = new URL(graphql.url);
  return resourceAnswer(
    client.fetchProtectedResource(config, tokens.access_token, url, 'POST', body, headers, options),
  );
}

const flows = {
  discovery, client_credentials: clientCredentials, code, code_par: code, refresh, device, introspect, revoke,
};
await answer(flows);
