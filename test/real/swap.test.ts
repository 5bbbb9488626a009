import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import test, { type TestContext } from 'node:test';
import {
  killService,
  restartService,
  type ServiceValues,
  startService,
} from '../services/service.ts';
import { contentOf, corpusLines } from '../support/corpus.ts';
import { eventually } from '../support/eventually.ts';
import { type Destination, startDestination } from '../support/http-destination.ts';
import { type HubProcess, metric, startHub } from '../support/hub-process.ts';
import { connectCluster } from '../support/kafka-cluster.ts';
import { alertOf, partOfLine, partsOf } from '../support/mail-parts.ts';
import { createMailbox, hostsOf } from '../support/mailbox.ts';
import { lineOf, searchCluster } from '../support/search-cluster.ts';
import { shiftedClock } from '../support/shifted-clock.ts';

/**
 * What a team has behind its Falcosidekick, all at once: Slack, mail, Elasticsearch, OpenSearch and
 * Kafka. The hub is killed in the middle; all servers are, and while they are gone a day ends.
 */

const DAY_MS = 24 * 60 * 60 * 1000;
/** From the start of the hub to the end of its day. */
const UNTIL_MIDNIGHT_MS = 40_000;
/** After a long outage an output tries once a minute. */
const DRAINED_MS_MAX = 180_000;
const SERVICES = ['elasticsearch', 'opensearch', 'kafka', 'smtp'];

/** The corpus with a uuid for every alert, and what must arrive of it. */
const alerts = corpusLines.map((line) => {
  const { uuid = randomUUID() } = JSON.parse(line) as { uuid?: string };
  const named = line.includes(`"uuid":"${uuid}"`)
    ? line
    : line.replace(/^\{/, `{"uuid":"${uuid}",`);
  return { uuid, line, named, content: contentOf(line) };
});

test('five destinations at once: every alert, exact to the digit', {
  timeout: 1_200_000,
}, async (t) => {
  const services: ServiceValues[] = [];
  for (const name of SERVICES) {
    const values = await startService(t, name);
    if (values === undefined) return;
    services.push(values);
  }
  const places = await openPlaces(t, services);
  const shiftMs = DAY_MS - (Date.now() % DAY_MS) - UNTIL_MIDNIGHT_MS;
  const nodeFlags = shiftedClock(shiftMs);
  const hub = await startHub(t, { outputs: places.outputs }, { nodeFlags });
  const dayOf = new Map<string, string[]>();
  const post = (part: typeof alerts) => postAll(hub, part, () => dateAt(shiftMs), dayOf);
  const third = Math.ceil(alerts.length / 3);

  await post(alerts.slice(0, third));
  await eventually('the first arrive', async () => (await delivered(hub)) > third);
  await hub.kill();
  await hub.start();
  await Promise.all([...services.map(killService), post(alerts.slice(third, 2 * third))]);
  const [before] = dayOf.get(alerts[0]?.uuid ?? '') ?? [];
  await eventually('the day ends', () => dateAt(shiftMs) !== before, UNTIL_MIDNIGHT_MS + 10_000);
  await post(alerts.slice(2 * third));
  await Promise.all(services.map(restartService));
  const depth = () => metric(hub, 'tocsin_queue_depth');
  await eventually('nothing waits', async () => (await depth()) === 0, DRAINED_MS_MAX).catch(
    (error: unknown) => assert.fail(`${String(error)}\n${hub.stderr().slice(-4000)}`),
  );

  assert.equal(await metric(hub, 'tocsin_output_dead_total'), 0);
  assert.equal(new Set([...dayOf.values()].flat()).size, 2, 'there was a midnight');
  await places.check(dayOf);
});

function dateAt(shiftMs: number): string {
  return new Date(Date.now() + shiftMs).toISOString().slice(0, 10).replaceAll('-', '.');
}

function delivered(hub: HubProcess): Promise<number> {
  return metric(hub, 'tocsin_output_delivered_total');
}

/** Posts one by one, and notes on which day, or on which of two. */
async function postAll(
  hub: HubProcess,
  part: typeof alerts,
  today: () => string,
  dayOf: Map<string, string[]>,
): Promise<void> {
  for (const { uuid, named } of part) {
    const from = today();
    const { status } = await fetch(hub.origin(), { method: 'POST', body: named });
    assert.equal(status, 200);
    dayOf.set(uuid, [...new Set([from, today()])]);
  }
}

/** The outputs of the hub, and what must be at the end of each. */
async function openPlaces(t: TestContext, services: readonly ServiceValues[]) {
  const [elastic = {}, open = {}, kafka = {}, postfix = {}] = services;
  const clusters = [elastic, open].map((values) => searchCluster(t, values, { secured: false }));
  const slack = await startDestination(t, (response) => response.end('ok'));
  const cluster = await connectCluster(t, kafka);
  // Of two brokers one is killed, and has one of two partitions.
  // The brokers' clock is not moved with the hub's.
  const clocks = { 'message.timestamp.after.max.ms': String(2 * DAY_MS) };
  const topic = await cluster.createTopic({ numPartitions: 2 }, clocks);
  const mailbox = createMailbox(postfix);
  const mails: string[] = [];
  const retry = { timeout: '5s' };
  const [elasticsearch, opensearch] = clusters.map(({ output }) => ({
    ...output,
    ...retry,
    index: 'falco',
    indexTemplate: 'falco',
    replicas: 0,
  }));
  const [plain] = hostsOf(postfix);
  const addresses = { from: 'falco@example.org', to: ['soc@example.org'], showUuid: false };
  const brokers = (kafka['KAFKA_BROKERS'] ?? '').split(',');
  return {
    outputs: {
      // One alert a message, to see each of them.
      slack: { type: 'slack', webhookUrl: slack.origin, batch: { alertsMax: 1 } },
      mail: { type: 'smtp', ...plain, ...addresses, ...retry, tls: { caFile: postfix['SMTP_CA'] } },
      elasticsearch,
      opensearch,
      kafka: { type: 'kafka', brokers, plaintext: true, topic, ...retry },
    } as Readonly<Record<string, object>>,
    async check(dayOf: ReadonlyMap<string, readonly string[]>): Promise<void> {
      for (const one of clusters) checkDocuments(await one.documents('falco-*'), dayOf);
      checkRecords((await cluster.read(topic)).map(({ value }) => value));
      checkSlack(slack);
      const isThere = (part: string) => mails.some((text) => partsOf(text).includes(part));
      const expected = alerts.map(({ line }) => partOfLine(line));
      while (!expected.every(isThere)) {
        mails.push(...(await mailbox.take(1)).map(({ text }) => text));
      }
      for (const part of mails.flatMap(partsOf)) assert.ok(expected.includes(part), part);
    },
  };
}

type Documents = Awaited<ReturnType<ReturnType<typeof searchCluster>['documents']>>;

/** Each alert once, in the index of the day on which it came in. */
function checkDocuments(documents: Documents, dayOf: ReadonlyMap<string, readonly string[]>): void {
  const found = documents.map(
    ({ source }) => `${String(source['uuid'])} ${contentOf(lineOf(source))}`,
  );
  const expected = alerts.map(({ uuid, content }) => `${uuid} ${content}`);
  assert.deepEqual(found.toSorted(), expected.toSorted());
  for (const { index, source } of documents) {
    const days = dayOf.get(String(source['uuid'])) ?? [];
    assert.ok(
      days.some((day) => index === `falco-${day}`),
      `${index}, posted on ${days.join()}`,
    );
  }
}

/** Kafka and the mailbox are no stores by key: they may have twice what was under way at the kill. */
function checkRecords(values: readonly string[]): void {
  const found = values.map((value) => {
    const { uuid } = JSON.parse(value) as { uuid: string };
    return `${uuid} ${contentOf(value)}`;
  });
  const expected = alerts.map(({ uuid, content }) => `${uuid} ${content}`);
  assert.deepEqual([...new Set(found)].toSorted(), expected.toSorted());
}

interface SlackMessage {
  readonly attachments: readonly {
    readonly footer: string;
    readonly fields: readonly { readonly title: string; readonly value: string }[];
  }[];
}

function checkSlack({ requests }: Destination): void {
  const attachments = requests.flatMap(
    ({ body }) => (JSON.parse(body) as SlackMessage).attachments,
  );
  for (const { uuid, line } of alerts) {
    const shown = attachments.find(({ footer }) => footer.includes(uuid));
    assert.ok(shown, `${uuid} is not in Slack`);
    for (const [name, value] of Object.entries(alertOf(line).fields)) {
      // As in Falcosidekick numbers stand in the output line only; what could act is defused.
      if (typeof value !== 'string' || !/^[\w./-]{1,200}$/.test(value)) continue;
      const field: { readonly value: string } | undefined = shown.fields.find(
        ({ title }) => title === name,
      );
      assert.equal(field?.value, value, name);
    }
  }
}
