import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ExpressionError, ExpressionFailure } from './errors.ts';
import { compileDocumentExpression, compileExpression } from './expression.ts';

const document = {
  verb: 'create',
  objectRef: { resource: 'pods', namespace: 'payments' },
  responseStatus: { code: 201 },
  requestObject: {
    spec: {
      hostNetwork: true,
      containers: [{ name: 'a' }, { name: 'b', securityContext: { privileged: true } }],
      uid: JSON.rawJSON('12345678901234567890'),
    },
  },
  annotations: { 'authorization.k8s.io/decision': 'allow', nothing: null },
  user: { groups: ['system:masters', 'staff'] },
};
const members = new Set([...Object.keys(document), 'level']);

function holds(text: string): boolean {
  return compileDocumentExpression(text, members).test(document);
}

suite('expressions over documents', () => {
  const TRUE = [
    'verb == "create" && objectRef.resource == "pods"',
    'objectRef["namespace"] in ["payments", "shop"]',
    'responseStatus.code >= 200 && responseStatus.code < 300',
    'requestObject.spec.hostNetwork == true',
    'requestObject.spec.containers.exists(c, c.securityContext.privileged == true)',
    'requestObject.spec.containers[0].name == "a"',
    'requestObject.spec.uid == 12345678901234567890',
    'annotations["authorization.k8s.io/decision"] == "allow"',
    '"authorization.k8s.io/decision" in annotations',
    'annotations.exists(name, name.startsWith("authorization"))',
    '"system:masters" in user.groups',
    'has(requestObject.spec) && !has(requestObject.status)',
    'has(objectRef["resource"])',
  ];
  for (const text of TRUE) test(text, () => assert.equal(holds(text), true));

  const FALSE = [
    'level == "Metadata"',
    'objectRef.name.startsWith("x")',
    'objectRef.resource.name.deeper == "x"',
    'objectRef.constructor != null',
    'objectRef.__proto__ != null',
    '"nothing" in annotations',
    '"toString" in annotations',
    'level.exists(x, x == "")',
    'requestObject == verb',
    'objectRef < 5',
  ];
  for (const text of FALSE) test(text, () => assert.equal(holds(text), false));

  test('a wrong name has a hint, and names of alerts are none', () => {
    assert.throws(() => holds('objectref.name == "x"'), { hint: 'did you mean objectRef?' });
    assert.throws(() => holds('priority >= CRITICAL'), ExpressionError);
    assert.throws(() => holds('fields["x"] == "y"'), ExpressionError);
    assert.throws(() => holds('[1].x == 1'), /has no \.x/);
    assert.throws(() => holds('objectRef[true] == 1'), /not looked up by bool/);
  });

  test('names of documents are none of alerts', () => {
    assert.throws(() => compileExpression('verb == "create"'), ExpressionError);
  });

  test('work is bounded', () => {
    const list = Array.from({ length: 2000 }, () => 'x');
    const expression = compileDocumentExpression(
      'verb.exists(a, verb.exists(b, a != b))',
      new Set(['verb']),
    );
    assert.throws(() => expression.test({ verb: list }), ExpressionFailure);
  });
});
