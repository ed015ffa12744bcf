/**
 * The first key that occurs twice in one object of a JSON text, or null. The text must be valid JSON. JSON.parse keeps the last
 * value without an error, and so could drop a Deny.
 */
export function duplicateKeyIn(text: string): string | null {
  const open: (Set<string> | null)[] = [];
  const token = /"(?:[^"\\]|\\.)*"|[{}[\]]/g;
  const colon = /\s*:/y;
  for (const found of text.matchAll(token)) {
    const [at] = found;
    if (at === '{') open.push(new Set());
    else if (at === '[') open.push(null);
    else if (at === '}' || at === ']') open.pop();
    else {
      colon.lastIndex = found.index + at.length;
      if (!colon.test(text)) continue;
      const key = String(JSON.parse(at));
      const keys = open.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return null;
}
