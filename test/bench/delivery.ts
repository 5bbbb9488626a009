import { startChild } from './child.ts';
import type { Bench } from './conditions.ts';
import { type HubOutput, startHub } from './hub.ts';
import { bareVariant, single } from './ingest.ts';
import { type Receiver, startReceiver } from './receiver.ts';
import type { Row } from './report.ts';
import { costOf, measureRounds, type Variant } from './rounds.ts';

/** Requests under way at once where each carries one alert. */
const CONCURRENCY = 16;

/** What is measured from the sender to the destination. */
export interface Way {
  readonly name: string;
  /** In a round. */
  readonly alerts: number;
  /** By the URL of the one server that all of them send to. */
  readonly outputs: (url: string) => Readonly<Record<string, HubOutput>>;
  readonly baseline?: Variant;
  readonly targets?: Variant['targets'];
}

/** Something that was started for a variant, and is ended after it. */
export interface Running {
  readonly variant: Variant;
  readonly end: () => Promise<unknown>;
}

/** From the sender to the destination: the whole way of an alert, on the hub's side of it. */
export async function measureDelivery(bench: Bench): Promise<Row[]> {
  const baseline = bareVariant(bench);
  const there = await startBareWay(bench);
  const ways = [...waysToOne(bench, baseline, there.variant), ...waysToThree(bench, baseline)].map(
    (way) => startWay(bench, way),
  );
  const running = [there, ...(await Promise.all(ways))];
  try {
    const rounds = Math.ceil(bench.rounds / 2);
    const variants = [baseline, ...running.map(({ variant }) => variant)];
    return await measureRounds(variants, { ...bench, rounds });
  } finally {
    await Promise.all(running.map(({ end }) => end()));
  }
}

function waysToOne({ alerts }: Bench, bare: Variant, there: Variant): Way[] {
  return [
    {
      name: `webhook, an alert a request, ${CONCURRENCY} at a time`,
      alerts,
      outputs: (url) => ({ out: { type: 'webhook', url, concurrency: CONCURRENCY } }),
      baseline: there,
      targets: { ratio: 1.6 },
    },
    {
      name: 'webhook, NDJSON',
      alerts: 2 * alerts,
      outputs: (url) => ({ out: { type: 'webhook', url, body: 'ndjson' } }),
      baseline: bare,
    },
    {
      name: 'Elasticsearch, bulk',
      alerts: 2 * alerts,
      outputs: (url) => ({ out: elasticsearch(url) }),
      baseline: bare,
    },
  ];
}

function waysToThree({ alerts }: Bench, baseline: Variant): Way[] {
  const others = (url: string): Record<string, HubOutput> => ({
    chat: { type: 'slack', webhookUrl: `${url}slack` },
    search: elasticsearch(url),
  });
  return [
    {
      name: 'Slack, webhook in NDJSON and Elasticsearch in bulk, at once',
      alerts,
      outputs: (url) => ({ ...others(url), hook: { type: 'webhook', url, body: 'ndjson' } }),
      baseline,
      targets: { ratio: 3 },
    },
    {
      name: 'Slack, webhook with an alert a request and Elasticsearch in bulk, at once',
      alerts,
      outputs: (url) => ({ ...others(url), hook: { type: 'webhook', url } }),
      baseline,
    },
  ];
}

function elasticsearch(url: string): HubOutput {
  return { type: 'elasticsearch', nodes: [url] };
}

/** A hub of its own, whose outputs all send to a server of its own. */
export async function startWay({ directory, sender }: Bench, way: Way): Promise<Running> {
  const receiver = await startReceiver();
  const outputs = way.outputs(receiver.url);
  const hub = await startHub(directory, { outputs });
  const copies = Object.keys(outputs).length;
  const { name, alerts: alertsMax, baseline, targets } = way;
  return {
    variant: {
      name: `hub, ${name}, to its arrival`,
      baseline,
      targets,
      run: () => {
        const arrived = receiver.received(alertsMax * copies);
        return costOf([hub], sender, { ...single(hub.port), alertsMax }, arrived);
      },
    },
    end: () => Promise.all([hub.kill(), receiver.kill()]),
  };
}

/** The bare server takes as many alerts as a bare client sends meanwhile. */
async function startBareWay({ bare, sender, alerts: alertsMax }: Bench): Promise<Running> {
  const receiver: Receiver = await startReceiver();
  const client = startChild('./bare-client.ts', { args: [receiver.url, String(CONCURRENCY)] });
  await client.message('ready');
  return {
    variant: {
      name: `bare server, and beside it a bare undici client that sends, ${CONCURRENCY} at a time`,
      calledShort: 'bare server and client',
      run: () => {
        const sent = client.message('sent');
        client.process.send({ alerts: alertsMax });
        return costOf([bare, client], sender, { ...single(bare.port), alertsMax }, sent);
      },
    },
    end: () => Promise.all([client.kill(), receiver.kill()]),
  };
}
