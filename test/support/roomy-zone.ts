import { stackKeys } from '../../src/rehearsal/checks/evidence';
import { EXAMPLE } from '../../src/rehearsal/world';
import { DeployedLandingZone } from './deployed-landing-zone';

/** A landing zone with room for many copies, and its keys. */
export interface RoomyZone {
  readonly zone: DeployedLandingZone;
  readonly importKey: string;
  /** The export key of the first source account. */
  readonly exportKey: string;
}

/** Deploys one for the tests of a file: it is calm before each of them, and the emulator has no problem after it. */
export function inRoomyZone(ready: (found: RoomyZone) => void): void {
  let zone: DeployedLandingZone;
  // A busy machine takes its time.
  jest.setTimeout(300_000);
  beforeAll(async () => {
    zone = await DeployedLandingZone.roomy();
    const keyIn = async (account: string) => (await stackKeys(zone.emulator, account, zone.region))[0] ?? '';
    ready({ zone, importKey: await keyIn(zone.vault), exportKey: await keyIn(EXAMPLE.first) });
  });
  afterAll(() => zone.stop());
  beforeEach(() => zone.calm());
  afterEach(async () => expect(await zone.emulator.problems()).toEqual([]));
}
