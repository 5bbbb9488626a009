import type { Bench } from './bench.ts';
import { startChild } from './child.ts';
import { type HubOutput, startHub } from './hub.ts';
import { bareVariant, single } from './ingest.ts';
import type { Row } from './report.ts';
import { costOf, measureRounds, type Variant } from './rounds.ts';

/** From the sender to the destination: the whole way of an alert, on the hub's side of it. */
export async function measureDelivery(bench: Bench): Promise<Row[]> {
  const baseline = bareVariant(bench);
  const ways = [
    await deliver(bench, 'webhook, an alert a request, 16 at a time', bench.alerts, (url) => ({
      type: 'webhook',
      url,
      concurrency: 16,
    })),
    await deliver(bench, 'webhook, NDJSON in batches', 2 * bench.alerts, (url) => ({
      type: 'webhook',
      url,
      body: 'ndjson',
    })),
    await deliver(bench, 'elasticsearch', 2 * bench.alerts, (url) => ({
      type: 'elasticsearch',
      nodes: [url],
    })),
  ];
  try {
    const rounds = Math.ceil(bench.rounds / 2);
    const variants = ways.map(({ variant }) => ({ ...variant, baseline }));
    const rows = await measureRounds([baseline, ...variants], { ...bench, rounds });
    return rows.filter(({ scenario }) => scenario !== baseline.name);
  } finally {
    await Promise.all(ways.map(({ end }) => end()));
  }
}

async function deliver(
  { directory, sender }: Bench,
  name: string,
  alertsMax: number,
  outputTo: (url: string) => HubOutput,
): Promise<{ variant: Variant; end: () => Promise<unknown> }> {
  const destination = startChild('./destination.ts');
  const { port } = await destination.message<{ kind: 'listening'; port: number }>('listening');
  const url = `http://127.0.0.1:${port}/`;
  const hub = await startHub(directory, { outputs: { out: outputTo(url) } });
  return {
    variant: {
      name: `${name}, to its arrival`,
      run: () => {
        const received = destination.message('received');
        destination.process.send({ expect: alertsMax });
        return costOf(hub, sender, { ...single(hub.port), alertsMax }, received);
      },
    },
    end: () => Promise.all([hub.kill(), destination.kill()]),
  };
}
