import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { ServiceValues } from '../services/service.ts';
import { killService, restartService } from '../services/service.ts';
import { contentOf, corpusLines } from './corpus.ts';
import { eventually } from './eventually.ts';
import { metric, startHub } from './hub-process.ts';
import { alertsWhile, isExact } from './numbered-alerts.ts';
import { createPoster } from './posting.ts';

/** What a hub must bring to a real server, whichever it is. */

/** Every alert that is there, as JSON. */
export type Read = () => Promise<readonly string[]>;

/** Posts the corpus: each alert arrives once, and with every digit. */
export async function corpusArrives(t: TestContext, output: object, read: Read): Promise<void> {
  const hub = await startHub(t, { outputs: { real: output } });
  const response = await fetch(hub.origin(), { method: 'POST', body: corpusLines.join('\n') });
  assert.equal(response.status, 200);
  let arrived: readonly string[] = [];
  await eventually('the corpus arrives', async () => {
    arrived = await read();
    return arrived.length >= corpusLines.length && (await waiting(hub)) === 0;
  });
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
