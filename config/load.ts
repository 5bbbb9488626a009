import { Type } from 'typebox';
import type { Detector } from '../src/ingest/k8s-audit/detector.ts';
import type { Mapping } from '../src/ingest/mapping/mapping.ts';
import type { Router } from '../src/route/router.ts';
import { resolveDetector } from './check/k8s-audit.ts';
import { resolveMappings } from './check/mappings.ts';
import { contradictions } from './check/meaning.ts';
import { type RefusedOutput, type ResolvedOutput, resolveOutputs } from './check/outputs.ts';
import { resolveRoutes } from './check/routes.ts';
import { type Checking, validate } from './check/validate.ts';
import {
  type Finding,
  inOrder,
  type Origin,
  type Path,
  pathId,
  pathText,
  type Problem,
  problemOf,
} from './problem.ts';
import { applyOverrides } from './read/environment.ts';
import {
  type ConfigKind,
  type ConfigSource,
  type Misconfigured,
  type NotRunning,
  type RawConfig,
  readRaw,
} from './read/raw.ts';
import type { Environment } from './read/references.ts';
import { type Config, configSchema } from './schema.ts';
import { closed } from './schema/blocks.ts';
import { differencesOf } from './sidekick/differences.ts';

export interface LoadInput extends ConfigSource {
  /** Settings from the command line, by dotted path: `log.level`. They win over everything. */
  readonly flags: Environment;
}

export type LoadResult =
  | LoadedConfig
  | {
      readonly ok: false;
      /** Errors and warnings, in the order of the file. */
      readonly problems: readonly Problem[];
      /** Files whose change may mend it. */
      readonly files: readonly string[];
    };

/** A configuration the hub can start with. */
export interface LoadedConfig extends NotRunning {
  readonly ok: true;
  /** Of each output, what all outputs have in common; the rest is in `outputs`. */
  readonly config: Config;
  readonly outputs: readonly ResolvedOutput[];
  readonly router: Router;
  /** What it finds in Kubernetes audit events. */
  readonly auditDetector: Detector;
  /** How JSON that is not known becomes alerts. */
  readonly mappings: readonly Mapping[];
  readonly warnings: readonly Problem[];
  /** Absolute paths: a change of any of them is a reason to load again. */
  readonly files: readonly string[];
  /** Every secret in the configuration, to be kept out of logs. */
  readonly secrets: readonly string[];
  readonly origin: ConfigKind;
  /** In Falcosidekick's form: what this hub does otherwise, as sentences. */
  readonly differences: readonly string[];
}

/**
 * Loads a configuration: file, then `TOCSIN_` variables, then flags. Reports all mistakes at once.
 * In the native form every mistake is an error; Falcosidekick's form is read leniently.
 */
export async function loadConfig(input: LoadInput): Promise<LoadResult> {
  const { raw, problems, files } = await readRaw(input);
  if (raw === undefined) return { ok: false, problems: inOrder(problems), files };
  const overrides = applyOverrides(raw.value, input.env, input.flags);
  const origin = withOverrides(raw.origin, overrides.setBy);
  const collected = { secrets: new Set<string>(), files: new Set(files) };
  const checking = checkingOf(input, raw, origin, collected);
  const checked = await check(overrides.value, raw.kind !== 'native', checking);
  const { misconfigured, strict } = asKind(raw, checked.refused, origin);
  // A reference that leads nowhere leaves a hole; that is one mistake, not two.
  const holes = new Set(problems.map(({ path }) => path));
  const found = [...checked.findings, ...strict]
    .map((finding) => problemOf(finding, origin))
    .filter(({ path }) => !holes.has(path));
  const [errors, warnings] = bySeverity([...problems, ...overrides.problems, ...found]);
  const { config, router, detector, mappings, outputs } = checked;
  if (errors.length > 0 || !config || !router || !detector || !mappings) {
    return { ok: false, problems: inOrder([...errors, ...warnings]), files: [...collected.files] };
  }
  return {
    ok: true,
    config,
    outputs,
    router,
    auditDetector: detector,
    mappings,
    warnings: inOrder(warnings),
    misconfigured: [...raw.notRunning.misconfigured, ...misconfigured],
    unavailable: raw.notRunning.unavailable,
    files: [...collected.files],
    secrets: [...collected.secrets],
    origin: raw.kind,
    differences: raw.translation === undefined ? [] : differencesOf(raw.translation.settings),
  };
}

/** Places and secrecy of what a variable or flag has set. */
function withOverrides(origin: Origin, setBy: ReadonlyMap<string, string>): Origin {
  return {
    place(finding) {
      const by = setBy.get(pathId(finding.path));
      if (by === undefined) return origin.place(finding);
      return { path: pathText(finding.path), setBy: by };
    },
    isHidden: (path) => setBy.has(pathId(path)) || origin.isHidden(path),
  };
}

/** Parts of a secret shorter than this would make holes in every log line. */
const SECRET_PART_LENGTH_MIN = 4;

function checkingOf(
  { baseDirectory }: LoadInput,
  { broughtIn }: RawConfig,
  origin: Origin,
  collected: { readonly secrets: Set<string>; readonly files: Set<string> },
): Omit<Checking, 'base'> {
  return {
    baseDirectory,
    isHidden: (path) => origin.isHidden(path),
    onFile: (file) => collected.files.add(file),
    onSecret(text, path) {
      collected.secrets.add(text);
      const parts = broughtIn.get(pathId(path)) ?? [];
      for (const part of parts) {
        if (part.length >= SECRET_PART_LENGTH_MIN) collected.secrets.add(part);
      }
    },
  };
}

interface Checked {
  readonly config?: Config;
  readonly router?: Router;
  readonly detector?: Detector;
  readonly mappings?: readonly Mapping[];
  readonly outputs: readonly ResolvedOutput[];
  readonly refused: readonly RefusedOutput[];
  readonly findings: readonly Finding[];
}

const { outputs: _outputs, ...hubProperties } = configSchema.properties;
const hubSchema = Type.Object(hubProperties, closed);

async function check(
  value: Readonly<Record<string, unknown>>,
  isLenient: boolean,
  checking: Omit<Checking, 'base'>,
): Promise<Checked> {
  const { outputs: rawOutputs, ...rest } = value;
  const hub = structuredClone(rest) as Omit<Config, 'outputs'>;
  const findings = validate(hubSchema, hub, { ...checking, base: [] });
  const named = rawOutputs ?? {};
  if (typeof named !== 'object' || Array.isArray(named)) {
    const message = 'must be a map from names to outputs';
    findings.push({ code: 'wrong_type', message, path: ['outputs'] });
    return { outputs: [], refused: [], findings };
  }
  const { resolved, refused } = await resolveOutputs({ ...named }, checking);
  const isWrong = new Set(findings.map(({ path: [section] }) => section));
  findings.push(...contradictions(hub, resolved, isWrong));
  const ingest = isWrong.has('ingest')
    ? { findings: [] }
    : resolveIngest(hub.ingest, checking.isHidden);
  findings.push(...ingest.findings);
  if (isWrong.has('routes') || isWrong.has('unrouted')) {
    return { outputs: resolved, refused, findings };
  }
  const alsoNamed = isLenient ? [] : refused;
  const { router, findings: found } = routesOf(hub, resolved, alsoNamed, checking);
  const outputs = Object.fromEntries(resolved.map(({ name, common }) => [name, common]));
  return {
    config: { ...hub, outputs },
    ...(router === undefined ? {} : { router }),
    ...ingest,
    outputs: resolved,
    refused,
    findings: [...findings, ...found],
  };
}

/** What the configuration says about formats, compiled. */
function resolveIngest(
  { k8sAudit, mappings }: Config['ingest'],
  isHidden: (path: Path) => boolean,
): Pick<Checked, 'detector' | 'mappings' | 'findings'> {
  const audit = resolveDetector(k8sAudit, isHidden);
  const mapped = resolveMappings(mappings, isHidden);
  return { ...audit, ...mapped, findings: [...audit.findings, ...mapped.findings] };
}

/** A route may name an output that has mistakes: that is one mistake, not two. */
function routesOf(
  { routes, unrouted }: Omit<Config, 'outputs'>,
  resolved: readonly ResolvedOutput[],
  alsoNamed: readonly RefusedOutput[],
  { isHidden }: Omit<Checking, 'base'>,
): ReturnType<typeof resolveRoutes> {
  const outputs = [
    ...resolved.map(({ name, common: { minimumPriority } }) => ({ name, minimumPriority })),
    ...alsoNamed.map(({ name }) => ({ name })),
  ];
  return resolveRoutes({ outputs, routes, unrouted }, isHidden);
}

/** In Falcosidekick's form a mistake turns one output off; in the native form it stops the start. */
function asKind(
  { kind }: RawConfig,
  refused: readonly RefusedOutput[],
  origin: Origin,
): { misconfigured: readonly Misconfigured[]; strict: readonly Finding[] } {
  if (kind === 'native') {
    return { misconfigured: [], strict: refused.flatMap(({ findings }) => findings) };
  }
  const misconfigured = refused.map(({ name, type, findings }) => ({
    name,
    type,
    problems: findings.map((finding) => problemOf(finding, origin)),
  }));
  return { misconfigured, strict: [] };
}

function bySeverity(problems: readonly Problem[]): [errors: Problem[], warnings: Problem[]] {
  return [
    problems.filter(({ severity }) => severity === 'error'),
    problems.filter(({ severity }) => severity === 'warning'),
  ];
}
