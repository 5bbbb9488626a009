import { severityOf } from '../../alert.ts';
import type { NewAlert } from '../queue.ts';

/**
 * Alerts on their way to the writer, a column an array: arrays of strings cross a thread boundary
 * at a fraction of the cost of an array of objects.
 */
export interface AlertColumns {
  readonly uuid: string[];
  readonly shard: number[];
  readonly receivedAtMs: number[];
  /** `,3,7,`: lane ids between commas; empty for history only. */
  readonly lanes: string[];
  readonly rule: string[];
  readonly source: string[];
  readonly hostname: string[];
  readonly ingest: string[];
  readonly json: string[];
}

export function columnsOf(alerts: readonly NewAlert[]): AlertColumns {
  const columns = emptyColumns();
  for (const alert of alerts) {
    columns.uuid.push(alert.uuid);
    columns.shard.push(severityOf(alert.priority));
    columns.receivedAtMs.push(alert.receivedAtMs);
    columns.lanes.push(lanesText(alert.lanes));
    columns.rule.push(alert.rule);
    columns.source.push(alert.source);
    columns.hostname.push(alert.hostname);
    columns.ingest.push(alert.ingest);
    columns.json.push(alert.json);
  }
  return columns;
}

function emptyColumns(): AlertColumns {
  return {
    uuid: [],
    shard: [],
    receivedAtMs: [],
    lanes: [],
    rule: [],
    source: [],
    hostname: [],
    ingest: [],
    json: [],
  };
}

const laneTexts = new WeakMap<readonly number[], string>();

/** The router hands out the same arrays again and again, so their text is made once. */
function lanesText(lanes: readonly number[]): string {
  let text = laneTexts.get(lanes);
  if (text === undefined) {
    text = lanes.length === 0 ? '' : `,${lanes.join(',')},`;
    laneTexts.set(lanes, text);
  }
  return text;
}
