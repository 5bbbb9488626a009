import { setTimeout as pause } from 'node:timers/promises';
import { openService } from '../services/service.ts';
import { connectCluster, type KafkaCluster } from '../support/kafka-cluster.ts';
import type { Bench } from './conditions.ts';
import { startHub } from './hub.ts';
import { bareVariant, single } from './ingest.ts';
import { within } from './receiver.ts';
import type { Row } from './report.ts';
import { costOf, measureRounds } from './rounds.ts';

const SCENARIO = 'hub, Kafka, to its arrival';
const ARRIVE_MS_MAX = 60_000;
const LOOK_AGAIN_MS = 10;

/** Real brokers, in a part of its own: they are busy also when nobody asks them anything. */
export async function measureKafka(bench: Bench): Promise<Row[]> {
  bench.progress('  starting the brokers');
  const service = await openService('kafka');
  if ('reason' in service) return [{ scenario: SCENARIO, note: `skipped: ${service.reason}` }];
  const endings: (() => unknown)[] = [service.stop];
  const ended = service.stopNow;
  process.once('exit', ended);
  try {
    const cluster = await connectCluster({ after: (end) => endings.unshift(end) }, service.values);
    const brokers = (service.values['KAFKA_BROKERS'] ?? '').split(',');
    return await measureWith(bench, cluster, brokers);
  } finally {
    for (const end of endings) await end();
    process.off('exit', ended);
  }
}

async function measureWith(
  bench: Bench,
  cluster: KafkaCluster,
  brokers: readonly string[],
): Promise<Row[]> {
  const topic = await cluster.createTopic();
  const hub = await startHub(bench.directory, {
    outputs: { kafka: { type: 'kafka', brokers, topic, plaintext: true } },
  });
  const baseline = bareVariant(bench);
  const alertsMax = 2 * bench.alerts;
  const run = async () => {
    const expected = (await cluster.length(topic)) + alertsMax;
    const arrived = within(
      ARRIVE_MS_MAX,
      arrival(cluster, topic, expected),
      'Kafka did not get all alerts',
    );
    return costOf([hub], bench.sender, { ...single(hub.port), alertsMax }, arrived);
  };
  try {
    const rounds = Math.ceil(bench.rounds / 2);
    return await measureRounds([baseline, { name: SCENARIO, baseline, run }], { ...bench, rounds });
  } finally {
    await hub.kill();
  }
}

/** The brokers are asked, for the hub's own word would cost the hub. */
async function arrival(cluster: KafkaCluster, topic: string, expected: number): Promise<void> {
  while ((await cluster.length(topic)) < expected) await pause(LOOK_AGAIN_MS);
}
