import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { killService, restartService, type ServiceValues } from '../services/service.ts';
import { contentOf, corpusLines } from './corpus.ts';
import { eventually } from './eventually.ts';
import { metric, startHub } from './hub-process.ts';
import { alertsWhile, isExact } from './numbered-alerts.ts';
import { createPoster } from './posting.ts';

/** What a hub must bring to a real server, whichever it is. */

/** Every alert that is there, as JSON. */
export type Read = () => Promise<readonly string[]>;

/**
 * Posts the corpus: each alert arrives once, and with every digit.
 *
 * @param atOnce How many lines go before the next ones wait for them: a datagram that finds no room at
 *   a busy receiver is gone.
 */
export async function corpusArrives(
  t: TestContext,
  output: object,
  read: Read,
  atOnce = corpusLines.length,
): Promise<void> {
  const hub = await startHub(t, { outputs: { real: output } });
  let arrived: readonly string[] = [];
  for (let from = 0; from < corpusLines.length; from += atOnce) {
    const lines = corpusLines.slice(from, from + atOnce);
    const response = await fetch(hub.origin(), { method: 'POST', body: lines.join('\n') });
    assert.equal(response.status, 200);
    await eventually('the corpus arrives', async () => {
      arrived = await read();
      return arrived.length >= from + lines.length && (await waiting(hub)) === 0;
    });
  }
  assert.deepEqual(arrived.map(contentOf).toSorted(), corpusLines.map(contentOf).toSorted());
}

/** Kills the server in the middle and starts it again: what was answered with 200 is all there. */
export async function outlivesKill(
  t: TestContext,
  { output, service, read }: { output: object; service: ServiceValues; read: Read },
): Promise<void> {
  const hub = await startHub(t, { outputs: { real: output } });
  const poster = createPoster(t, hub);
  const posting = { goesOn: true };
  const posted = poster.postEach(alertsWhile(posting));
  await eventually('alerts arrive', async () => (await delivered(hub)) > 100);
  let before = 0;
  try {
    await killService(service);
    before = await delivered(hub);
    await pause(500);
    await restartService(service);
  } finally {
    posting.goesOn = false;
    await posted;
  }
  assert.ok(poster.acknowledged.size > before);
  await eventually('everything is delivered', async () => (await waiting(hub)) === 0);
  let arrived: readonly string[] = [];
  await eventually('every acknowledged alert is there', async () => {
    arrived = await read();
    return poster.acknowledged.isSubsetOf(new Set(arrived.map(uuidIn)));
  });
  assert.ok(arrived.every((json) => isExact(uuidIn(json), json)));
}

function delivered(hub: Parameters<typeof metric>[0]): Promise<number> {
  return metric(hub, 'tocsin_output_delivered_total');
}

function waiting(hub: Parameters<typeof metric>[0]): Promise<number> {
  return metric(hub, 'tocsin_queue_depth');
}

function uuidIn(json: string): string {
  return (JSON.parse(json) as { uuid: string }).uuid;
}
