/**
 * What the drivers of both client libraries share: a job read from stdin, its answer or its error told on stdout.
 *
 * It knows neither library. A job: {issuer, flow, client_id, client_secret?, private_key_jwk?, alg?, authentication?,
 * redirect_uri?, person?, scope?, resource?, purposes?, dpop?, dpop_alg?, graphql?: {url, query, purpose?, case?},
 * audience?, revoked?}. An error: {error, message, error_description?, status?, challenges?}, exit code 1.
 */

import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { importJWK } from 'jose';

/**
 * Runs the flow that the job names, and ends: a flow that failed may have left a poll running.
 * With --lines every line is a job, done one after the other; answers are told as [answer or error, exit code].
 */
export async function answer(flows) {
  if (!process.argv.includes('--lines')) {
    const [told, code] = await done(flows, JSON.parse(await text(process.stdin)));
    process.stdout.write(`${JSON.stringify(told)}\n`, () => process.exit(code));
    return;
  }
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await done(flows, JSON.parse(line)))}\n`);
  }
  process.exit(0);
}

async function done(flows, job) {
  const flow = flows[job.flow];
  return (flow ? flow(job) : Promise.reject(new Error(`no flow ${job.flow}`)))
    .then((result) => [result, 0], async (error) => [await errorOf(error), 1]);
}

/** The error that an attempt meets; an attempt that succeeds is the mistake. */
export async function refusal(attempt, what) {
  const error = await attempt().then(() => undefined, (met) => met);
  if (!error) throw new Error(`${what} was accepted`);
  return errorOf(error);
}

/** An error in the server's words where it has said any: a challenge in its head does not hide what its body says. */
export async function errorOf(error) {
  const { cause, code, message, name } = error;
  const response = error.response ?? (cause instanceof Response ? cause : undefined);
  const said = response && !response.bodyUsed ? await response.clone().json().catch(() => undefined) : undefined;
  const challenges = Array.isArray(cause) ? cause : undefined;
  const named = challenges?.map(({ parameters }) => parameters.error).find(Boolean);
  const deeper = cause instanceof Error ? cause : undefined;
  return {
    error: error.error ?? said?.error ?? named ?? code ?? deeper?.code ?? name,
    message: deeper ? `${message}: ${deeper.message}` : message,
    error_description: error.error_description ?? said?.error_description,
    status: error.status ?? response?.status,
    challenges,
  };
}

/** How the client proves itself: as asked, else by what it holds. */
export function authenticationOf(job) {
  if (job.authentication) return job.authentication;
  if (job.private_key_jwk) return 'private_key_jwt';
  return job.client_secret ? 'client_secret_basic' : 'none';
}

export async function privateKeyOf({ private_key_jwk: jwk, alg }) {
  return { key: await importJWK(jwk, alg ?? jwk.alg), kid: jwk.kid };
}

/** The parameters of authorization, device and client-credentials requests that only some jobs have. */
export function wanted({ scope, resource, purposes }, fallback) {
  const parameters = { scope: scope ?? fallback, resource, purposes };
  return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined));
}

/** Method, headers and body of a GraphQL question. */
export function questionOf({ query, variables, purpose, case: number }) {
  const headers = new Headers({ accept: 'application/json', 'content-type': 'application/json' });
  if (purpose) headers.set('hub-purpose', purpose);
  if (number) headers.set('hub-case', number);
  return { headers, body: JSON.stringify({ query, variables }) };
}

/** What a resource answered: status and body, or the challenges with which it refused. */
export async function resourceAnswer(asking) {
  try {
    const response = await asking;
    const body = await response.text();
    return { status: response.status, body: body && JSON.parse(body) };
  } catch (error) {
    if (!Array.isArray(error.cause)) throw error;
    return { status: error.status, challenges: error.cause };
  }
}
