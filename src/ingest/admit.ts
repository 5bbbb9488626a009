import type { Alert } from '../alert.ts';
import { alertToJson } from '../json.ts';
import type { Count } from '../observe/bounded-counter.ts';
import { type NewAlert, QueueError } from '../queue/queue.ts';
import type { AdmissionRules, AdmitDeps } from './admission-rules.ts';
import { agentOf } from './agents/agent-document.ts';
import {
  accountOf,
  type Admission,
  type AdmitResult,
  type ItemResult,
  nameOf,
  type Sender,
} from './admission.ts';
import { Fairness } from './fairness.ts';
import type { NormaliseResult } from './normalise/falco.ts';
import { normalise } from './normalise/normalise.ts';
import { originOf } from './origin.ts';
import { Lanes } from './lanes.ts';
import { judgeNamed } from './resends.ts';
import { type Health, healthOf } from './sensors/health.ts';
import { sensorOf, TEST_RULE } from './sensors/sensors.ts';

/** On its way into the queue, with what is needed once it is there. */
interface Admitted {
  readonly stored: NewAlert;
  /** What counts it by its labels. */
  readonly counts: readonly Count[];
  /** Set where the sender named the alert: a resend can then be recognised. */
  readonly key: string | undefined;
  readonly agent: string;
  readonly health: Health | undefined;
}

/** Who sends, and when. */
interface Call {
  readonly sender: Sender;
  /** Whose rate and share it takes, among whom. */
  readonly account: string;
  readonly fairness: Fairness;
  readonly nowMs: number;
}

/** The documents of a call, as far as they are dealt with. */
interface Batch {
  readonly items: ItemResult[];
  readonly admitted: Admitted[];
  /** What is on its way to the disk, by the id that its sender gave it. */
  readonly named: Map<string, string>;
}

/** What becomes of one document. */
interface Judged {
  readonly result: ItemResult;
  /** Absent: there is nothing to store. */
  readonly alert?: Alert;
  readonly json?: string | undefined;
  readonly key?: string;
}

/**
 * Takes documents in: normalises, recognises resends, routes, and appends all of them in one
 * transaction. An alert's fate is decided here, once: a reload changes only what comes later.
 */
export class Admitter implements Admission {
  readonly #deps: AdmitDeps;
  readonly #fairness = new Fairness();
  /** Of senders that are only claimed: they take nothing from those who can be known. */
  readonly #claims = new Fairness();
  readonly #accepted: Readonly<Record<Sender['input'], Count>>;
  #rules: AdmissionRules;
  #lanes: Lanes;
  #closed = false;

  constructor(deps: AdmitDeps, rules: AdmissionRules) {
    this.#deps = deps;
    this.#rules = rules;
    this.#lanes = new Lanes(rules, deps.metrics);
    const { accepted } = deps.metrics;
    this.#accepted = {
      http: accepted.series(['http']),
      grpc: accepted.series(['grpc']),
      syslog: accepted.series(['syslog']),
      file: accepted.series(['file']),
      auditd: accepted.series(['auditd']),
    };
  }

  /** From now on these rules decide. */
  apply(rules: AdmissionRules): void {
    this.#rules = rules;
    this.#lanes = new Lanes(rules, this.#deps.metrics);
  }

  /** Takes nothing more. */
  close(): void {
    this.#closed = true;
  }

  admit(documents: readonly unknown[], sender: Sender): Promise<AdmitResult> {
    const fairness = sender.isClaimed === true ? this.#claims : this.#fairness;
    const call = { sender, account: accountOf(sender), fairness, nowMs: this.#deps.nowMs() };
    const refusal = this.#refusal(documents.length, call);
    if (refusal !== undefined) return Promise.resolve(refusal);
    const items: ItemResult[] = [];
    const admitted: Admitted[] = [];
    const batch = { items, admitted, named: new Map<string, string>() };
    for (const document of documents) this.#take(document, call, batch);
    const overShare = this.#overShare(admitted, items, call);
    if (overShare !== undefined) return Promise.resolve(overShare);
    return this.#store(admitted, items, call);
  }

  /** Judges one document, and makes it ready for the queue if there is anything to keep. */
  #take(document: unknown, { sender, nowMs }: Call, { items, admitted, named }: Batch): void {
    const agent = agentOf(document);
    const { provenance, ingest } = originOf(sender, agent);
    const { enrichment } = this.#rules;
    const normalised = normalise(document, { nowMs, provenance, enrichment });
    const { result, alert, json, key } = this.#judge(normalised, sender, nowMs, named);
    items.push(result);
    if (alert === undefined) return;
    const health = healthOf(alert);
    if (this.#isKeptOut(alert, agent, sender, nowMs, health)) return;
    const stored = this.#prepare(alert, sender, nowMs, ingest, json);
    admitted.push({ stored, counts: this.#countsOf(alert), key, agent, health });
  }

  #refusal(alerts: number, { sender, account, fairness, nowMs }: Call): AdmitResult | undefined {
    if (this.#closed) {
      return refused('shutting_down', 'This hub is stopping. Send again to another one.', 1000);
    }
    const rate = this.#rules.rate[sender.input];
    const ruling = fairness.admit(account, alerts, rate, nowMs);
    if (ruling.allowed) return undefined;
    const message = 'This sender sends more than it may. Send again later.';
    return refused(ruling.code, message, ruling.retryAfterMs);
  }

  #judge(
    normalised: NormaliseResult,
    sender: Sender,
    nowMs: number,
    named: Map<string, string>,
  ): Judged {
    if (!normalised.ok) {
      const { code, message } = normalised;
      return { result: { outcome: 'rejected', code, message } };
    }
    const { alert, uuidFromSender, notes } = normalised;
    if (notes.length > 0) {
      this.#deps.metrics.templateFailed.inc({ where: 'templatedFields' }, notes.length);
    }
    if (!uuidFromSender) {
      return { result: { outcome: 'accepted', uuid: alert.uuid }, alert, json: normalised.json };
    }
    const { duplicates, metrics } = this.#deps;
    const known = { duplicates, batch: named, sender: nameOf(sender), nowMs };
    const { verdict, renamed, ...keyed } = judgeNamed(alert, known);
    const { uuid } = keyed.alert;
    if (verdict === 'duplicate') return { result: { outcome: 'duplicate', uuid } };
    if (renamed) metrics.idReused.inc();
    return { result: { outcome: 'accepted', uuid }, ...keyed };
  }

  /** A report of a sensor on itself that is not to be an alert. */
  #isKeptOut(
    { hostname }: Alert,
    agent: string,
    sender: Sender,
    nowMs: number,
    health: Health | undefined,
  ): boolean {
    if (health?.isSnapshot !== true || !this.#rules.keepsSnapshotsOut) return false;
    this.#deps.sensors.contacted(sensorOf(sender, agent, hostname), nowMs, health);
    this.#deps.metrics.quiet.inc({ format: agent });
    return true;
  }

  #prepare(
    alert: Alert,
    sender: Sender,
    nowMs: number,
    ingest: string,
    json: string | undefined,
  ): NewAlert {
    return {
      uuid: alert.uuid,
      priority: alert.priority,
      rule: alert.rule,
      source: alert.source,
      hostname: alert.hostname,
      receivedAtMs: nowMs,
      lanes: sender.test === true ? this.#lanes.all() : this.#lanes.of(alert),
      json: json ?? alertToJson(alert),
      ingest,
    };
  }

  #countsOf(alert: Alert): Count[] {
    const { metrics } = this.#deps;
    const counts = [metrics.alertSeries(alert)];
    if (metrics.falcoEvents !== undefined) counts.push(metrics.falcoEvents(alert));
    const ofPriority = metrics.priorities?.get(alert.priority);
    if (ofPriority !== undefined) counts.push(ofPriority);
    return counts;
  }

  /** While room is tight, a sender that holds too much of it gives way with what is below Error. */
  #overShare(
    admitted: Admitted[],
    items: ItemResult[],
    { sender, account, fairness, nowMs }: Call,
  ): AdmitResult | undefined {
    const rate = this.#rules.rate[sender.input];
    const fill = this.#deps.fill();
    if (!fairness.isOverShare(account, rate, fill, nowMs)) return undefined;
    const [severe, others] = [true, false].map((wanted) =>
      admitted.filter(({ stored }) => SEVERE.has(stored.priority) === wanted),
    ) as [Admitted[], Admitted[]];
    const message = 'The queue is filling, and this sender holds more than its share of it.';
    if (severe.length === 0) return refused('sender_share', message, 5000);
    // A duplicate of what is given up would be one of nothing.
    const given = new Set(others.map(({ stored }) => stored.uuid));
    for (const [at, item] of items.entries()) {
      if (item.outcome === 'rejected' || !given.has(item.uuid)) continue;
      items[at] = { outcome: 'rejected', code: 'sender_share', message };
    }
    admitted.splice(0, admitted.length, ...severe);
    return undefined;
  }

  async #store(
    admitted: readonly Admitted[],
    items: readonly ItemResult[],
    call: Call,
  ): Promise<AdmitResult> {
    const alerts = admitted.map(({ stored }) => stored);
    if (alerts.length > 0) {
      try {
        await this.#deps.queue.append(alerts);
      } catch (error) {
        return this.#notStored(error, alerts, call.sender);
      }
    }
    this.#count(admitted, items, call);
    return { outcome: 'stored', items };
  }

  #notStored(error: unknown, alerts: readonly NewAlert[], sender: Sender): AdmitResult {
    if (!(error instanceof QueueError)) throw error;
    if (error.code === 'queue_unavailable') {
      this.#deps.metrics.notDurable.inc({ input: sender.input }, alerts.length);
      // Falco never sends again, so its alert goes on from memory; who does would have each of its
      // attempts delivered.
      if (sender.input !== 'grpc' && sender.resends !== true) this.#deps.onUnkept(alerts);
    }
    return refused(error.code, error.message, error.retryAfterMs);
  }

  #count(
    admitted: readonly Admitted[],
    items: readonly ItemResult[],
    { sender, account, fairness, nowMs }: Call,
  ): void {
    const { metrics, sensors, duplicates: known } = this.#deps;
    const name = nameOf(sender);
    let bytes = 0;
    for (const { stored, counts, key, agent, health } of admitted) {
      for (const count of counts) count.add(1);
      bytes += stored.json.length;
      if (key !== undefined) known.remember(stored.uuid, key, name, nowMs);
      if (stored.rule !== TEST_RULE) {
        sensors.alerted(sensorOf(sender, agent, stored.hostname), nowMs, health);
      }
    }
    fairness.stored(account, bytes, nowMs);
    this.#accepted[sender.input].add(admitted.length);
    const duplicates = items.filter(isDuplicate).length;
    if (duplicates > 0) metrics.duplicates.inc({ input: sender.input }, duplicates);
  }
}

const SEVERE: ReadonlySet<string> = new Set(['emergency', 'alert', 'critical', 'error']);

function isDuplicate({ outcome }: ItemResult): boolean {
  return outcome === 'duplicate';
}

function refused(code: string, message: string, retryAfterMs: number): AdmitResult {
  return { outcome: 'refused', code, message, retryAfterMs };
}
