/** The flows as `oauth4webapi` does them, unmodified; the job and the answer are those of job.mjs. */

import { setTimeout as pause } from 'node:timers/promises';
import * as oauth from 'oauth4webapi';
import { approve, signIn } from './browser.mjs';
import { answer, authenticationOf, privateKeyOf, questionOf, refusal, resourceAnswer, wanted } from './job.mjs';

const insecure = { [oauth.allowInsecureRequests]: true };

async function discovered(job, algorithm) {
  const issuer = new URL(job.issuer);
  return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { ...insecure, algorithm }));
}

async function prepared(job) {
  const methods = {
    client_secret_basic: () => oauth.ClientSecretBasic(job.client_secret),
    client_secret_post: () => oauth.ClientSecretPost(job.client_secret),
    private_key_jwt: async () => oauth.PrivateKeyJwt(await privateKeyOf(job)),
    none: () => oauth.None(),
  };
  const client = { client_id: job.client_id };
  const keys = job.dpop && (await oauth.generateKeyPair(job.dpop_alg ?? 'ES256'));
  const options = { ...insecure, DPoP: keys ? oauth.DPoP(client, keys) : undefined };
  const server = await discovered(job);
  return { job, server, client, authentication: await methods[authenticationOf(job)](), options };
}

/** Sends a request and reads its answer; once more with the nonce where the server asks for one. */
async function sent(request, read) {
  try {
    return await read(await request());
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error;
    return read(await request());
  }
}

async function discovery(job) {
  const [metadata, oauthMetadata] = await Promise.all([discovered(job, 'oidc'), discovered(job, 'oauth2')]);
  return { metadata, oauth_metadata: oauthMetadata };
}

function credentialsOf({ job, server, client, authentication, options }) {
  const parameters = new URLSearchParams(wanted(job));
  return sent(
    () => oauth.clientCredentialsGrantRequest(server, client, authentication, parameters, options),
    (response) => oauth.processClientCredentialsResponse(server, client, response),
  );
}

async function clientCredentials(job) {
  const state = await prepared(job);
  const tokens = await credentialsOf(state);
  return { tokens, access_token_claims: await validated(state, tokens), graphql: await asked(state, tokens) };
}

async function code(job) {
  const state = await prepared(job);
  const tokens = await signedIn(state);
  const claims = oauth.getValidatedIdTokenClaims(tokens);
  const userinfo = claims && (await userinfoOf(state, tokens, claims.sub));
  const accessTokenClaims = await validated(state, tokens);
  return { tokens, claims, userinfo, access_token_claims: accessTokenClaims, graphql: await asked(state, tokens) };
}

async function signedIn(state) {
  const { job, server, client, options } = state;
  const verifier = oauth.generateRandomCodeVerifier();
  const parameters = new URLSearchParams({
    ...wanted(job, 'openid'),
    client_id: client.client_id,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    redirect_uri: job.redirect_uri,
    response_type: 'code',
    state: oauth.generateRandomState(),
  });
  const openid = parameters.get('scope').split(' ').includes('openid');
  if (openid) parameters.set('nonce', oauth.generateRandomNonce());
  if (options.DPoP) parameters.set('dpop_jkt', await options.DPoP.calculateThumbprint());
  const url = new URL(server.authorization_endpoint);
  url.search = job.flow === 'code_par' ? await pushed(state, parameters) : parameters;
  const back = new URL(await signIn(url, job.person, job.redirect_uri));
  return exchanged(state, back, verifier, parameters);
}

async function pushed({ server, client, authentication, options }, parameters) {
  const { request_uri: uri } = await sent(
    () => oauth.pushedAuthorizationRequest(server, client, authentication, parameters, options),
    (response) => oauth.processPushedAuthorizationResponse(server, client, response),
  );
  return new URLSearchParams({ client_id: client.client_id, request_uri: uri });
}

async function exchanged({ job, server, client, authentication, options }, back, verifier, parameters) {
  const callback = oauth.validateAuthResponse(server, client, back, parameters.get('state'));
  const nonce = parameters.get('nonce') ?? undefined;
  return sent(
    () => oauth.authorizationCodeGrantRequest(
      server, client, authentication, callback, job.redirect_uri, verifier, options),
    async (response) => {
      const checks = { expectedNonce: nonce, requireIdToken: nonce !== undefined };
      const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, checks);
      if (tokens.id_token) await oauth.validateApplicationLevelSignature(server, response, insecure);
      return tokens;
    },
  );
}

function userinfoOf({ server, client, options }, tokens, subject) {
  return sent(
    () => oauth.userInfoRequest(server, client, tokens.access_token, options),
    (response) => oauth.processUserInfoResponse(server, client, subject, response),
  );
}

async function refresh(job) {
  const state = await prepared(job);
  const { server, client, authentication, options } = state;
  const renewed = (token) => sent(
    () => oauth.refreshTokenGrantRequest(server, client, authentication, token, options),
    (response) => oauth.processRefreshTokenResponse(server, client, response),
  );
  const first = await signedIn(state);
  const second = await renewed(first.refresh_token);
  const third = await renewed(second.refresh_token);
  const graphql = await asked(state, third);
  const replay = await refusal(() => renewed(first.refresh_token), 'a refresh token that was used');
  const afterReplay = await refusal(() => renewed(third.refresh_token), 'the newest refresh token of the family');
  const graphqlAfter = await asked(state, third);
  return { tokens: [first, second, third], replay, after_replay: afterReplay, graphql, graphql_after: graphqlAfter };
}

async function device(job) {
  const state = await prepared(job);
  const { server, client, authentication } = state;
  const parameters = new URLSearchParams(wanted(job, 'openid'));
  const started = await oauth.processDeviceAuthorizationResponse(server, client, (
    await oauth.deviceAuthorizationRequest(server, client, authentication, parameters, insecure)));
  const person = { ...job.person, user_code: started.user_code };
  const [tokens, page] = await Promise.all([
    polled(state, started),
    approve(started.verification_uri_complete ?? started.verification_uri, person),
  ]);
  const claims = oauth.getValidatedIdTokenClaims(tokens);
  return { started, page, tokens, claims, graphql: await asked(state, tokens) };
}

async function polled({ server, client, authentication, options }, { device_code: deviceCode, interval = 5 }) {
  for (let wait = interval; ;) {
    await pause(wait * 1000);
    try {
      return await sent(
        () => oauth.deviceCodeGrantRequest(server, client, authentication, deviceCode, options),
        (response) => oauth.processDeviceCodeResponse(server, client, response),
      );
    } catch (error) {
      if (!['authorization_pending', 'slow_down'].includes(error.error)) throw error;
      if (error.error === 'slow_down') wait += 5;
    }
  }
}

async function obtained(job) {
  const state = await prepared(job);
  return { state, tokens: await (job.person ? signedIn(state) : credentialsOf(state)) };
}

async function introspect(job) {
  const { state, tokens } = await obtained(job);
  return { tokens, ...(await introspected(state, tokens)) };
}

async function introspected({ server, client, authentication }, { access_token: access, refresh_token: renewing }) {
  const told = async (token, hint) => token && oauth.processIntrospectionResponse(server, client, (
    await oauth.introspectionRequest(server, client, authentication, token, hinted(hint))));
  return { access_token: await told(access, 'access_token'), refresh_token: await told(renewing, 'refresh_token') };
}

const hinted = (hint) => ({ ...insecure, additionalParameters: new URLSearchParams({ token_type_hint: hint }) });

async function revoke(job) {
  const { state, tokens } = await obtained(job);
  const { server, client, authentication } = state;
  const hint = job.revoked ?? (tokens.refresh_token ? 'refresh_token' : 'access_token');
  const before = await introspected(state, tokens);
  const graphql = await asked(state, tokens);
  await oauth.processRevocationResponse(
    await oauth.revocationRequest(server, client, authentication, tokens[hint], hinted(hint)));
  const after = await introspected(state, tokens);
  return { tokens, revoked: hint, before, after, graphql, graphql_after: await asked(state, tokens) };
}

/** Claims of a bearer access token, which the library checks against RFC 9068, where the job names an audience. */
async function validated({ job, server }, tokens) {
  if (!job.audience || job.dpop) return undefined;
  const headers = { authorization: `Bearer ${tokens.access_token}` };
  return oauth.validateJwtAccessToken(server, new Request(job.issuer, { headers }), job.audience, insecure);
}

async function asked({ job, options }, tokens) {
  if (!job.graphql) return undefined;
  const { headers, body } = questionOf(job.graphql);
  const url = new URL(job.graphql.url);
  return resourceAnswer(sent(
    () => oauth.protectedResourceRequest(tokens.access_token, 'POST', url, headers, body, options),
    (response) => response,
  ));
}

const flows = {
  discovery, client_credentials: clientCredentials, code, code_par: code, refresh, device, introspect, revoke,
};
await answer(flows);
