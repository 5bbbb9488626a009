import type { FieldValue, Provenance } from '../../alert.ts';
import { type Named, tacticsIn, techniquesIn } from '../../attack.ts';

/** What the hub knows of an alert beyond what it says of itself: part of the section `normalise`. */
export interface ContextSettings {
  /** Fields out of the tags that name MITRE ATT&CK. */
  readonly attack?: boolean;
  /** Names of clusters by the identity of who sends from there. */
  readonly clusters?: Readonly<Record<string, string>>;
  /** Owners by namespace, or by `<cluster>/<namespace>`; a `*` at the end stands for any rest. */
  readonly owners?: Readonly<Record<string, string>>;
}

/** An alert's fields, to which some are added. */
type Fields = Record<string, FieldValue>;

export interface Surroundings {
  readonly tags: readonly string[];
  readonly provenance: Provenance;
}

/** Adds to the fields what the settings say. */
export type AddContext = (fields: Fields, surroundings: Surroundings) => void;

const CLUSTER = 'k8s.cluster.name';
const CLUSTER_IDENTITY = 'k8s.cluster.identity';
const OWNER = 'k8s.ns.owner';

/** Empty: nothing is to be added. */
export function compileContext(settings: ContextSettings): readonly AddContext[] {
  const { attack = false, clusters = {}, owners = {} } = settings;
  const steps: AddContext[] = [];
  if (Object.keys(clusters).length > 0) steps.push(clusterStep(clusters));
  if (Object.keys(owners).length > 0) steps.push(ownerStep(owners));
  if (attack) steps.push(addAttack);
  return steps;
}

/** Routes go by these fields, so nobody but the hub may write them. */
function clusterStep(clusters: Readonly<Record<string, string>>): AddContext {
  return (fields, { provenance }) => {
    delete fields[CLUSTER];
    delete fields[CLUSTER_IDENTITY];
    const { identity } = provenance;
    const proven = identity === undefined ? undefined : ownOf(clusters, identity);
    if (proven !== undefined) {
      fields[CLUSTER] = proven;
      fields[CLUSTER_IDENTITY] = identity!;
    } else if (provenance.agent === 'k8s_audit' && fields['ka.cluster.name'] !== undefined) {
      // The path's, or a credential's of that name: the agent has found out which.
      fields[CLUSTER] = fields['ka.cluster.name'];
      fields[CLUSTER_IDENTITY] = fields['ka.cluster.identity'] ?? 'unverified';
    }
  };
}

function ownerStep(owners: Readonly<Record<string, string>>): AddContext {
  // The longest one is the most specific.
  const prefixes = Object.keys(owners)
    .filter((key) => key.endsWith('*'))
    .map((key) => key.slice(0, -1))
    .sort((one, other) => other.length - one.length);
  const find = (name: string): string | undefined => {
    const prefix = prefixes.find((one) => name.startsWith(one));
    return ownOf(owners, name) ?? (prefix === undefined ? undefined : owners[`${prefix}*`]);
  };
  return (fields) => {
    delete fields[OWNER];
    const namespace = fields['k8s.ns.name'];
    if (typeof namespace !== 'string' || namespace === '') return;
    const cluster = fields[CLUSTER];
    const ofCluster = typeof cluster === 'string' ? find(`${cluster}/${namespace}`) : undefined;
    const owner = ofCluster ?? find(namespace);
    if (owner !== undefined) fields[OWNER] = owner;
  };
}

/** Lists of ids and of names: one in the same place names the other. */
function addAttack(fields: Fields, { tags }: Surroundings): void {
  const techniques = techniquesIn(tags).map(({ sub, ...technique }) => sub ?? technique);
  addNamed(fields, 'mitre.tactic', tacticsIn(tags));
  addNamed(fields, 'mitre.technique', techniques);
}

function addNamed(fields: Fields, prefix: string, found: readonly Named[]): void {
  delete fields[`${prefix}.id`];
  delete fields[`${prefix}.name`];
  if (found.length === 0) return;
  fields[`${prefix}.id`] = found.map(({ uid }) => uid);
  fields[`${prefix}.name`] = found.map(({ uid, name }) => name ?? uid);
}

function ownOf(table: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
