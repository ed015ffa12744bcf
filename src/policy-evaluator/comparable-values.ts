/**
 * The typed values that condition operators compare. Each reader returns null for any other text, and its caller reports where
 * the text is.
 */

/**
 * A moment in milliseconds since 1970: ISO 8601 in the forms of the W3C note, or seconds since 1970. Four digits are a year.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date
 */
export function readInstant(text: string): number | null {
  if (/^-?\d+$/.test(text) && !/^\d{4}$/.test(text)) return Number(text) * 1000;
  const form = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?(Z|[+-]\d{2}:\d{2}))?)?)?$/;
  const found = form.exec(text);
  if (found === null) return null;
  const [, year, month = '01', day = '01', hour = '00', minute = '00', second = '00', fraction = '', zone = 'Z'] =
    found;
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(at) || new Date(at).getUTCDate() !== Number(day)) return null;
  return at + Number(`0.${fraction || '0'}`) * 1000 - offsetOf(zone);
}

function offsetOf(zone: string): number {
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}

/** An integer or decimal of at most 15 significant digits, which a double holds exactly enough to compare; null otherwise. */
export function readDecimal(text: string): number | null {
  if (!/^[+-]?(\d+(\.\d+)?|\.\d+)$/.test(text)) return null;
  return text.replace(/^[+-]?0*/, '').replace('.', '').length > 15 ? null : Number(text);
}

/** `true` or `false`, case-insensitive. */
export function readBoolean(text: string): boolean | null {
  const lower = text.toLowerCase();
  return lower === 'true' ? true : lower === 'false' ? false : null;
}

/** A range of addresses: the first one, how many leading bits are fixed, and the width of the family (32 or 128). */
export interface AddressRange {
  readonly first: bigint;
  readonly fixedBits: number;
  readonly width: 32 | 128;
}

/**
 * An address or a CIDR range, IPv4 or IPv6. An address alone is a range of one (AWS documents /32, its IPv4 wording).
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IPAddress
 */
export function readAddressRange(text: string): AddressRange | null {
  const [address = '', prefix, more] = text.split('/');
  if (more !== undefined) return null;
  const width = address.includes(':') ? 128 : 32;
  const value = width === 128 ? readIpv6(address) : readIpv4(address);
  if (value === null) return null;
  if (prefix === undefined) return { first: value, fixedBits: width, width };
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > width) return null;
  return { first: value, fixedBits: Number(prefix), width };
}

/** Whether a range holds an address; families never mix. */
export function rangeHolds(range: AddressRange, address: AddressRange): boolean {
  if (range.width !== address.width) return false;
  const free = BigInt(range.width - range.fixedBits);
  return range.first >> free === address.first >> free;
}

function readIpv4(text: string): bigint | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) return null;
  return parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function readIpv6(text: string): bigint | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const [head = [], tail = []] = groups;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const all = [...head, ...Array<string>(Math.max(0, missing)).fill('0'), ...tail];
  if (!all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  return all.reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n);
}
