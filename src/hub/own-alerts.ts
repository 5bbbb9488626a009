import { hostname } from 'node:os';
import { type Alert, type FieldValue, type Priority, PRIORITIES } from '../alert.ts';
import { uuidV7 } from '../ingest/normalise/uuid.ts';
import { alertToJson } from '../json.ts';
import type { NewAlert, StaleSurvey } from '../queue/queue.ts';
import { ageText } from '../output/format.ts';

/**
 * Alerts the hub raises about itself (source `tocsin`): whoever watches the outputs should not need
 * to watch the hub's log as well.
 */

/** The same matter is raised once in this time. */
const REPEAT_MS = 60 * 60 * 1000;
const MATTERS_MAX = 1000;
const PROVENANCE = { input: 'hub', agent: 'tocsin' } as const;

export interface Matter {
  /** Stable; with `about` it is what is raised once an hour. */
  readonly rule: string;
  readonly about?: string;
  readonly priority: Priority;
  readonly text: string;
  readonly fields?: Readonly<Record<string, FieldValue>>;
  /** The output this is about: the last one to be told. */
  readonly exceptOutput?: string;
}

export class OwnAlerts {
  readonly #send: (alert: Alert, exceptOutput: string | undefined) => void;
  readonly #nowMs: () => number;
  readonly #raised = new Map<string, number>();

  constructor(send: (alert: Alert, exceptOutput: string | undefined) => void, nowMs: () => number) {
    this.#send = send;
    this.#nowMs = nowMs;
  }

  raise(matter: Matter): void {
    const nowMs = this.#nowMs();
    const key = `${matter.rule}\n${matter.about ?? ''}`;
    // A clock that was set back keeps nothing silent for as long.
    const sinceMs = nowMs - (this.#raised.get(key) ?? Number.NEGATIVE_INFINITY);
    if (sinceMs >= 0 && sinceMs < REPEAT_MS) return;
    if (this.#raised.size >= MATTERS_MAX) this.#raised.clear();
    this.#raised.set(key, nowMs);
    this.#send(ownAlert(matter, nowMs), matter.exceptOutput);
  }
}

function ownAlert(matter: Omit<Matter, 'exceptOutput'>, nowMs: number): Alert {
  const { rule, priority, text, fields = {} } = matter;
  const now = new Date(nowMs).toISOString();
  return {
    uuid: uuidV7(nowMs),
    time: now,
    receivedAt: now,
    priority,
    rule,
    source: 'tocsin',
    output: text,
    fields,
    tags: ['tocsin'],
    hostname: hostname(),
    ingest: PROVENANCE,
  };
}

/** The one alert that a lane sends for all that waited too long. */
export function staleSummary(
  lane: { readonly id: number; readonly name: string },
  survey: StaleSurvey,
  nowMs: number,
): NewAlert {
  const count = survey.counts.reduce((sum, one) => sum + one.count, 0);
  const byRule = [...survey.counts].sort((a, b) => b.count - a.count).slice(0, 10);
  const since = new Date(survey.oldestMs).toISOString();
  const until = new Date(survey.newestMs).toISOString();
  const lines = byRule.map((one) => `${one.count} x ${one.rule} (${one.priority})`);
  const text = `${count} alerts waited too long for ${lane.name} and were not sent one by one: ${lines.join(', ')}${byRule.length < survey.counts.length ? ', …' : ''}. They came in from ${since} to ${until}; the oldest waited ${ageText(nowMs - survey.oldestMs)}. List them: tocsin alerts --output ${lane.name} --since ${since}; send them after all: tocsin outputs resend ${lane.name}`;
  const alert = ownAlert(
    {
      rule: 'Tocsin: alerts too old to send one by one',
      priority: mostSevere(survey),
      text,
      fields: { 'tocsin.output': lane.name, 'tocsin.alerts': count },
    },
    nowMs,
  );
  return storable(alert, [lane.id], nowMs);
}

function mostSevere(survey: StaleSurvey): Priority {
  const present = new Set(survey.counts.map(({ priority }) => priority));
  return PRIORITIES.find((priority) => present.has(priority)) ?? 'warning';
}

export function storable(alert: Alert, lanes: readonly number[], nowMs: number): NewAlert {
  const { uuid, priority, rule, source } = alert;
  return {
    uuid,
    priority,
    rule,
    source,
    hostname: alert.hostname,
    receivedAtMs: nowMs,
    lanes,
    json: alertToJson(alert),
    ingest: JSON.stringify(alert.ingest),
  };
}
