import { priorityTitle } from '../../src/alert.ts';
import type { Delivery } from '../../src/output/define.ts';
import { boundedTexts, summaryOf } from '../../src/output/details.ts';
import { stringFields } from '../../src/output/fields.ts';
import { inert, inertTexts } from '../../src/output/inert.ts';
import {
  aliasOf,
  descriptionOf,
  DETAILS_CHARS_MAX,
  levelOf,
  MESSAGE_CHARS_MAX,
  type OpsAlert,
  opsAlert,
} from '../../src/output/ops-alert.ts';
import type { OpsgenieSettings } from './settings.ts';

/** What is posted for one alert. */
export function opsgenieAlert(settings: OpsgenieSettings, delivery: Delivery): OpsAlert {
  return settings.format === 'tocsin' ? opsAlert(settings, delivery) : asIt(settings, delivery);
}

/** Keys are Falcosidekick's. What Opsgenie would cut from the message is in the description. */
function asIt(settings: OpsgenieSettings, delivery: Delivery): OpsAlert {
  const { alert } = delivery;
  const alias = aliasOf(settings, delivery);
  const isCut = alert.output.length > MESSAGE_CHARS_MAX || delivery.lateMs !== undefined;
  return {
    message: inert(summaryOf(delivery, MESSAGE_CHARS_MAX)),
    ...(alias !== undefined && { alias }),
    entity: 'Falcosidekick',
    description: isCut ? descriptionOf(delivery) : inert(alert.rule),
    details: inertTexts(boundedTexts(detailsOf(delivery), DETAILS_CHARS_MAX, VALUE_CHARS_MAX)),
    priority: levelOf(settings, alert.priority),
  };
}

const VALUE_CHARS_MAX = 1000;

function detailsOf({ alert }: Delivery): Record<string, string> {
  const { source, rule, hostname, tags } = alert;
  const facts = {
    source,
    rule,
    priority: priorityTitle(alert.priority),
    ...(hostname !== '' && { hostname }),
    ...(tags.length > 0 && { tags: tags.join(', ') }),
  };
  const fields = stringFields(alert).map(({ title, value }) => [title.replaceAll('.', '_'), value]);
  return { ...facts, ...(Object.fromEntries(fields) as Record<string, string>), ...facts };
}
