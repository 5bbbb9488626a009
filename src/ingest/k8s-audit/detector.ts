import { priorityTitle } from '../../alert.ts';
import { ExpressionFailure } from '../../route/errors.ts';
import type { DocumentExpression } from '../../route/expression.ts';
import { TemplateError, compileTemplate } from '../../template/index.ts';
import { fieldsOf } from './fields.ts';
import { compileMatch } from './names.ts';
import { type AuditRule, BUILT_IN_RULES, STAGES } from './rules.ts';
import { uuidV5 } from './uuid-v5.ts';
import { type AuditLists, type EventView, objectOf, viewOf } from './view.ts';

/** The section `ingest.k8sAudit` of the configuration. */
export interface AuditSettings extends AuditLists {
  /** Built-in rules not to be used. */
  readonly off: readonly string[];
  /** Built-in rules that are used only where they are named here. */
  readonly on: readonly string[];
  /** The configuration's own, beside the built-in ones. */
  readonly rules: readonly AuditRule[];
}

/** Something a rule found, as a document in Falco's shape without its time. */
export interface Finding {
  readonly document: Readonly<Record<string, unknown>>;
  /** Why the output line is not what the rule's template says. */
  readonly templateFailure?: string;
}

/** Tells audit events that are worth an alert. */
export interface Detector {
  /** `cluster`: its name, or empty. An event no rule is about has no findings. */
  findings(event: Readonly<Record<string, unknown>>, cluster: string): readonly Finding[];
}

/**
 * Makes the rules ready to be asked.
 *
 * @throws ExpressionError for a `match` that is no expression over events.
 * @throws TemplateError for an `output` that is no template.
 */
export function createDetector(settings: AuditSettings): Detector {
  const { off, on, rules, allowedNamespaces, privilegedImages } = settings;
  const lists = { allowedNamespaces, privilegedImages };
  const builtIn = BUILT_IN_RULES.filter(({ rule, offByDefault }) =>
    offByDefault === true ? on.includes(rule) : !off.includes(rule),
  );
  const byStage = indexByStage([...builtIn, ...rules].map(compileRule));
  return {
    findings(event, cluster) {
      const candidates = byStage.get(event['stage']) ?? [];
      if (candidates.length === 0) return [];
      const view = viewOf(event, cluster, lists);
      return candidates.flatMap((rule) => findingOf(rule, view) ?? []);
    },
  };
}

interface CompiledRule extends AuditRule {
  readonly expression: DocumentExpression;
  readonly template: ReturnType<typeof compileTemplate>;
}

function compileRule(rule: AuditRule): CompiledRule {
  const { match, output } = rule;
  return { ...rule, expression: compileMatch(match), template: compileTemplate(output) };
}

function indexByStage(
  rules: readonly CompiledRule[],
): ReadonlyMap<unknown, readonly CompiledRule[]> {
  return new Map(
    STAGES.map((name) => [name, rules.filter(({ stage = name }) => stage === name)] as const),
  );
}

function findingOf(rule: CompiledRule, view: EventView): Finding | undefined {
  const verdict = ask(rule, view);
  if (verdict === 'no') return undefined;
  const { text, failure } = outputOf(rule, view);
  const document = {
    uuid: uuidOf(view, rule.rule),
    rule: rule.rule,
    priority: priorityTitle(rule.priority),
    source: 'k8s_audit',
    hostname: view.cluster,
    output: text,
    tags: verdict === 'failed' ? [...rule.tags, 'match_failed'] : rule.tags,
    output_fields: fieldsOf(view),
  };
  return failure === undefined ? { document } : { document, templateFailure: failure };
}

/** An event too large to be judged may be so on purpose: it counts as one the rule is about. */
function ask({ expression }: CompiledRule, view: EventView): 'yes' | 'no' | 'failed' {
  try {
    return expression.test(view as unknown as Record<string, unknown>) ? 'yes' : 'no';
  } catch (error) {
    if (error instanceof ExpressionFailure) return 'failed';
    throw error;
  }
}

function outputOf(
  { rule, template }: CompiledRule,
  view: EventView,
): { readonly text: string; readonly failure?: string } {
  try {
    return { text: template.execute(templateData(view)) };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { text: error.partial === '' ? rule : error.partial, failure: error.message };
  }
}

/** A template must not end at what an event lacks. */
function templateData(view: EventView): Record<string, unknown> {
  const { subresource, ns, name, resource, code } = view;
  const texts = { resource, subresource, ns, name, code };
  const objects = {
    user: objectOf(view.user),
    impersonatedUser: objectOf(view.impersonatedUser),
    objectRef: objectOf(view.objectRef),
    responseStatus: { reason: '', ...objectOf(view.responseStatus) },
    annotations: objectOf(view.annotations),
  };
  const said = Object.entries(texts).map(([key, value]) => [key, value ?? '']);
  return { ...view, ...objects, ...Object.fromEntries(said) };
}

/**
 * The same for a batch sent again. The audit id is what a client chose, so that it says nothing by
 * itself: admission compares the content, too.
 */
function uuidOf({ auditID, stage }: EventView, rule: string): string | undefined {
  return typeof auditID === 'string' && auditID !== '' ? uuidV5([auditID, stage, rule]) : undefined;
}
