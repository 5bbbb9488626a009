import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { cpuMs } from '../../../test/support/cpu-time.ts';
import {
  AUDIT_SETTINGS,
  type AuditEvent,
  auditBatches,
  auditLogLines,
} from '../../../test/support/audit-corpus.ts';
import { type AuditSettings, createDetector } from './detector.ts';
import { BUILT_IN_RULES } from './rules.ts';

const detector = createDetector(AUDIT_SETTINGS);

function documentsOf(event: AuditEvent, settings: Partial<AuditSettings> = {}, cluster = '') {
  const asked = createDetector({ ...AUDIT_SETTINGS, ...settings });
  return asked.findings(event, cluster).map(({ document }) => document);
}

function rulesOf(event: AuditEvent, settings: Partial<AuditSettings> = {}): unknown[] {
  return documentsOf(event, settings).map(({ rule }) => rule);
}

function fieldsOf(event: AuditEvent): Readonly<Record<string, unknown>> {
  return documentsOf(event)[0]!['output_fields'] as Record<string, unknown>;
}

function eventOf(id: string, at = 0): AuditEvent {
  return auditBatches.find((batch) => batch.id === id)!.body.items[at]!;
}

suite('the corpus of the audit webhook', () => {
  test('is there', () => assert.ok(auditBatches.length >= 15));
  for (const { id, note, body, expect } of auditBatches) {
    test(`${id}: ${note}`, () => {
      const found = body.items.map((event) => detector.findings(event, ''));
      const rules = found.map((all) => all.map(({ document }) => document['rule']));
      assert.deepEqual(
        rules,
        expect.map((one) => one.rules),
      );
      assert.ok(found.flat().every(({ templateFailure }) => templateFailure === undefined));
    });
  }
});

suite('what an alert says', () => {
  test('an exec has all words of its command, and where', () => {
    const [document] = documentsOf(eventOf('exec-get'), {}, 'prod-eu');
    assert.equal(
      document!['output'],
      'Attach/Exec to pod (user=alice@example.com pod=ledger-0 ns=payments action=exec command=sh -c id && cat /etc/shadow)',
    );
    assert.equal(document!['hostname'], 'prod-eu');
    const fields = document!['output_fields'] as Record<string, unknown>;
    assert.equal(fields['ka.uri.param[command]'], 'sh -c id && cat /etc/shadow');
    assert.equal(fields['ka.response.code'], '101');
    assert.equal(fields['k8s.ns.name'], 'payments');
    assert.equal(fields['k8s.pod.name'], 'ledger-0');
    assert.equal(fields['ka.cluster.name'], 'prod-eu');
  });

  test('a pod that the reference does not name has the name of its body', () => {
    const fields = fieldsOf(eventOf('privileged'));
    assert.equal(fields['ka.target.name'], 'pwn');
    assert.deepEqual(fields['ka.req.pod.containers.image'], ['ubuntu:24.04']);
  });

  test('a binding names its role and each subject', () => {
    const fields = fieldsOf(eventOf('cluster-admin-binding'));
    assert.equal(fields['ka.req.binding.role'], 'cluster-admin');
    assert.equal((fields['ka.req.binding.subjects'] as string[]).length, 2);
  });

  test('the id is that of the event, its stage and the rule', () => {
    const event = eventOf('exec-get');
    const [{ uuid } = {}] = documentsOf(event);
    assert.match(String(uuid), /^[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    assert.equal(documentsOf({ ...event })[0]!['uuid'], uuid);
    assert.notEqual(documentsOf({ ...event, auditID: 'other' })[0]!['uuid'], uuid);
    assert.equal(documentsOf({ ...event, auditID: undefined })[0]!['uuid'], undefined);
  });

  test('the log backend writes the same events', () => {
    const events = auditLogLines.map((line) => JSON.parse(line) as AuditEvent);
    assert.ok(events.flatMap((event) => rulesOf(event)).length > 0);
  });
});

suite('secrets', () => {
  const planted = 'cGxhbnRlZC1zZWNyZXQ=';
  const body = {
    data: { password: planted },
    stringData: { x: planted },
    status: { token: planted },
  };
  const everything = { on: BUILT_IN_RULES.map(({ rule }) => rule) };

  for (const resource of ['secrets', 'tokenreviews', 'configmaps', 'serviceaccounts']) {
    test(`no value of ${resource} gets into an alert`, () => {
      const subresource = resource === 'serviceaccounts' ? 'token' : undefined;
      const event = {
        ...eventOf('seed-secret-create'),
        objectRef: { resource, subresource, namespace: 'shop', name: 'x' },
        requestObject: body,
        responseObject: body,
      };
      const documents = documentsOf(event, everything);
      assert.ok(documents.length > 0);
      assert.doesNotMatch(JSON.stringify(documents), new RegExp(planted));
    });
  }

  test('a template of the configuration sees none either', () => {
    const rules = [
      {
        rule: 'Own',
        priority: 'notice' as const,
        match: 'resource == "secrets"',
        output: '{{ toJson .requestObject }}',
        tags: [],
      },
    ];
    const event = { ...eventOf('seed-secret-create'), requestObject: body };
    assert.equal(documentsOf(event, { rules }).at(-1)!['output'], 'null');
  });

  test('a configmap with a credential is told by its keys and by its values', () => {
    const objectRef = { resource: 'configmaps', namespace: 'shop', name: 'x' };
    const event = { ...eventOf('seed-secret-create'), objectRef };
    const rule = ['Create/Modify Configmap With Private Credentials'];
    assert.deepEqual(rulesOf({ ...event, requestObject: body }), rule);
    const data = { 'app.ini': 'aws_access_key_id = x' };
    assert.deepEqual(rulesOf({ ...event, requestObject: { data } }), rule);
    assert.deepEqual(rulesOf({ ...event, requestObject: { data: { 'app.ini': 'debug' } } }), []);
  });
});

suite('the rules of the configuration', () => {
  const deleted = {
    rule: 'Pod Deleted In Payments',
    priority: 'warning' as const,
    stage: 'ResponseComplete' as const,
    match: 'verb == "delete" && resource == "pods" && ns == "payments" && name == "ledger-0"',
    output: '{{ .user.username }} deleted {{ .name }}',
    tags: ['payments'],
  };
  const event = {
    ...eventOf('seed-secret-create'),
    verb: 'delete',
    objectRef: { resource: 'pods', namespace: 'payments', name: 'ledger-0' },
  };

  test('add to the built-in ones', () => {
    const [document] = documentsOf(event, { rules: [deleted] });
    assert.equal(document!['output'], 'kubernetes-admin deleted ledger-0');
    assert.deepEqual(document!['tags'], ['payments']);
    assert.equal(document!['priority'], 'Warning');
  });

  test('switch built-in ones off and on', () => {
    const secret = eventOf('seed-secret-create');
    assert.deepEqual(rulesOf(secret, { off: ['K8s Secret Created'] }), []);
    assert.deepEqual(rulesOf(event, { on: ['All K8s Audit Events'] }), ['All K8s Audit Events']);
    assert.deepEqual(rulesOf(eventOf('namespace-sa'), { on: [] }), []);
  });

  test('let images and namespaces pass', () => {
    const privileged = eventOf('privileged');
    assert.deepEqual(rulesOf(privileged, { privilegedImages: ['ubuntu'] }), []);
    assert.equal(rulesOf(privileged, { privilegedImages: ['ubunt'] }).length, 1);
    assert.deepEqual(rulesOf(eventOf('namespace-sa'), { allowedNamespaces: ['attacker-ns'] }), []);
  });

  test('a template that fails costs the line, not the alert', () => {
    const broken = { ...deleted, output: 'pod {{ index .name 99 }}' };
    const [finding] = createDetector({ ...AUDIT_SETTINGS, rules: [broken] }).findings(event, '');
    assert.equal(finding!.document['output'], 'pod ');
    assert.match(finding!.templateFailure!, /index/);
  });
});

suite('hostile events', () => {
  const strange: unknown[] = [null, 5, 'x', [], [[]], {}, { length: 1e9 }, true];
  strange.push({ toString: 1, valueOf: 1 }, { username: { toString: 1 }, code: { toString: 1 } });
  const names = Object.keys(eventOf('privileged'));

  test('no member needs to be what it should be', () => {
    for (const batch of auditBatches.filter(({ id }) => id !== 'big-batch')) {
      for (const [event, name, value] of batch.body.items.flatMap((event) =>
        names.flatMap((name) => strange.map((value) => [event, name, value] as const)),
      )) {
        detector.findings({ ...event, [name]: value }, '');
      }
    }
  });

  test('an event too large to be judged is an alert, and takes a bounded time', () => {
    const containers = Array.from({ length: 60_000 }, () => ({ image: 'a' }));
    const event = { ...eventOf('privileged'), requestObject: { spec: { containers } } };
    const startedMs = cpuMs();
    const [document] = documentsOf(event);
    assert.ok(cpuMs() - startedMs < 2000);
    assert.deepEqual(document!['tags'], [
      'k8s',
      'T1611',
      'mitre_privilege_escalation',
      'match_failed',
    ]);
  });
});
