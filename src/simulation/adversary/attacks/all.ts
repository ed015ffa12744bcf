import { ANSWERS } from './answers';
import type { Attack } from './attack';
import { NOTIFICATIONS } from './notifications';
import { REGISTRY } from './registry';
import { SHARES } from './shares';
import { STRANGERS } from './strangers';
import { TAGGING } from './tags';

/** Every attack that the adversary chooses among. */
export const ATTACKS: readonly Attack[] = [
  ...SHARES,
  ...TAGGING,
  ...ANSWERS,
  ...NOTIFICATIONS,
  ...STRANGERS,
  ...REGISTRY,
];

const BY_NAME = new Map(ATTACKS.map((attack) => [attack.name, attack]));

/** @throws RangeError for a name that no attack has */
export function attackOf(name: string): Attack {
  const attack = BY_NAME.get(name);
  if (!attack) throw new RangeError(`no attack is called ${name}`);
  return attack;
}
