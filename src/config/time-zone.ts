/**
 * Names that the ICU library of Node knows beside those of the IANA database; which of them Intl takes does not depend on
 * Node's version. https://unicode-org.github.io/icu/userguide/datetime/timezone/
 */
const ICU_ALONE =
  /^(SystemV\/.*|US\/Pacific-New|A[CEGRS]T|BET|BST|C[ANST]T|CTT|EAT|ECT|I[ES]T|JST|MIT|NET|NST|P[LNRS]T|SST|VST)$/;

/** A zone of the IANA database by its name. Node 22 and newer take offsets such as `+01:00` too, which Node 20 refuses. */
export function isTimeZone(value: string): boolean {
  if (!/^[A-Za-z]/.test(value) || ICU_ALONE.test(value)) return false;
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: value }));
  } catch {
    return false;
  }
}
