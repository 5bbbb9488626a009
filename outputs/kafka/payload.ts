import { alertDocument } from '../../src/output/alert-document.ts';
import type { Delivery } from '../../src/output/define.ts';
import { oneLine } from '../../src/output/format.ts';
import type { KafkaRecord } from '../../src/output/kafka/partitions.ts';
import { alertTemplateData, compileTemplate } from '../../src/template/index.ts';
import type { KafkaSettings } from './settings.ts';

/**
 * Makes what is sent of a delivery. A key template that fails, or says nothing, costs no alert: the
 * delivery key takes its place, and a header tells of a failure.
 */
export function recordMaker({
  key,
  format,
}: Pick<KafkaSettings, 'key' | 'format'>): (one: Delivery) => KafkaRecord {
  const keyOf = keyMaker(key);
  return (delivery) => {
    const { key: deliveryKey, alert } = delivery;
    const key = keyOf(delivery);
    return {
      key: key === undefined ? deliveryKey : key,
      value: alertDocument(delivery, format),
      headers: {
        'tocsin-delivery-key': deliveryKey,
        // Consumers copy headers into lines of logs and of HTTP.
        'tocsin-rule': oneLine(alert.rule),
        'tocsin-priority': alert.priority,
        ...(key === undefined && { 'tocsin-template-error': 'key' }),
      },
    };
  };
}

/** Null: no key. Undefined: the template failed. */
function keyMaker(source: string | undefined): (delivery: Delivery) => string | null | undefined {
  if (source === undefined) return ({ key }) => key;
  if (source === '') return () => null;
  const template = compileTemplate(source);
  return ({ alert, key }) => {
    try {
      return template.execute(alertTemplateData(alert)) || key;
    } catch {
      return undefined;
    }
  };
}
