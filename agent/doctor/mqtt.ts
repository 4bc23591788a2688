import type { Settings } from '../config/schema.ts';
import { greetBroker } from '../edges/status/mqtt/greet-broker.ts';
import { type Finding, failed, ok, warning } from './finding.ts';

export interface MqttFacts {
  readonly settings: Settings['mqtt'];
  readonly password: string | null;
  /** What the running agent says of its own connection; `null` = none runs, or it says nothing. */
  readonly agent: { readonly state: string; readonly detail: string } | null;
}

const PATIENCE_MS = 1_800;

/** Connects once with what is configured, says nothing and goes. */
export async function lookAtMqtt({ settings, password, agent }: MqttFacts): Promise<Finding> {
  if (!settings.enabled) return ok('not here: mqtt.enabled is false');
  const { url, username } = settings;
  const answer = await greetBroker({ url, username, password, patienceMs: PATIENCE_MS });
  if (answer.ok) {
    if (agent === null || agent.state === 'ok')
      return ok(`${url} takes us${username === null ? '' : ` as ${username}`}`);
    return warning(`${url} takes us, but the agent says: ${agent.detail}`, 'sudo systemctl restart wheelhouse-agent');
  }
  // The agent alone may open what was sealed for it.
  if (answer.refused && password === null && agent?.state === 'ok')
    return ok(`the agent is connected: ${agent.detail}`);
  if (answer.refused && password === null) {
    const mend =
      'start the agent, which alone may open a sealed password; or set mqttPassword (docs/install.md, Passwords)';
    return warning(`${url} wants a password, and the doctor has none: ${answer.reason}`, mend);
  }
  if (answer.refused) {
    return failed(
      `${url} refuses us: ${answer.reason}`,
      'mend mqtt.username and mqttPassword (docs/install.md, Passwords)',
    );
  }
  const { hostname, port } = new URL(url);
  const mend = `start the MQTT broker, or mend mqtt.url; whether it can be reached says: nc -zv ${hostname} ${port || 1883}`;
  return failed(`nothing answers at ${url}: ${answer.reason}`, mend);
}
