import type { Priority } from '../../alert.ts';

export const STAGES = ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'] as const;

export type Stage = (typeof STAGES)[number];

/** What makes an alert of an audit event. README.md says what `match` and `output` can name. */
export interface AuditRule {
  /** The built-in ones are named as in Falco's rules, so that routes and dashboards fit both. */
  readonly rule: string;
  readonly priority: Priority;
  /** Absent: any. */
  readonly stage?: Stage | undefined;
  /** CEL over the event. */
  readonly match: string;
  /** Go template over the same names. */
  readonly output: string;
  readonly tags: readonly string[];
}

/** A rule of our own, and whether it is used without being asked for. */
export interface BuiltInRule extends AuditRule {
  readonly offByDefault?: boolean;
}

const WHO = 'user={{.user.username}}';
const OBJECT = `${WHO} verb={{.verb}} resource={{.resource}} name={{.name}} ns={{.ns}}`;
const POD = `${WHO} pod={{.name}} ns={{.ns}} images={{range .containers}}{{.image}} {{end}}`;
const RESPONSE = 'code={{.code}} reason={{.responseStatus.reason}}';

const POD_CREATED = 'resource == "pods" && subresource == null && verb == "create"';
const EXEC = 'resource == "pods" && subresource in ["exec", "attach"] && verb in ["create", "get"]';
const EXEC_FIELDS = `${WHO} pod={{.name}} ns={{.ns}} action={{.subresource}} command={{.command}}`;
const ROLE_CREATED = 'resource in ["clusterroles", "roles"] && verb == "create"';
const ROLE = `${WHO} role={{.name}} ns={{.ns}} rules={{toJson .requestObject.rules}}`;
const SECRET_READ = 'resource == "secrets" && verb in ["get", "list", "watch"] && human';
const SECRET_WRITTEN = 'resource == "secrets" && ok && human && ns != "kube-system"';
const KUBE_NAMESPACE = 'ns in ["kube-system", "kube-public"] && human';
const SENSITIVE_PATHS = [
  '/proc',
  '/var/run/docker.sock',
  '/',
  '/etc',
  '/root',
  '/var/run/crio/crio.sock',
  '/run/containerd/containerd.sock',
  '/home/admin',
  '/var/lib/kubelet',
  '/var/lib/kubelet/pki',
  '/etc/kubernetes',
  '/etc/kubernetes/manifests',
];
const CREDENTIALS = [
  'aws_access_key_id',
  'aws-access-key-id',
  'aws_s3_access_key_id',
  'aws-s3-access-key-id',
  'password',
  'passphrase',
];
const HAS_CREDENTIAL = `requestObject.data.exists(key, ${JSON.stringify(CREDENTIALS)}.exists(part, key.contains(part) || requestObject.data[key].contains(part)))`;

type Short = readonly [
  rule: string,
  priority: Priority,
  match: string,
  output: string,
  tags?: readonly string[],
];

/** Asked when the response is complete, as most are. */
const WHEN_COMPLETE: readonly Short[] = [
  [
    'Attach/Exec Pod Denied',
    'warning',
    `${EXEC} && code >= 400`,
    `Attach/Exec to pod denied (${EXEC_FIELDS} ${RESPONSE})`,
    ['T1609', 'mitre_execution'],
  ],
  [
    'EphemeralContainers Created',
    'notice',
    'resource == "pods" && subresource == "ephemeralcontainers" && verb in ["create", "update", "patch"]',
    `Ephemeral container is created in pod (${POD})`,
    ['T1610'],
  ],
  [
    'Create Privileged Pod',
    'warning',
    `${POD_CREATED} && containers.exists(c, c.privileged == true && !(c.repository in privilegedImages))`,
    `Pod started with privileged container (${POD})`,
    ['T1611', 'mitre_privilege_escalation'],
  ],
  [
    'Create Sensitive Mount Pod',
    'warning',
    `${POD_CREATED} && requestObject.spec.volumes.exists(v, v.hostPath.path in ${JSON.stringify(SENSITIVE_PATHS)})`,
    `Pod started with sensitive mount (${POD} volumes={{toJson .requestObject.spec.volumes}})`,
    ['T1611'],
  ],
  [
    'Create HostNetwork Pod',
    'warning',
    `${POD_CREATED} && requestObject.spec.hostNetwork == true`,
    `Pod started using host network (${POD})`,
    ['T1611'],
  ],
  [
    'Create HostPid Pod',
    'warning',
    `${POD_CREATED} && requestObject.spec.hostPID == true`,
    `Pod started using host pid namespace (${POD})`,
    ['T1611'],
  ],
  [
    'Create HostIPC Pod',
    'warning',
    `${POD_CREATED} && requestObject.spec.hostIPC == true`,
    `Pod started using host ipc namespace (${POD})`,
    ['T1611'],
  ],
  [
    'Pod Created in Kube Namespace',
    'warning',
    `${POD_CREATED} && ${KUBE_NAMESPACE}`,
    `Pod created in kube namespace (${POD})`,
    ['T1036'],
  ],
  [
    'Create NodePort Service',
    'warning',
    'resource == "services" && subresource == null && verb == "create" && requestObject.spec.type == "NodePort"',
    `NodePort Service Created (${OBJECT} ports={{toJson .requestObject.spec.ports}})`,
  ],
  [
    'Create/Modify Configmap With Private Credentials',
    'warning',
    `resource == "configmaps" && verb in ["create", "update", "patch"] && ${HAS_CREDENTIAL}`,
    `K8s configmap with private credential (${OBJECT})`,
    ['T1552.001'],
  ],
  [
    'Anonymous Request Allowed',
    'warning',
    'user.username == "system:anonymous" && annotations["authorization.k8s.io/decision"] == "allow" && !(path in ["/healthz", "/livez", "/readyz"])',
    `Request by anonymous user allowed (${WHO} verb={{.verb}} uri={{.requestURI}} reason={{index .annotations "authorization.k8s.io/reason"}})`,
    ['T1078'],
  ],
  [
    'Service Account Created in Kube Namespace',
    'warning',
    `resource == "serviceaccounts" && subresource == null && verb == "create" && ok && ${KUBE_NAMESPACE}`,
    `Service account created in kube namespace (${OBJECT})`,
    ['T1136'],
  ],
  [
    'System ClusterRole Modified/Deleted',
    'warning',
    'resource in ["clusterroles", "roles"] && verb in ["update", "patch", "delete"] && name.startsWith("system:") && !(name in ["system:coredns", "system:managed-certificate-controller"])',
    `System ClusterRole/Role modified or deleted (${OBJECT})`,
    ['T1098'],
  ],
  [
    'Attach to cluster-admin Role',
    'warning',
    'resource in ["clusterrolebindings", "rolebindings"] && verb == "create" && requestObject.roleRef.name == "cluster-admin"',
    `Cluster Role Binding to cluster-admin role (${WHO} binding={{.name}} subjects={{toJson .requestObject.subjects}})`,
    ['T1098'],
  ],
  [
    'ClusterRole With Wildcard Created',
    'warning',
    `${ROLE_CREATED} && requestObject.rules.exists(r, "*" in r.resources || "*" in r.verbs)`,
    `Created Role/ClusterRole with wildcard (${ROLE})`,
    ['T1098'],
  ],
  [
    'ClusterRole With Write Privileges Created',
    'notice',
    `${ROLE_CREATED} && requestObject.rules.exists(r, r.verbs.exists(v, v in ["create", "delete", "deletecollection", "patch", "update"]))`,
    `Created Role/ClusterRole with write privileges (${ROLE})`,
    ['T1098'],
  ],
  [
    'ClusterRole With Pod Exec Created',
    'warning',
    `${ROLE_CREATED} && requestObject.rules.exists(r, "pods/exec" in r.resources)`,
    `Created Role/ClusterRole with pod exec privileges (${ROLE})`,
    ['T1098'],
  ],
  [
    'K8s Secret Get Successfully',
    'error',
    `${SECRET_READ} && ok`,
    `K8s Secret Get Successfully (${OBJECT} ${RESPONSE})`,
    ['T1552.007'],
  ],
  [
    'K8s Secret Get Unsuccessfully Tried',
    'warning',
    `${SECRET_READ} && !ok`,
    `K8s Secret Get Unsuccessfully Tried (${OBJECT} ${RESPONSE})`,
    ['T1552.007'],
  ],
  [
    'K8s Secret Created',
    'informational',
    `${SECRET_WRITTEN} && verb == "create"`,
    `K8s Secret Created (${OBJECT} ${RESPONSE})`,
  ],
  [
    'K8s Secret Deleted',
    'informational',
    `${SECRET_WRITTEN} && verb == "delete"`,
    `K8s Secret Deleted (${OBJECT} ${RESPONSE})`,
  ],
  [
    'Impersonation Of system:masters',
    'critical',
    '"system:masters" in impersonatedUser.groups',
    `User impersonated system:masters (${WHO} as={{.impersonatedUser.username}} verb={{.verb}} uri={{.requestURI}})`,
    ['T1134'],
  ],
  [
    'Service Account Token Requested',
    'notice',
    'resource == "serviceaccounts" && subresource == "token" && verb == "create" && ok && human',
    `Service account token requested (${OBJECT})`,
    ['T1528'],
  ],
  [
    'Admission Webhook Modified',
    'warning',
    'resource in ["validatingwebhookconfigurations", "mutatingwebhookconfigurations"] && verb in ["create", "update", "patch", "delete", "deletecollection"] && ok && human',
    `Admission webhook modified (${OBJECT})`,
    ['T1562'],
  ],
];

function complete([rule, priority, match, output, tags = []]: Short): BuiltInRule {
  return { rule, priority, stage: 'ResponseComplete', match, output, tags: ['k8s', ...tags] };
}

/** The detector as it comes. What marks a rule as Falco's own is its name; the others are ours. */
export const BUILT_IN_RULES: readonly BuiltInRule[] = [
  {
    rule: 'Attach/Exec Pod',
    priority: 'notice',
    stage: 'ResponseStarted',
    match: EXEC,
    output: `Attach/Exec to pod (${EXEC_FIELDS})`,
    tags: ['k8s', 'T1609', 'mitre_execution'],
  },
  {
    rule: 'port-forward',
    priority: 'notice',
    // A tunnel that is refused never starts.
    match:
      'resource == "pods" && subresource == "portforward" && (stage == "ResponseStarted" || stage == "ResponseComplete" && code >= 400)',
    output: `Portforward to pod (${WHO} pod={{.name}} ns={{.ns}} ${RESPONSE})`,
    tags: ['k8s', 'T1090'],
  },
  ...WHEN_COMPLETE.map(complete),
  {
    rule: 'API Server Panic',
    priority: 'error',
    stage: 'Panic',
    match: 'true',
    output: `The API server panicked (${WHO} verb={{.verb}} uri={{.requestURI}})`,
    tags: ['k8s'],
  },
  {
    rule: 'Create Disallowed Namespace',
    priority: 'warning',
    stage: 'ResponseComplete',
    match:
      'resource == "namespaces" && subresource == null && verb == "create" && !(name in allowedNamespaces)',
    output: `Disallowed namespace created (${WHO} ns={{.name}})`,
    tags: ['k8s'],
    offByDefault: true,
  },
  {
    rule: 'All K8s Audit Events',
    priority: 'debug',
    match: 'true',
    output: `K8s Audit Event received (${OBJECT} uri={{.requestURI}} ${RESPONSE})`,
    tags: ['k8s'],
    offByDefault: true,
  },
];
