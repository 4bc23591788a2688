import type { Settings } from '../config/schema.ts';
import type { StatusSnapshot } from '../edges/status/snapshot.ts';
import type { Box } from './box.ts';
import { AS_ROOT } from './chip.ts';
import { type Finding, failed, ok, together, warning } from './finding.ts';
import type { PageWord } from './page.ts';
import { mayWrite } from './spi.ts';
import { LIGHTS, listed } from './wires.ts';

type Hardware = Settings['hardware'];

export const LEDS = '/sys/class/leds';
const INSTALL = 'sudo /usr/share/wheelhouse/install.sh, then start the machine anew';

const WALK = 'to have each lit in turn: sudo wheelhouse doctor --walk';

/** Whether lighting them is what is left to do: they are there, and nobody else shows something on them. */
export function mayWalk({ mend }: Finding): boolean {
  return mend === WALK;
}

function hasLights({ lights, strip }: Hardware): boolean {
  return LIGHTS.some((name) => lights[name].length > 0) || strip.kind !== 'none';
}

/** What can be said of the lights without lighting one. */
export async function lookAtLights(box: Box, hardware: Hardware, agent: PageWord): Promise<Finding> {
  const leds = (await box.names(LEDS)).filter((name) => name.startsWith('wheelhouse:'));
  if (!hasLights(hardware)) {
    if (leds.length === 0) return ok('not here: no light is configured');
    return warning(`${listed(leds)} are here, but hardware.lights names none`, INSTALL);
  }
  const troubles = await missingLeds(box, hardware);
  const { snapshot } = agent;
  if (snapshot === null) {
    const found = agent.alive ? ok('the agent has them') : ok(`${describe(hardware)}; not walked`, WALK);
    return together([...troubles, found]);
  }
  const word = snapshot.connections.filter(({ name }) => name === 'Lights' || name === 'Strip');
  const said = word.map(({ name, state, detail }) =>
    state === 'ok'
      ? ok(`the agent lights ${detail}`)
      : failed(`the agent says of its ${name.toLowerCase()}: ${detail}`, 'see the lines Lines and SPI'),
  );
  return together([...troubles, ...said, shownNow(snapshot)]);
}

/** The agent has the lights: what they should show now is what can be compared. */
function shownNow({ lights }: StatusSnapshot): Finding {
  const now = LIGHTS.map((name) => `${name} ${lights[name].colour} ${lights[name].pattern} (${lights[name].meaning})`);
  const walk = 'to have each lit in turn: sudo systemctl stop wheelhouse-agent && sudo wheelhouse doctor --walk';
  return ok(`they should show ${listed(now)} now; not walked, because the agent has them`, walk);
}

function describe({ lights, strip }: Hardware): string {
  const wired = LIGHTS.filter((name) => lights[name].length > 0).map((name) => `${name} on ${listed(lights[name])}`);
  if (strip.kind !== 'none') wired.push(`a strip of ${strip.leds} on ${strip.device}`);
  return wired.join(', ');
}

async function missingLeds(box: Box, { lights }: Hardware): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const channel of LIGHTS.flatMap((name) => lights[name])) {
    if (typeof channel === 'number') continue;
    const path = `${LEDS}/${channel}`;
    if ((await box.stat(path)) === null) found.push(failed(`the kernel has no LED ${channel}`, INSTALL));
    else if ((await mayWrite(box, `${path}/brightness`)) !== null)
      found.push(warning(`no permission for ${path}`, AS_ROOT));
  }
  return found;
}
