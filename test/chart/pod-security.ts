import type { Container, PodSpec } from './render.ts';

/** What the restricted profile of Pod Security refuses in a pod, in words. Source: its standard, v1.34. */
export function breachesOfRestricted(pod: PodSpec): readonly string[] {
  const containers = [...pod.containers, ...(pod.initContainers ?? [])];
  const kinds = (pod.volumes ?? []).flatMap((volume) => Object.keys(volume));
  const refused = kinds.filter((kind) => kind !== 'name' && !VOLUMES.has(kind));
  const host = HOST.filter((key) => (pod as unknown as Record<string, unknown>)[key] === true);
  return [
    ...refused.map((kind) => `volume of kind ${kind}`),
    ...host,
    ...containers.flatMap((container) => breachesOf(container, pod.securityContext ?? {})),
  ];
}

const HOST = ['hostNetwork', 'hostPID', 'hostIPC'];
const VOLUMES = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

interface Context {
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly capabilities?: { readonly drop?: readonly string[]; readonly add?: readonly string[] };
  readonly seccompProfile?: { readonly type: string };
}

function breachesOf({ name, securityContext = {} }: Container, ofPod: Context): string[] {
  const own: Context = securityContext;
  const { runAsNonRoot, runAsUser, seccompProfile } = { ...ofPod, ...own };
  const { drop = [], add = [] } = own.capabilities ?? {};
  const rules: readonly [isKept: boolean, text: string][] = [
    [runAsNonRoot === true, 'runAsNonRoot'],
    [runAsUser !== 0, 'runs as root'],
    [own.privileged !== true, 'privileged'],
    [own.allowPrivilegeEscalation === false, 'allowPrivilegeEscalation'],
    [drop.includes('ALL'), 'capabilities'],
    [add.every((capability) => capability === 'NET_BIND_SERVICE'), 'capabilities added'],
    [['RuntimeDefault', 'Localhost'].includes(seccompProfile?.type ?? ''), 'seccompProfile'],
  ];
  return rules.filter(([isKept]) => !isKept).map(([, text]) => `${name}: ${text}`);
}
