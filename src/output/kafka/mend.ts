import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import metadataResponse from 'kafkajs/src/protocol/requests/metadata/v6/response.js';

/**
 * What kafkajs 2.2.4 gets wrong and its configuration cannot mend. Nobody releases it any more, so the
 * version is pinned, and these parts of it are replaced once.
 */
export function mendKafkajs(): void {
  mendIdling();
  mendMetadata();
}

/**
 * For as long as a connection lasts, it looks every millisecond whether requests wait
 * (tulios/kafkajs#1704): 3 % of a core for nothing. Now it looks while some do.
 */
function mendIdling(): void {
  const { prototype } = RequestQueue;
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function () {
    if (this.pending.length > 0) schedule.call(this);
  };
}

/** A partition has no leader now, or lacks a replica. */
const LEADER_NOT_AVAILABLE = 5;
const REPLICA_NOT_AVAILABLE = 9;

/**
 * It takes a topic for lost when one of its partitions has no leader. Now the others are used, as
 * by Java's client; who asks for that one is told that there is no broker.
 */
function mendMetadata(): void {
  // The newest version it speaks, which every broker since 2.0 understands.
  const { parse } = metadataResponse;
  metadataResponse.parse = (metadata) => {
    const partitions = metadata.topicMetadata.flatMap((topic) => topic.partitionMetadata);
    for (const partition of partitions) {
      const code = partition.partitionErrorCode;
      if (code === LEADER_NOT_AVAILABLE || code === REPLICA_NOT_AVAILABLE) {
        partition.partitionErrorCode = 0;
      }
    }
    return parse(metadata);
  };
}
