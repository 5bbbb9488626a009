import type { Alert } from '../alert.ts';
import { alertTemplateData, compileTemplate } from '../template/index.ts';
import { oneLine } from './format.ts';

/** What a template makes of an alert, on one line; empty where it fails or says nothing. */
export function rendered(template: string, alert: Alert): string {
  try {
    return oneLine(compileTemplate(template).execute(alertTemplateData(alert))).trim();
  } catch {
    return '';
  }
}
