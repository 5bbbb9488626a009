import type { Metrics } from './metrics.ts';

/** Falcosidekick's counters for StatsD and DogStatsD: what is counted, and how it is written. */

/** A sum, under Falcosidekick's name for it. */
export interface Sum {
  readonly name: string;
  readonly tags: readonly (readonly [name: string, value: string])[];
  readonly count: number;
}

/** What one receiver has not been told yet. */
export interface Fresh {
  readonly sums: readonly Sum[];
  /** It has been told now. */
  readonly commit: () => void;
}

/** Makes a function that says what has been counted since its last `commit`. */
export function createFresh(metrics: Metrics): () => Promise<Fresh> {
  let told: ReadonlyMap<string, number> = new Map();
  return async () => {
    const all = await sumsOf(metrics);
    const before = told;
    const sums = all.map((sum) => ({ ...sum, count: sum.count - (before.get(keyOf(sum)) ?? 0) }));
    return {
      sums: sums.filter(({ count }) => count > 0),
      commit: () => (told = new Map(all.map((sum) => [keyOf(sum), sum.count]))),
    };
  };
}

function keyOf({ name, tags }: Sum): string {
  return [name, ...tags.flat()].join('\n');
}

async function sumsOf({ registry, rejected, priorities }: Metrics): Promise<Sum[]> {
  const valuesOf = async (name: string) =>
    (await registry.getSingleMetric(name)?.get())?.values ?? [];
  const requests = await valuesOf('falcosecurity_falcosidekick_inputs_total');
  const outputs = await valuesOf('falcosecurity_falcosidekick_outputs_total');
  const of = (status: string): number =>
    requests
      .filter(({ labels }) => labels['status'] === status)
      .reduce((sum, { value }) => sum + value, 0);
  const refusals = (await rejected.get()).values.filter(({ labels }) => labels['input'] === 'http');
  return [
    { name: 'total', tags: [], count: of('accepted') + of('rejected') },
    { name: 'inputs.requests.accepted', tags: [], count: of('accepted') },
    ...refusals.map(({ labels, value }) => ({
      name: 'inputs.requests.rejected',
      tags: [['error', errorOf(String(labels['code']))]] as const,
      count: value,
    })),
    ...[...(priorities ?? [])].map(([priority, { count }]) => ({
      name: 'falco.accepted',
      tags: [['priority', priority]] as const,
      count,
    })),
    ...outputs.map(({ labels, value }) => ({
      name: 'outputs',
      tags: [
        ['output', String(labels['destination'])],
        ['status', String(labels['status'])],
      ] as const,
      count: value,
    })),
  ];
}

/** Falcosidekick knows two mistakes; the others are ours. */
function errorOf(code: string): string {
  if (code === 'body_empty') return 'nobody';
  return code === 'invalid_json' ? 'invalidjson' : code;
}

/** Lines of StatsD, which has no tags: their values become parts of the name. */
export function statsdLines(sums: readonly Sum[], prefix: string): string[] {
  return sums.map(({ name, tags, count }) => {
    const parts = [name, ...tags.map(([, value]) => value.replace(NOT_IN_NAMES, '_'))];
    return `${prefix}${parts.join('.')}:${count}|c`;
  });
}

const NOT_IN_NAMES = /[^A-Za-z0-9_-]/g;

/** Lines of DogStatsD. */
export function dogstatsdLines(
  sums: readonly Sum[],
  prefix: string,
  constant: readonly string[],
): string[] {
  return sums.map(({ name, tags, count }) => {
    const all = [...tags.map(([tag, value]) => `${tag}:${value}`), ...constant].map((tag) =>
      tag.replace(NOT_IN_TAGS, '_'),
    );
    return `${prefix}${name}:${count}|c${all.length === 0 ? '' : `|#${all.join(',')}`}`;
  });
}

const NOT_IN_TAGS = /[,|#@\s\p{Cc}]/gu;

/** Below what an Ethernet frame carries, so that no datagram is taken apart on its way. */
const PACKET_BYTES_MAX = 1400;

/** Several lines a packet; one that is longer goes alone. */
export function packetsOf(lines: readonly string[]): string[] {
  const packets: string[] = [];
  for (const line of lines) {
    const longer = packets.length === 0 ? line : `${packets.at(-1)}\n${line}`;
    const fits = packets.length > 0 && Buffer.byteLength(longer) <= PACKET_BYTES_MAX;
    if (fits) packets[packets.length - 1] = longer;
    else packets.push(line);
  }
  return packets;
}
