import type { Settings } from '../config/schema.ts';
import { type GreetingAnswer, greetBroker } from '../edges/status/mqtt/greet-broker.ts';
import type { Clock } from '../edges/system/clock.ts';
import { type Finding, failed, ok, warning } from './finding.ts';
import { ANSWER_MS, within } from './patience.ts';

export interface MqttFacts {
  readonly settings: Settings['mqtt'];
  readonly password: string | null;
  /** What the running agent says of its own connection; `null` = none runs, or it says nothing. */
  readonly agent: Promise<{ readonly state: string; readonly detail: string } | null>;
}

/** Connects once with what is configured, says nothing and goes. */
export async function lookAtMqtt(
  { settings, password, agent: told }: MqttFacts,
  clock: Pick<Clock, 'after'>,
): Promise<Finding> {
  if (!settings.enabled) return ok('not here: mqtt.enabled is false');
  const { url, username } = settings;
  const late = (): GreetingAnswer => ({ ok: false, refused: false, reason: 'no answer' });
  const greeting = within({ clock, ms: ANSWER_MS, late }, (signal) => greetBroker({ url, username, password, signal }));
  const [answer, agent] = await Promise.all([greeting, told]);
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
