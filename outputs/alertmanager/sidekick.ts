import { lowerCaseNames, priorityFrom, thresholdsFrom } from '../../src/output/sidekick.ts';

/** Falcosidekick's `alertmanager.*`: the same labels, and each host an output of its own. */
export const sidekick = {
  settings: {
    urls: { key: 'alertmanager.hostport', convert: trimmed },
    path: { key: 'alertmanager.endpoint', convert: withoutV1 },
    expiresAfter: { key: 'alertmanager.expiresafter', convert: seconds },
    labels: 'alertmanager.extralabels',
    annotations: 'alertmanager.extraannotations',
    severities: { key: 'alertmanager.customseveritymap', convert: lowerCaseNames },
    dropThresholds: thresholdsFrom('alertmanager.dropeventthresholds'),
    dropPriority: priorityFrom('alertmanager.dropeventdefaultpriority', 'critical'),
    headers: 'alertmanager.customheaders',
  },
  always: { format: 'falcosidekick' },
  split: 'urls',
  remarks: { 'alertmanager.endpoint': v1Remark },
};

function trimmed(hosts: unknown): string[] {
  return (hosts as readonly string[]).map((host) => host.trim()).filter((host) => host !== '');
}

const V1 = /^\/?(.*\/)?api\/v1\/alerts\/?$/;

/** The first interface has gone with Alertmanager 0.27. */
function withoutV1(endpoint: unknown): string {
  const path = String(endpoint).replace(V1, '$1api/v2/alerts');
  return path.startsWith('/') ? path : `/${path}`;
}

function v1Remark(endpoint: unknown): string | undefined {
  if (!V1.test(String(endpoint))) return undefined;
  return 'is gone since Alertmanager 0.27: /api/v2/alerts is used instead';
}

function seconds(count: unknown): string {
  return `${Math.max(0, Number(count))}s`;
}
