import assert from 'node:assert/strict';
import test from 'node:test';
import { tacticsIn, techniquesIn } from './attack.ts';

test('techniques are found in every spelling of the rules, each once', () => {
  const tags = [
    'PCI_DSS_10.2.5',
    't1046',
    'T1059.004',
    'T1059.004',
    'T1562-impair-defenses',
    'T9999',
  ];
  assert.deepEqual(techniquesIn(tags), [
    { uid: 'T1046', name: 'Network Service Discovery' },
    {
      uid: 'T1059',
      name: 'Command and Scripting Interpreter',
      sub: { uid: 'T1059.004', name: 'Unix Shell' },
    },
    { uid: 'T1562', name: 'Impair Defenses' },
    { uid: 'T9999' },
  ]);
});

test('what only begins like a technique is none', () => {
  const tags = ['T15555', 'T155', 'NIST_800-53T1552', 'T1555.01', 'xT1555', 'T1555.0011', ''];
  assert.deepEqual(techniquesIn(tags), []);
});

test('tactics are found by name and by id; what is none is left out', () => {
  const tags = [
    'TA0005-defense-evasion',
    'mitre_data_destruction',
    'mitre_lateral_movement',
    'TA0008',
  ];
  assert.deepEqual(tacticsIn(tags), [
    { uid: 'TA0005', name: 'Defense Evasion' },
    { uid: 'TA0008', name: 'Lateral Movement' },
  ]);
});
