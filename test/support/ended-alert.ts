import type { Alert } from '../../src/alert.ts';
import { alertWith } from '../contract/alerts.ts';

/** An alert as the hub makes it of Alertmanager's, and its end. */

const UUID = '5d1c41f8-6a1f-5d0e-8c44-0b8f6f2d7c01';
const END_UUID = '0f0c8a52-3a0e-5b7b-9d0e-6f1f7a3b2c02';

/** @param starts When what it tells has begun. */
export function alertOfAlertmanager(starts = '2026-08-11T02:00:00.123Z'): Alert {
  return alertWith({
    uuid: UUID,
    rule: 'FalcoEventRateHigh',
    source: 'alertmanager',
    tags: [],
    fields: {
      'alertmanager.fingerprint': 'f6cdb2f803e0d681',
      'alertmanager.starts': starts,
      'alertmanager.status': 'firing',
    },
    ingest: { input: 'http', agent: 'alertmanager' },
  });
}

export function endOfAlert(starts?: string): Alert {
  const alert = alertOfAlertmanager(starts);
  return {
    ...alert,
    uuid: END_UUID,
    tags: ['resolved'],
    fields: { ...alert.fields, 'alertmanager.status': 'resolved' },
  };
}
