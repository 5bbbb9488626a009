import type { SensorName, SilentSensor } from '../ingest/sensors/sensors.ts';
import { ageText } from '../output/format.ts';
import type { Hub } from './hub.ts';

/** Sensors that one alert names; the others are counted. */
const NAMED_MAX = 20;

/** Raises one alert for all that have fallen silent since the last look: a cut network silences many. */
export function tellSilentSensors({ sensors, own, options }: Hub, nowMs: number): void {
  const fallen = sensors.fallenSilent(nowMs);
  const [first] = fallen;
  if (first === undefined) return;
  const names = fallen.slice(0, NAMED_MAX).map((one) => textOf(one, nowMs));
  options.log.warn({ sensors: names, count: fallen.length }, 'Sensors have fallen silent.');
  own.raise({
    rule: 'Tocsin: sensor silent',
    // The same ones may fall silent again within the hour in which a matter is not repeated.
    about: `${nowMs}`,
    priority: 'warning',
    text: `${countText(fallen.length)}: ${names.join(', ')}${fallen.length > NAMED_MAX ? ', …' : ''}. Nothing that happens there is seen until they are heard again.`,
    fields: {
      'tocsin.sensors': fallen.length,
      'tocsin.sensor.hostname': first.hostname,
      'tocsin.sensor.sender': first.sender,
      'tocsin.sensor.agent': first.agent,
    },
  });
}

function countText(count: number): string {
  return count === 1 ? 'A sensor has fallen silent' : `${count} sensors have fallen silent`;
}

function textOf(sensor: SilentSensor, nowMs: number): string {
  return `${nameText(sensor)} (last heard ${ageText(nowMs - sensor.lastContactMs)} ago)`;
}

function nameText({ agent, hostname, sender }: SensorName): string {
  if (hostname === '') return `${agent} of ${sender}`;
  return sender === '' ? `${agent} on ${hostname}` : `${agent} on ${hostname} by ${sender}`;
}
