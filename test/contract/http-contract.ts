import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { isExactNumber } from '../../src/alert.ts';
import type { Delivery, OutputDefinition } from '../../src/output/define.ts';
import { alertWith, deliveryOf, oddAlerts } from './alerts.ts';
import { attempt, batchOf, DEADLINE_MS, httpClient, settingsOf, verdictOf } from './attempt.ts';
import { type Destination, type Received, type Reply, startDestination } from './server.ts';

/** What the contract must know about an output that speaks HTTP. */
export interface HttpProbe {
  /** Tells the probes of one output apart; absent when there is one. */
  readonly variant?: string;
  /** Settings that lead to a local server. Credentials should be 8 characters or longer. */
  settings(origin: string): object;
  /** What the destination answers when it has the alerts. */
  accepted(request: Received): Reply;
  /**
   * Fails when the destination could not read what one attempt sent, when an alert is missing, or
   * when an alert's text could act there: mention, link, forge a field.
   */
  check(requests: readonly Received[], deliveries: readonly Delivery[]): Promise<void> | void;
  /** Whether numbers in alerts are sent; then they must arrive with all their digits. */
  readonly sendsNumbers: boolean;
  /** Statuses that mean something else than the one table says, as `retry/client`. */
  readonly statuses?: Readonly<Record<number, string>>;
  /** Answers, beside an HTML page, that look like success and are none. */
  readonly lookalikes?: readonly Reply[];
  /** How many odd alerts are tried; less where one takes long. */
  readonly oddAlerts?: number;
}

/** For an output whose first request only reads: nothing of the alert can be the fault. */
export const READS_FIRST: NonNullable<HttpProbe['statuses']> = {
  400: 'retry/client',
  405: 'retry/client',
  413: 'retry/client',
  418: 'retry/client',
  422: 'retry/client',
};

/** Declares the tests that every output over HTTP must pass; called from `contract.test.ts` beside it. */
export function httpContract(definition: OutputDefinition, probe: HttpProbe): void {
  const who = [definition.id, probe.variant].filter((part) => part !== undefined).join(' ');
  const declare = (name: string, run: (setUp: SetUp) => Promise<void>): void => {
    test(`${who}: ${name}`, { timeout: 120_000 }, async (t) =>
      run(await setUp(t, definition, probe)),
    );
  };
  declare('what the destination has taken is delivered', delivers);
  declare('a resend is the same request', resends);
  declare('each status means what the table says', readsStatuses);
  declare('an answer that begins with what was sent tells no secret of it', tellsNothing);
  declare('Retry-After is heeded in both forms', heedsRetryAfter);
  declare('an answer that only looks like success delivers nothing', seesThroughLookalikes);
  declare('a destination that hangs is left when the signal aborts', leavesOnAbort);
  declare('a connection that breaks is retried', retriesBrokenConnections);
  declare('an answer of any length does no harm', boundsAnswers);
  declare('odd alerts arrive whole and harmless', sendsOddAlerts);
}

interface SetUp {
  readonly probe: HttpProbe;
  readonly destination: Destination;
  /** Deliveries in one attempt at most. */
  readonly alertsMax: number;
  readonly send: (
    deliveries: readonly Delivery[],
    signal?: AbortSignal,
  ) => ReturnType<typeof attempt>;
}

async function setUp(
  t: TestContext,
  definition: OutputDefinition,
  probe: HttpProbe,
): Promise<SetUp> {
  const destination = await startDestination(t, (request) => probe.accepted(request));
  const settings = settingsOf(definition, probe.settings(destination.origin));
  const http = httpClient(t);
  return {
    probe,
    destination,
    alertsMax: batchOf(definition, settings).alertsMax,
    send: (deliveries, signal) =>
      attempt(definition, { settings, http, ...(signal && { signal }) }, deliveries),
  };
}

const plain = deliveryOf(alertWith());

async function delivers({ probe, destination, alertsMax, send }: SetUp): Promise<void> {
  // A configuration may ask for larger batches than the output does by itself.
  const batch = Array.from({ length: alertsMax + 1 }, (_, n) =>
    deliveryOf(alertWith({ rule: `Rule ${n}` })),
  );
  for (const deliveries of [[plain], [deliveryOf(alertWith(), 7_500_000)], batch]) {
    destination.received.length = 0;
    assert.equal(verdictOf(await send(deliveries)), 'delivered');
    await probe.check(destination.received, deliveries);
  }
}

async function resends({ destination, send }: SetUp): Promise<void> {
  await send([plain]);
  const first = destination.received.splice(0);
  await send([plain]);
  assert.deepEqual(
    destination.received.map(({ method, path, body }) => ({ method, path, body })),
    first.map(({ method, path, body }) => ({ method, path, body })),
  );
}

const VERDICTS: Readonly<Record<number, string>> = {
  301: 'retry/client',
  302: 'retry/client',
  400: 'reject/payload',
  401: 'retry/auth',
  403: 'retry/auth',
  404: 'retry/client',
  405: 'reject/client',
  408: 'retry/timeout',
  410: 'retry/client',
  413: 'reject/payload',
  418: 'reject/client',
  422: 'reject/payload',
  425: 'retry/server',
  429: 'retry/rateLimited',
  500: 'retry/server',
  502: 'retry/server',
  503: 'retry/server',
  504: 'retry/server',
};

async function readsStatuses({ probe, destination, send }: SetUp): Promise<void> {
  for (const [status, verdict] of Object.entries({ ...VERDICTS, ...probe.statuses })) {
    // A server that says everything it heard back: none of it may turn up in the result.
    destination.reply = (request) => ({
      status: Number(status),
      headers: { location: `${destination.origin}${request.path}x` },
      body: JSON.stringify(request),
    });
    assert.equal(verdictOf(await send([plain])), verdict, `status ${status}`);
  }
}

/** Results show the beginning of an answer, and credentials may be anywhere in a request. */
async function tellsNothing({ destination, send }: SetUp): Promise<void> {
  for (const status of [200, 400, 500]) {
    for (const part of ['path', 'headers', 'body'] as const) {
      destination.reply = (request) => ({ status, body: textIn(request[part]) });
      await send([plain]);
    }
  }
}

/** Signatures and keys first. */
function textIn(part: Received['headers'] | string): string {
  return typeof part === 'string' ? part : Object.values(part).toReversed().join(' ');
}

async function heedsRetryAfter({ destination, send }: SetUp): Promise<void> {
  for (const status of [429, 503]) {
    destination.reply = () => ({ status, headers: { 'retry-after': '7' } });
    const seconds = await send([plain]);
    assert.equal('afterMs' in seconds && seconds.afterMs, 7000);
    const date = new Date(Date.now() + 90_000).toUTCString();
    destination.reply = () => ({ status, headers: { 'retry-after': date } });
    const dated = await send([plain]);
    const afterMs = 'afterMs' in dated ? (dated.afterMs ?? 0) : 0;
    assert.ok(afterMs > 80_000 && afterMs <= 90_000, `${afterMs} ms`);
  }
}

/** A login page, a captive portal, a proxy that answers for a destination that is not there. */
const HTML_PAGE: Reply = {
  status: 200,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: '<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>ok</body></html>',
};

async function seesThroughLookalikes({ probe, destination, send }: SetUp): Promise<void> {
  for (const reply of [HTML_PAGE, ...(probe.lookalikes ?? [])]) {
    destination.reply = () => reply;
    const verdict = verdictOf(await send([plain]));
    assert.match(verdict, /^retry\//, JSON.stringify(reply));
  }
}

async function leavesOnAbort({ destination, send }: SetUp): Promise<void> {
  destination.reply = () => 'hang';
  const startedAtMs = performance.now();
  const result = await send([plain], AbortSignal.timeout(100));
  assert.equal(verdictOf(result), 'retry/timeout');
  assert.ok(performance.now() - startedAtMs < DEADLINE_MS / 2);
}

async function retriesBrokenConnections({ destination, send }: SetUp): Promise<void> {
  for (const reply of ['reset', 'cut'] as const) {
    destination.reply = () => reply;
    const result = await send([plain]);
    assert.equal(verdictOf(result), 'retry/network', reply);
  }
}

async function boundsAnswers({ probe, destination, send }: SetUp): Promise<void> {
  const body = 'endless '.repeat(300_000);
  const verdict = probe.statuses?.[500] ?? 'retry/server';
  destination.reply = () => ({ status: 500, body });
  assert.equal(verdictOf(await send([plain])), verdict);
  destination.reply = () => ({ status: 200, body });
  await send([plain]);
}

async function sendsOddAlerts({ probe, destination, alertsMax, send }: SetUp): Promise<void> {
  const all = oddAlerts(20_261_122, probe.oddAlerts ?? 300).map((alert) => deliveryOf(alert));
  while (all.length > 0) {
    // Batches of every size from 1 on.
    const deliveries = all.splice(0, Math.min(alertsMax, (all.length % 40) + 1));
    destination.received.length = 0;
    assert.equal(verdictOf(await send(deliveries)), 'delivered');
    await probe.check(destination.received, deliveries);
    if (probe.sendsNumbers) assertDigits(destination.received, deliveries);
  }
}

function assertDigits(received: readonly Received[], deliveries: readonly Delivery[]): void {
  const sent = received.map(({ body }) => body).join('\n');
  for (const { alert } of deliveries) {
    for (const value of Object.values(alert.fields)) {
      if (isExactNumber(value)) assert.ok(sent.includes(value.rawJSON), value.rawJSON);
    }
  }
}
