import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { inspect } from 'node:util';
import { validate } from '../../config/check/validate.ts';
import {
  type BatchDefaults,
  type Connection,
  type Delivery,
  FAILURE_REASONS,
  type OutputDefinition,
  type SendResult,
} from '../../src/output/define.ts';
import type { DialerOptions } from '../../src/output/dialer.ts';
import { resultOfError } from '../../src/output/http-result.ts';
import { createHttpClient, type HttpClient } from '../../src/output/http.ts';
import { createNetwork, type Network } from '../../src/output/network.ts';

/** One attempt through an output, as the engine makes it. */

export interface Settings {
  /** What the output sees: defaults filled in, units converted. */
  readonly values: Record<string, unknown>;
  /** Values of settings marked as secret. */
  readonly secrets: readonly string[];
}

/** Settings as the loader makes them. Fails on any mistake. */
export function settingsOf(definition: OutputDefinition, raw: object): Settings {
  const values = structuredClone(raw) as Record<string, unknown>;
  const { findings, secrets } = check(definition, values);
  assert.deepEqual(findings, []);
  assert.deepEqual(definition.validate?.(values) ?? [], []);
  return { values, secrets };
}

/** Checks against the schema alone, filling in defaults in place. */
export function check(definition: OutputDefinition, values: object) {
  const secrets: string[] = [];
  const findings = validate(definition.schema, values, {
    base: [],
    baseDirectory: '/',
    isHidden: () => true,
    onSecret: (text) => secrets.push(text),
    onFile: () => {},
  });
  return { findings, secrets };
}

export function batchOf(definition: OutputDefinition, settings: Settings): BatchDefaults {
  const { batch } = definition;
  return typeof batch === 'function' ? batch(settings.values) : batch;
}

const PLAIN: DialerOptions = {
  caFiles: [],
  verify: true,
  proxy: 'none',
  allowDestinations: [],
  refuseListeners: () => [],
};

/** The network of an output whose configuration says no more of it than `changes`. */
export function networkWith(changes: Partial<DialerOptions> = {}): Network {
  return createNetwork({ ...PLAIN, ...changes });
}

export function httpClient(t: TestContext): HttpClient {
  const http = createHttpClient({ ...PLAIN, userAgent: 'Tocsin/test', connections: 8 });
  t.after(() => http.close());
  return http;
}

export const DEADLINE_MS = 60_000;

/** Sends once. What is thrown becomes a result, as in the engine. Checks the shape of the result. */
export async function attempt(
  definition: OutputDefinition,
  context: {
    readonly settings: Settings;
    readonly http: HttpClient;
    readonly network?: Network;
    readonly signal?: AbortSignal;
  },
  deliveries: readonly Delivery[],
): Promise<SendResult> {
  const { settings, http, network = networkWith() } = context;
  const { signal = AbortSignal.timeout(DEADLINE_MS) } = context;
  const sending = { settings: settings.values, http, network, signal };
  const result = await sendOnce(definition, sending, deliveries).catch((error: unknown) => {
    assertNoSecret(inspect(error, { depth: null }), settings.secrets);
    return resultOfError(error);
  });
  assertResult(result, deliveries.length);
  assertNoSecret(JSON.stringify(result), settings.secrets);
  return result;
}

async function sendOnce(
  definition: OutputDefinition,
  context: Parameters<NonNullable<OutputDefinition['send']>>[0],
  deliveries: readonly Delivery[],
): Promise<SendResult> {
  if (definition.send !== undefined) return definition.send(context, deliveries);
  const connection = await definition.open?.(context);
  assert.ok(connection, 'an output has send or open');
  try {
    return await connection.send(deliveries, { signal: context.signal });
  } finally {
    await connection.close();
  }
}

/** One attempt over a connection that is there. */
export async function sendOver(
  connection: Connection,
  deliveries: readonly Delivery[],
  withinMs = DEADLINE_MS,
): Promise<SendResult> {
  const result = await connection.send(deliveries, { signal: AbortSignal.timeout(withinMs) });
  assertResult(result, deliveries.length);
  return result;
}

/** `partial` must say something about every alert; a `detail` is one bounded line. */
export function assertResult(result: SendResult, count: number): void {
  const singles = result.outcome === 'partial' ? result.results : [result];
  if (result.outcome === 'partial') assert.equal(singles.length, count);
  for (const single of singles) {
    assert.ok(['delivered', 'retry', 'reject'].includes(single.outcome), single.outcome);
    if (single.outcome === 'delivered') continue;
    assert.ok(FAILURE_REASONS.includes(single.reason), single.reason);
    assert.match(single.detail, /^.{1,500}$/u);
    assert.doesNotMatch(single.detail, /[\p{Cc}\p{Bidi_Control}]/u);
  }
}

/** Neither a secret itself nor a part of it that would be enough. */
function assertNoSecret(text: string, secrets: readonly string[]): void {
  for (const secret of secrets.flatMap((secret) => [secret, ...secret.split(/[/?&=]/)])) {
    if (secret.length < 8 || secret.includes('127.0.0.1')) continue;
    assert.ok(!text.includes(secret), `a secret is in ${text}`);
    assert.ok(!text.includes(encodeURIComponent(secret)), `a secret is in ${text}`);
  }
}

/** `retry/server`, `reject/payload`, `delivered`; of a partial result, those there are. */
export function verdictOf(result: SendResult): string {
  const singles = result.outcome === 'partial' ? result.results : [result];
  const verdicts = singles.map((single) =>
    single.outcome === 'delivered' ? 'delivered' : `${single.outcome}/${single.reason}`,
  );
  return [...new Set(verdicts)].join(', ');
}
