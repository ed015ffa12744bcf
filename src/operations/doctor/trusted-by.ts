interface TrustStatement {
  readonly Effect?: string;
  readonly Principal?: string | Readonly<Record<string, string | readonly string[]>>;
  readonly NotPrincipal?: unknown;
}

const listOf = <One>(value: One | readonly One[] | undefined): readonly One[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly One[]) : [value as One];

/** The principals that a trust policy allows, as it names them; `*` for NotPrincipal. Conditions are ignored. */
export function trustedBy(policy: string): readonly string[] {
  const { Statement } = JSON.parse(policy) as { Statement?: TrustStatement | readonly TrustStatement[] };
  return listOf(Statement)
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Principal, NotPrincipal }) => {
      if (NotPrincipal !== undefined) return ['*'];
      return typeof Principal === 'object'
        ? Object.values(Principal).flatMap((one) => [...listOf(one)])
        : listOf(Principal);
    });
}
