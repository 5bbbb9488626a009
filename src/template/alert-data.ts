import { type Alert, priorityTitle, severityOf } from '../alert.ts';
import { alertToJson } from '../json.ts';
import { goTime } from './go-time.ts';
import { type Struct, struct } from './value.ts';

/**
 * The root that Falcosidekick gives to its `messageformat` templates, with its names and order.
 * `.Priority` prints as `Warning`, and compares as the number it has there: 1 for Debug to 8 for
 * Emergency.
 */
export function alertTemplateData(alert: Alert): Struct {
  const priority = struct(
    {},
    {
      typeName: 'types.PriorityType',
      text: priorityTitle(alert.priority),
      number: BigInt(8 - severityOf(alert.priority)),
    },
  );
  return struct(
    {
      UUID: alert.uuid,
      Output: alert.output,
      Priority: priority,
      Rule: alert.rule,
      Time: goTime(alert.time),
      OutputFields: alert.fields,
      Source: alert.source,
      Tags: alert.tags,
      Hostname: alert.hostname,
    },
    { typeName: 'types.FalcoPayload', json: () => alertToJson(alert) },
  );
}
