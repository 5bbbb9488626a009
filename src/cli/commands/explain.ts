import type { LoadedConfig } from '../../../config/load.ts';
import { type Alert, priorityTitle } from '../../alert.ts';
import { agentSettings } from '../../hub/agent-settings.ts';
import { agentOf } from '../../ingest/agents/agent-document.ts';
import { QuietEvents } from '../../ingest/agents/quiet.ts';
import { readAgents } from '../../ingest/agents/table.ts';
import { DocumentError, readBody } from '../../ingest/body.ts';
import { compileEnrichment } from '../../ingest/normalise/enrich.ts';
import { normalise } from '../../ingest/normalise/normalise.ts';
import type { Explanation, OutputExplanation, RouteExplanation } from '../../route/explain.ts';
import { load, problemLines } from '../config.ts';
import type { Context } from '../context.ts';
import { CliError, EXIT } from '../exit.ts';
import { concatenate, readChunks } from '../input.ts';
import type { Row, Screen, Style, Text } from '../screen.ts';
import { priorityText } from './priority.ts';

/** Says which routes take an alert and which outputs get it, by the configuration alone. */
export async function explain(
  context: Context,
  [file]: readonly string[],
  { sender, cluster }: { readonly sender?: string; readonly cluster?: string },
): Promise<number> {
  const loaded = await loadOrFail(context);
  const quiet = new QuietEvents();
  const bytes = await concatenate(readChunks(context, file), INPUT_BYTES_MAX);
  const results = readAlerts(bytes, loaded, {
    nowMs: context.nowMs,
    identity: sender,
    cluster,
    quiet,
  });
  const { screen } = context;
  const explanations = results.map((result) =>
    'alert' in result ? explained(result.alert, loaded) : result,
  );
  if (context.json) screen.json(explanations);
  else {
    for (const [at, one] of explanations.entries()) {
      if (at > 0) screen.line();
      if ('alert' in one) printExplanation(screen, one.alert, one);
      else screen.paragraph({ text: refusalText(one), style: 'red' });
    }
    printQuiet(screen, quiet);
    if (sender === undefined && hasClusters(loaded)) screen.paragraph(NO_SENDER);
  }
  return explanations.every((one) => 'alert' in one) ? EXIT.ok : EXIT.failed;
}

/** Those that go by the sender's credential, which a file of alerts does not have. */
function hasClusters({ config }: LoadedConfig): boolean {
  return Object.keys(config.normalise.clusters).length > 0;
}

const NO_SENDER = 'Clusters of `normalise.clusters` go by who sends: --sender.';

function printQuiet(screen: Screen, quiet: QuietEvents): void {
  const counts = quiet.all().map(({ agent, count }) => `${agent}: ${count}`);
  if (counts.length === 0) return;
  screen.paragraph(
    `No alert: events that the hub counts and does not deliver (${counts.join(', ')}).`,
  );
}

function explained(alert: Alert, { router }: LoadedConfig): Explanation & { alert: Alert } {
  return { alert, ...router.explain(alert) };
}

async function loadOrFail(context: Context): Promise<LoadedConfig> {
  const result = await load(context);
  if (result.ok) return result;
  const problems = result.problems.flatMap(problemLines).join('\n');
  throw new CliError(`the configuration is not understood; see: tocsin check\n${problems}`);
}

interface Refused {
  readonly code: string;
  readonly message: string;
  /** Of the input, where it has lines. */
  readonly line?: number | undefined;
}

type Read = { readonly alert: Alert } | Refused;

function refusalText({ code, message, line }: Refused): string {
  return `${line === undefined ? '' : `line ${line}: `}${code}: ${message}`;
}

const INPUT_BYTES_MAX = 8 * 1024 * 1024;
const LIMITS = { depthMax: 32, alertsMax: 1000, bytesMaxSingle: INPUT_BYTES_MAX };

/** How the alerts come to the hub. */
interface Way {
  readonly nowMs: number;
  /** Of the sender, as a credential proves it. */
  readonly identity: string | undefined;
  readonly cluster: string | undefined;
  readonly quiet: QuietEvents;
}

/** Takes what the hub's HTTP door would take, and makes of it what the hub would. */
function readAlerts(
  bytes: Buffer,
  loaded: LoadedConfig,
  { nowMs, identity, cluster, quiet }: Way,
): Read[] {
  const body = readBody(bytes, undefined, LIMITS);
  if ('status' in body) return [{ code: body.code, message: body.message }];
  const enrichment = compileEnrichment(loaded.config.normalise);
  const proven = identity === undefined ? {} : { identity };
  const sender = { input: 'http', peer: '', ...proven } as const;
  const { alertsMax } = LIMITS;
  const context = { sender, cluster, nowMs, alertsMax, quiet, ...agentSettings(loaded) };
  const documents = readAgents(body.documents, context);
  if ('status' in documents) return [{ code: documents.code, message: documents.message }];
  return documents.map((document): Read => {
    if (document instanceof DocumentError) return document;
    const provenance = { input: 'http', agent: agentOf(document), ...proven };
    const result = normalise(document, { nowMs, provenance, enrichment });
    return result.ok ? { alert: result.alert } : { code: result.code, message: result.message };
  });
}

const REASONS: Readonly<Record<Explanation['reason'], string>> = {
  noRoutes: 'No routes are configured: every output gets what its minimumPriority lets through.',
  routed: '',
  noRouteMatched: 'No route took it, so it goes by unrouted.',
  expressionFailed: 'An expression failed on it, so it goes by unrouted, too.',
};

function printExplanation(screen: Screen, alert: Alert, explanation: Explanation): void {
  const { reason, routes, outputs } = explanation;
  const about = [
    `source ${alert.source}`,
    alert.hostname === '' ? [] : `host ${alert.hostname}`,
    clusterText(alert),
    ownerText(alert),
  ];
  screen.line(priorityText(alert.priority), '  ', { text: alert.rule, style: 'bold' });
  screen.line({ text: about.flat().join(', '), style: 'dim' });
  if (routes.length > 0) {
    screen.line();
    screen.table(ROUTE_COLUMNS, routes.map(routeRow));
  }
  screen.line();
  if (REASONS[reason] !== '') screen.paragraph(REASONS[reason]);
  if (outputs.length === 0) screen.line('No output is configured.');
  else
    screen.table(
      OUTPUT_COLUMNS,
      outputs.map((output) => outputRow(output, alert)),
    );
}

function clusterText({ fields }: Alert): readonly string[] {
  const cluster = fields['k8s.cluster.name'] ?? fields['ka.cluster.name'];
  const by = fields['k8s.cluster.identity'] ?? fields['ka.cluster.identity'];
  if (typeof cluster !== 'string' || cluster === '') return [];
  return [`cluster ${cluster}${typeof by === 'string' ? ` (${by})` : ''}`];
}

function ownerText({ fields }: Alert): readonly string[] {
  const owner = fields['k8s.ns.owner'];
  return typeof owner === 'string' ? [`owner ${owner}`] : [];
}

const ROUTE_COLUMNS = [
  { title: 'ROUTE', widthMin: 12 },
  { title: 'VERDICT' },
  { title: 'MATCH', wraps: true },
] as const;

const VERDICTS: Readonly<
  Record<RouteExplanation['verdict']['outcome'], readonly [text: string, style?: Style]>
> = {
  matched: ['matched', 'green'],
  notMatched: ['did not match'],
  failed: ['failed', 'red'],
  notReached: ['not reached', 'dim'],
};

function routeRow({ name, match, verdict }: RouteExplanation, at: number): Row {
  const [text, style] = VERDICTS[verdict.outcome];
  const id = name === undefined ? `routes[${at}]` : `routes[${at}] ${name}`;
  const below = verdictNote(verdict);
  return {
    cells: [id, { text, style }, match ?? '(every alert)'],
    ...(below === undefined ? {} : { below }),
  };
}

function verdictNote(verdict: RouteExplanation['verdict']): string | undefined {
  if (verdict.outcome === 'failed') return `${verdict.code}: ${verdict.message}`;
  if (verdict.outcome !== 'notReached') return undefined;
  return `routes[${verdict.stoppedBy}] took the alert and does not continue`;
}

const OUTPUT_COLUMNS = [
  { title: 'OUTPUT', widthMin: 12 },
  { title: 'MINIMUM' },
  { title: 'GETS IT', wraps: true },
] as const;

function outputRow(output: OutputExplanation, alert: Alert): Row {
  const { name, minimumPriority, outcome, chosenBy } = output;
  const choosers = chosenBy.flatMap(chooserText).join(', ');
  const by = choosers === '' ? '' : ` (${choosers})`;
  const least = minimumPriority === undefined ? '' : priorityTitle(minimumPriority);
  const told: Readonly<Record<OutputExplanation['outcome'], Text>> = {
    taken: { text: `yes${by}`, style: 'green' },
    belowMinimum: {
      text: `no, ${priorityTitle(alert.priority)} is below its minimumPriority${by}`,
      style: 'yellow',
    },
    notChosen: { text: 'no, nothing chose it', style: 'dim' },
  };
  return { cells: [name, least, told[outcome]] };
}

function chooserText(chooser: OutputExplanation['chosenBy'][number]): string[] {
  if (chooser === 'noRoutes') return [];
  return [chooser === 'unrouted' ? chooser : `routes[${chooser}]`];
}
