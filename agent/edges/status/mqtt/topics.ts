/** Every topic we touch. */
export interface Topics {
  readonly availability: string;
  readonly state: string;
  readonly positions: string;
  readonly info: string;
  /** Followed by the verb. */
  readonly command: string;
  readonly result: string;
  readonly discovery: string;
  /** Home Assistant says `online` here whenever it starts. */
  readonly birth: string;
}

export interface TopicOptions {
  readonly topicPrefix: string;
  readonly discoveryPrefix: string;
  readonly node: string;
}

export function topicsOf({ topicPrefix, discoveryPrefix, node }: TopicOptions): Topics {
  const base = `${topicPrefix}/${node}`;
  return {
    availability: `${base}/availability`,
    state: `${base}/state`,
    positions: `${base}/positions`,
    info: `${base}/info`,
    command: `${base}/cmd/`,
    result: `${base}/cmd/result`,
    discovery: `${discoveryPrefix}/device/wheelhouse_${node}/config`,
    birth: `${discoveryPrefix}/status`,
  };
}
