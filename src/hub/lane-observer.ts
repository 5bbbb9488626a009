import type { LaneObserver } from '../deliver/lane-context.ts';
import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import { ageText } from '../output/format.ts';
import type { OwnAlerts } from './own-alerts.ts';

/** An output that is paused for longer is worth an alert to the others. */
const PAUSE_WORTH_TELLING_MS = 5 * 60 * 1000;

interface Watcher {
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly own: OwnAlerts;
  /** On a clock that never jumps. */
  readonly nowMs: () => number;
}

/** Turns what a lane tells into metrics, log lines and the hub's own alerts. */
export function observeLane(
  output: { name: string; type: string },
  watcher: Watcher,
): LaneObserver {
  return { ...observeAlerts(output, watcher), ...observeState(output, watcher) };
}

type OfAlerts = Pick<LaneObserver, 'attempted' | 'delivered' | 'dead' | 'suppressed'>;

function observeAlerts(
  { name, type }: { name: string; type: string },
  { metrics, log, own }: Watcher,
): OfAlerts {
  const labels = { output: name, type };
  const attemptTime = metrics.attemptTime.series([name, type]);
  const deliveryAge = metrics.deliveryAge.series([name, type]);
  return {
    attempted({ outcome, reason, detail, alerts, durationMs }) {
      attemptTime.add(durationMs);
      if (outcome === 'ok') return;
      metrics.outputs.inc([name, 'error']);
      metrics.retried.inc({ ...labels, reason: reason ?? 'bug' });
      log.debug({ output: name, reason, detail, alerts }, 'An attempt failed.');
    },
    delivered(agesMs) {
      metrics.outputs.inc([name, 'ok'], agesMs.length);
      metrics.delivered.inc([name, type], agesMs.length);
      for (const ageMs of agesMs) deliveryAge.add(ageMs);
    },
    dead({ reason, detail, uuid }) {
      metrics.dead.inc({ ...labels, reason });
      log.error({ output: name, reason, detail, uuid }, 'An alert became a dead letter.');
      own.raise({
        rule: 'Tocsin: dead letter',
        about: name,
        priority: 'error',
        text: `Output ${name} refused an alert for good (${reason}): ${detail} See: tocsin dead list`,
        fields: { 'tocsin.output': name, 'tocsin.reason': reason, 'tocsin.uuid': uuid },
        exceptOutput: name,
      });
    },
    suppressed(reason, count) {
      metrics.suppressed.inc({ ...labels, reason }, count);
      log.warn(
        { output: name, reason, alerts: count },
        'Alerts were given up; the reason says why.',
      );
    },
  };
}

function observeState(
  { name }: { name: string },
  { log, own, nowMs }: Watcher,
): Omit<LaneObserver, keyof OfAlerts> {
  let pausedSinceMs: number | undefined;
  return {
    paused({ reason, detail }) {
      pausedSinceMs ??= nowMs();
      const pausedMs = nowMs() - pausedSinceMs;
      log.warn({ output: name, reason, detail, pausedMs }, 'An output is paused; its alerts wait.');
      if (pausedMs < PAUSE_WORTH_TELLING_MS) return;
      own.raise({
        rule: 'Tocsin: output paused',
        about: name,
        priority: 'error',
        text: `Output ${name} has delivered nothing for ${ageText(pausedMs)} (${reason}): ${detail} Its alerts wait on disk.`,
        fields: { 'tocsin.output': name, 'tocsin.reason': reason },
        exceptOutput: name,
      });
    },
    resumed() {
      const pausedMs = nowMs() - (pausedSinceMs ?? nowMs());
      log.info({ output: name, pausedMs }, 'An output delivers again.');
      pausedSinceMs = undefined;
    },
    stuck(message) {
      if (message === undefined) {
        log.info({ output: name }, 'An output is no longer stuck.');
        return;
      }
      const text = 'An output is stuck: the queue cannot be read or written for it.';
      log.error({ output: name, error: message }, text);
      // Without `about`: a disk that fails all outputs is told once.
      own.raise({
        rule: 'Tocsin: output stuck',
        priority: 'critical',
        text: `Output ${name} is stuck, since the queue cannot be read or written for it: ${message}. Its alerts wait; see: tocsin queue check`,
        fields: { 'tocsin.output': name },
        exceptOutput: name,
      });
    },
  };
}
