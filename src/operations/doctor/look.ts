import type { Look } from './facts';

/** How a client of an account is set up; without an endpoint it is AWS, without credentials the SDK finds them. */
export interface ClientSettings {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly forcePathStyle?: boolean;
}

/** Settings of one account, by Region. */
export type SettingsIn = (region: string) => ClientSettings;

/** Looks, and keeps AWS's words when it may not: what cannot be seen stops nothing else from being seen. */
export async function look<Seen>(eyes: () => Promise<Seen>): Promise<Look<Seen>> {
  try {
    return { seen: await eyes() };
  } catch (error) {
    return { unseen: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}
