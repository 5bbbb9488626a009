import type { Delivery } from '../../src/output/define.ts';
import { type AdaptiveMessage, adaptiveMessage } from './adaptive-card.ts';
import { type MessageCard, messageCard } from './message-card.ts';
import type { TeamsSettings } from './settings.ts';

/** The card that the URL takes. */
export function teamsMessage(
  settings: TeamsSettings,
  deliveries: readonly Delivery[],
): AdaptiveMessage | MessageCard {
  return (isConnector(settings) ? messageCard : adaptiveMessage)(settings, deliveries);
}

/** Whether the URL is that of an Office 365 connector, and not of a workflow. */
export function isConnector({ card, webhookUrl }: TeamsSettings): boolean {
  if (card !== 'auto') return card === 'messageCard';
  return /(?:^|\.)(?:webhook\.office\.com|outlook\.office(?:365)?\.com)$/.test(
    new URL(webhookUrl).hostname,
  );
}
