/**
 * Names that Node's ICU library has in addition to those of the IANA database. The list makes the answer independent of
 * Node's version. https://unicode-org.github.io/icu/userguide/datetime/timezone/
 */
const ICU_ONLY =
  /^(SystemV\/.*|US\/Pacific-New|A[CEGRS]T|BET|BST|C[ANST]T|CTT|EAT|ECT|I[ES]T|JST|MIT|NET|NST|P[LNRS]T|SST|VST)$/;

/** Whether a text is the name of an IANA time zone. Node 22 and later also accept offsets such as `+01:00`; Node 20 does not. */
export function isTimeZone(value: string): boolean {
  if (!/^[A-Za-z]/.test(value) || ICU_ONLY.test(value)) return false;
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: value }));
  } catch {
    return false;
  }
}
