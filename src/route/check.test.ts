import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkRoutes } from './check.ts';
import type { RoutesConfig } from './plan.ts';

const outputs = [{ name: 'soc' }, { name: 'siem' }];
const first = { match: 'source == "k8s_audit"', outputs: ['siem'], continue: false };
const last = { outputs: ['siem', 'soc'], continue: false };

function warningsOf(routes: RoutesConfig['routes'], unrouted: RoutesConfig['unrouted'] = 'all') {
  return checkRoutes({ outputs, routes, unrouted }).map(({ path, code }) => `${path} ${code}`);
}

test('routes that cover every alert and output raise no warning, nor do no routes', () => {
  assert.deepEqual(warningsOf([]), []);
  assert.deepEqual(warningsOf([first, last]), []);
  assert.deepEqual(warningsOf([{ ...last, continue: true }, first]), []);
});

test('without a route that takes every alert, the warning says where the rest goes', () => {
  const routes = [{ ...first, outputs: ['siem', 'soc'] }];
  assert.deepEqual(warningsOf(routes), ['routes no_last_route']);
  const messageFor = (unrouted: RoutesConfig['unrouted']): string =>
    checkRoutes({ outputs, routes, unrouted })[0]!.message;
  assert.match(messageFor('all'), /all outputs/);
  assert.match(messageFor('none'), /nobody/);
  assert.match(messageFor(['soc']), /soc/);
});

test('every route behind one that takes all and does not continue is named', () => {
  assert.deepEqual(warningsOf([first, last, first, last]), [
    'routes[2] unreachable_route',
    'routes[3] unreachable_route',
  ]);
});

test('an output that no route names is named, with what it still gets', () => {
  const routes = [first, { ...last, outputs: ['siem'] }];
  assert.deepEqual(warningsOf(routes), ['outputs.soc unnamed_output']);
  const messageFor = (unrouted: RoutesConfig['unrouted']): string =>
    checkRoutes({ outputs, routes, unrouted })[0]!.message;
  assert.match(messageFor(['soc']), /only what goes by unrouted/);
  assert.match(messageFor(['siem']), /nothing/);
});
