export interface BrokerAddress {
  readonly protocol: 'mqtt' | 'mqtts';
  readonly host: string;
  readonly port?: number;
}

/** The library itself would take the text apart with what Node warns of. Null = not an address of a broker. */
export function brokerAddress(url: string): BrokerAddress | null {
  const parsed = URL.parse(url);
  const [, protocol] = /^(mqtts?):$/.exec(parsed?.protocol ?? '') ?? [];
  if (parsed === null || protocol === undefined || parsed.hostname === '') return null;
  return {
    protocol: protocol as BrokerAddress['protocol'],
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    ...(parsed.port === '' ? {} : { port: Number(parsed.port) }),
  };
}
