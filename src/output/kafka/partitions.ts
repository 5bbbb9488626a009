import type { ICustomPartitioner, PartitionMetadata } from 'kafkajs';
import { retryError } from '../http-error.ts';
import { Partitioners } from './client.ts';

/** A record as kafkajs takes it. */
export interface KafkaRecord {
  readonly key: string | null;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Records that go to one partition, and where in the batch they stand. */
export interface Group {
  readonly partition: number;
  readonly records: readonly KafkaRecord[];
  readonly positions: readonly number[];
}

/** Which record goes to which partition of the topic. */
export interface Partitions {
  /**
   * For kafkajs, which tells nobody else what partitions there are: learns them, and sends a record
   * where it was told to go. Throws `LEARNED` for one without a partition, so that it is not sent.
   */
  readonly partitioner: ICustomPartitioner;
  /**
   * Records with a key go where Java's client puts them (murmur2); those without go together to one
   * partition, each batch to the next, so that a batch is one request.
   */
  readonly groupsOf: (records: readonly KafkaRecord[]) => Group[];
}

/** Thrown once the partitions are known. */
export const LEARNED = new Error('The partitions are known.');

export function createPartitions(topic: string): Partitions {
  const choose = Partitioners.DefaultPartitioner();
  let known: PartitionMetadata[] = [];

  function partitionOf(key: string | null): number {
    return choose({ topic, partitionMetadata: known, message: { key, value: null } });
  }

  return {
    partitioner:
      () =>
      ({ partitionMetadata, message: { partition } }) => {
        known = partitionMetadata;
        if (partition === undefined) throw LEARNED;
        // kafkajs drops without a word what is for a partition that is gone.
        if (known.some(({ partitionId }) => partitionId === partition)) return partition;
        throw retryError('network', 'server', `topic ${topic} has fewer partitions than before`);
      },
    groupsOf(records) {
      const positions = new Map<number, number[]>();
      let together: number | undefined;
      for (const [position, { key }] of records.entries()) {
        const partition = key === null ? (together ??= partitionOf(null)) : partitionOf(key);
        const group = positions.get(partition);
        if (group === undefined) positions.set(partition, [position]);
        else group.push(position);
      }
      return [...positions].map(([partition, positions]) => ({
        partition,
        positions,
        records: positions.map((position) => records[position] as KafkaRecord),
      }));
    },
  };
}
