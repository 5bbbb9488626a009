import { type Alert, fieldOf, isExactNumber, type Priority } from '../../src/alert.ts';
import { goJson } from '../../src/json.ts';
import type { Delivery } from '../../src/output/define.ts';
import { oneLine, truncate } from '../../src/output/format.ts';
import { epochNs } from '../../src/output/time.ts';

const NS_PER_S = 1_000_000_000n;
const TEXT_CHARS_MAX = 8192;

/** One line for each alert, as Falcosidekick makes them. */
export function recordsOf(deliveries: readonly Delivery[]): string {
  return deliveries.map((delivery) => `${goJson(recordOf(delivery))}\n`).join('');
}

function recordOf({ alert, receivedAtMs }: Delivery): object {
  const receivedS = receivedAtMs / 1000;
  return {
    schema: 'falco_alert::1.0.0',
    id: alert.uuid,
    monotonic_time: receivedS,
    orc_time: receivedS,
    time: Number(epochNs(alert.time) / NS_PER_S),
    pid: pidOf(alert),
    level: LEVELS[alert.priority],
    msg: messageOf(alert.output),
    args: alert.fields,
    container: fieldOf(alert, 'container.id') ?? '',
  };
}

/** Falcosidekick refuses an alert without a process; here it has none, 0. */
function pidOf(alert: Alert): unknown {
  const pid = fieldOf(alert, 'proc.pid');
  return typeof pid === 'number' || isExactNumber(pid) ? pid : 0;
}

/** Falco begins a line with the time and the priority, which have places of their own. */
function messageOf(output: string): string[] {
  const line = truncate(oneLine(output), TEXT_CHARS_MAX);
  const words = line.split(' ');
  return BEGINS_WITH_TIME.test(line) ? words.slice(2) : words;
}

const BEGINS_WITH_TIME = /^\d{2}:\d{2}:\d{2}\.\d+: \w+ /;

const LEVELS: Readonly<Record<Priority, string>> = {
  emergency: 'critical',
  alert: 'high',
  critical: 'critical',
  error: 'high',
  warning: 'medium',
  notice: 'low',
  informational: 'info',
  debug: 'info',
};
