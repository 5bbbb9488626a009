/** What the tags of an alert say of MITRE ATT&CK (https://attack.mitre.org). */

export interface Named {
  readonly uid: string;
  /** Absent: the id is not among those that rules of Falco's use. */
  readonly name?: string;
}

export interface Technique extends Named {
  readonly sub?: Named;
}

const TECHNIQUE = /^(T\d{4})(\.\d{3})?(?:-.*)?$/i;
const TACTIC = /^(?:mitre_(\w+)|(TA\d{4})(?:-.*)?)$/i;

/** Techniques in the order of the tags, each once: `T1555`, `T1059.004`, `T1562-impair-defenses`. */
export function techniquesIn(tags: readonly string[]): Technique[] {
  return distinct(
    tags.flatMap((tag) => {
      const [, uid, below] = TECHNIQUE.exec(tag) ?? [];
      if (uid === undefined) return [];
      const technique = named(uid.toUpperCase(), TECHNIQUES);
      return below === undefined
        ? [technique]
        : [{ ...technique, sub: named(technique.uid + below, TECHNIQUES) }];
    }),
  );
}

/** Tactics in the order of the tags, each once: `mitre_execution`, `TA0005-defense-evasion`. */
export function tacticsIn(tags: readonly string[]): Named[] {
  return distinct(
    tags.flatMap((tag) => {
      const [, slug, uid] = TACTIC.exec(tag) ?? [];
      const found = slug === undefined ? uid?.toUpperCase() : IDS.get(slug.toLowerCase());
      return found === undefined ? [] : [named(found, TACTICS)];
    }),
  );
}

function named(uid: string, names: Readonly<Record<string, string>>): Named {
  const name = names[uid];
  return name === undefined ? { uid } : { uid, name };
}

function distinct<T extends Technique>(items: readonly T[]): T[] {
  const byId = new Map(items.map((item) => [item.sub?.uid ?? item.uid, item]));
  return [...byId.values()];
}

const TACTICS: Readonly<Record<string, string>> = {
  TA0001: 'Initial Access',
  TA0002: 'Execution',
  TA0003: 'Persistence',
  TA0004: 'Privilege Escalation',
  TA0005: 'Defense Evasion',
  TA0006: 'Credential Access',
  TA0007: 'Discovery',
  TA0008: 'Lateral Movement',
  TA0009: 'Collection',
  TA0010: 'Exfiltration',
  TA0011: 'Command and Control',
  TA0040: 'Impact',
  TA0042: 'Resource Development',
  TA0043: 'Reconnaissance',
};

/** Falco's rules write a tactic as `mitre_privilege_escalation`. */
const IDS: ReadonlyMap<string, string> = new Map(
  Object.entries(TACTICS).map(([uid, name]) => [name.toLowerCase().replaceAll(' ', '_'), uid]),
);

const TECHNIQUES: Readonly<Record<string, string>> = {
  T1005: 'Data from Local System',
  T1020: 'Automated Exfiltration',
  T1046: 'Network Service Discovery',
  T1053: 'Scheduled Task/Job',
  'T1053.003': 'Cron',
  T1055: 'Process Injection',
  'T1055.008': 'Ptrace System Calls',
  T1059: 'Command and Scripting Interpreter',
  'T1059.004': 'Unix Shell',
  T1070: 'Indicator Removal',
  T1072: 'Software Deployment Tools',
  T1083: 'File and Directory Discovery',
  T1098: 'Account Manipulation',
  'T1098.004': 'SSH Authorized Keys',
  T1132: 'Data Encoding',
  T1190: 'Exploit Public-Facing Application',
  T1195: 'Supply Chain Compromise',
  'T1195.002': 'Compromise Software Supply Chain',
  T1204: 'User Execution',
  T1205: 'Traffic Signaling',
  'T1205.001': 'Port Knocking',
  T1222: 'File and Directory Permissions Modification',
  'T1222.002': 'Linux and Mac File and Directory Permissions Modification',
  T1485: 'Data Destruction',
  T1496: 'Resource Hijacking',
  T1505: 'Server Software Component',
  'T1505.003': 'Web Shell',
  T1543: 'Create or Modify System Process',
  T1546: 'Event Triggered Execution',
  'T1546.004': 'Unix Shell Configuration Modification',
  T1548: 'Abuse Elevation Control Mechanism',
  'T1548.001': 'Setuid and Setgid',
  'T1548.003': 'Sudo and Sudo Caching',
  T1552: 'Unsecured Credentials',
  'T1552.001': 'Credentials In Files',
  'T1552.005': 'Cloud Instance Metadata API',
  'T1552.007': 'Container API',
  T1555: 'Credentials from Password Stores',
  T1556: 'Modify Authentication Process',
  T1557: 'Adversary-in-the-Middle',
  'T1557.002': 'ARP Cache Poisoning',
  T1562: 'Impair Defenses',
  T1564: 'Hide Artifacts',
  'T1564.001': 'Hidden Files and Directories',
  T1565: 'Data Manipulation',
  T1609: 'Container Administration Command',
  T1610: 'Deploy Container',
  T1611: 'Escape to Host',
  T1620: 'Reflective Code Loading',
  T1622: 'Debugger Evasion',
};
