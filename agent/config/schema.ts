import * as v from 'valibot';
import { BREAKERS } from './breaker-settings.ts';
import { maybeText, number, TIME, text, whole } from './fields.ts';
import { hardware } from './hardware-settings.ts';
import { schedule } from './schedule-settings.ts';

const SYMBOL = /^[A-Z][A-Z0-9.]{0,9}$/;

const symbols = (why: string) =>
  v.pipe(
    v.array(v.pipe(v.string(), v.regex(SYMBOL, 'must be a symbol in capitals, like SPY'))),
    v.minLength(1, 'must name at least one symbol'),
    v.maxLength(20, 'may name 20 symbols at most'),
    v.description(why),
  );

const guard = v.strictObject({
  socket: maybeText(
    'control socket of a guard that runs as its own service, which broker.host and broker.port then point to; empty = the program starts one',
  ),
  folder: maybeText("files of the program's own guard; empty = guard, beside the store"),
  afterReset: v.optional(
    v.pipe(
      v.picklist(['reducing', 'active']),
      v.description("what trading goes on with after a halt, with the program's own guard"),
    ),
    'reducing',
  ),
  switch: v.optional(
    v.pipe(
      v.picklist(['file', 'gpio', 'none']),
      v.description(
        "red switch of the program's own guard: a file that stands in for it, gpio = on the pins as docs/wiring.md draws it, none",
      ),
    ),
    'file',
  ),
});

const broker = v.strictObject({
  host: v.optional(text('where TWS or IB Gateway listens'), '127.0.0.1'),
  port: v.optional(whole(1, 65_535, '4002 = IB Gateway paper, 4001 = live; 7497 and 7496 for TWS'), 4002),
  clientId: v.optional(whole(1, 999_999, 'keep it for ever: only the client that placed an order may cancel it'), 1),
  account: maybeText('account to trade in; empty = the first one the broker names'),
  mode: v.optional(
    v.pipe(v.picklist(['paper', 'live']), v.description('live also needs liveTradingConfirmed')),
    'paper',
  ),
  messagesPerSecond: v.optional(whole(1, 49, 'the broker closes the connection above 50'), 40),
  marketDataLines: v.optional(whole(10, 1000, 'subscriptions at one time; 100 unless you bought more'), 100),
  requestTimeoutSeconds: v.optional(whole(1, 120, 'after this a question counts as unanswered'), 10),
  guard: v.optional(guard, {}),
  gatewayRestartsAt: v.optional(
    v.nullable(
      v.pipe(
        v.string('must be a time in quotes, like "23:45"'),
        v.regex(TIME, 'must be a time from "00:00" to "23:59"'),
        v.description('when TWS or IB Gateway restarts itself every day, in New York time; null = never'),
      ),
    ),
    '23:45',
  ),
  quietMinutesBefore: v.optional(whole(0, 60, 'before that restart no order is sent'), 5),
  quietMinutesAfter: v.optional(whole(0, 60, 'after that restart no order is sent'), 5),
});

const weight = (value: number, why: string) => v.optional(number(0, 1, why), value);

const weights = v.strictObject({
  credit: weight(0.25, 'of the credit on the cash at risk'),
  riskReward: weight(0.15, 'of the credit against the worst outcomes'),
  probability: weight(0.2, 'of expiring worthless'),
  expectedReturn: weight(0.3, 'of the expected return after costs'),
  ivRank: weight(0.1, 'of the IV rank'),
});

const feeRate = v.strictObject({
  name: v.picklist(['commission', 'exchange', 'clearing', 'orf', 'taf', 'section31']),
  from: v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\d$/, 'must be a date in quotes, like "2026-07-01"')),
  basis: v.picklist(['contract', 'share', 'contractSold', 'shareSold', 'dollarSold']),
  dollars: number(-100, 100, 'for each'),
});

const putWrite = v.strictObject({
  enabled: v.optional(v.pipe(v.boolean(), v.description('sell cash-secured puts')), true),
  minDelta: v.optional(number(0.01, 0.99, 'of the put, without its sign'), 0.15),
  maxDelta: v.optional(number(0.01, 0.99, 'of the put, without its sign'), 0.3),
  minDaysToExpiration: v.optional(whole(1, 400, 'calendar days'), 21),
  maxDaysToExpiration: v.optional(whole(1, 400, 'calendar days'), 45),
  minBidDollars: v.optional(number(0, 1000, 'per share'), 0.1),
  maxSpreadFraction: v.optional(number(0, 1, '(ask − bid) ÷ mid'), 0.1),
  minOpenInterest: v.optional(whole(0, 1_000_000, 'contracts'), 50),
  minVolume: v.optional(whole(0, 1_000_000, 'contracts traded today'), 1),
  maxQuoteAgeMinutes: v.optional(number(0.1, 60, 'older quotes are never traded on'), 15),
  minScore: v.optional(number(0, 100, 'at or above it becomes an order; see docs/score.md'), 70),
  weights: v.optional(weights, {}),
});

const risk = v.strictObject({
  maxSecuredPerSymbolDollars: v.optional(number(0, 1e9, 'cash that assignments of one symbol may take'), 80_000),
  maxSecuredTotalDollars: v.optional(number(0, 1e9, 'cash that all assignments together may take'), 200_000),
  maxContractsPerOrder: v.optional(whole(1, 1000, 'contracts'), 2),
  maxOrdersPerDay: v.optional(whole(1, 1000, 'orders sent on one trading day'), 10),
  maxLimitDistanceFraction: v.optional(number(0, 1, 'how far beyond mid a limit may lie'), 0.1),
  breakers: v.optional(BREAKERS, {}),
});

const orders = v.strictObject({
  priceSteps: v.optional(whole(0, 20, 'steps from mid toward the market before it gives up; 0 = mid, all day'), 4),
  priceStepMinutes: v.optional(number(0.5, 120, 'from one step to the next, and after the last'), 3),
  maxConcessionFraction: v.optional(number(0, 1, 'share of the half spread that the last step gives away'), 0.5),
});

const page = v.strictObject({
  host: v.optional(
    text('loopback only, unless you name another address; then reading needs the token too'),
    '127.0.0.1',
  ),
  port: v.optional(whole(1, 65_535, 'of the status page'), 8080),
  hostNames: v.optional(
    v.pipe(v.array(v.string()), v.description('further names under which the page may be called')),
    [],
  ),
});

const mqtt = v.strictObject({
  enabled: v.optional(v.pipe(v.boolean(), v.description('feed for Home Assistant and others')), false),
  url: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^mqtts?:\/\/.+/, 'must begin with mqtt:// or mqtts://'),
      v.check((url) => (URL.parse(url)?.hostname ?? '') !== '', 'must be an address like mqtt://192.168.1.20:1883'),
      v.description('the MQTT broker'),
    ),
    'mqtt://127.0.0.1:1883',
  ),
  username: maybeText('the password belongs into the secrets file'),
  node: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[a-zA-Z0-9_-]{1,32}$/, 'must be letters, digits, _ and -'),
      v.description('names this appliance; never change it'),
    ),
    'wheelhouse',
  ),
  topicPrefix: v.optional(text('first part of every topic'), 'wheelhouse'),
  discoveryPrefix: v.optional(text('where Home Assistant looks for devices'), 'homeassistant'),
  schedule: v.optional(
    v.pipe(
      v.picklist(['calming', 'all']),
      v.description(
        'what of the schedule may be steered: calming = pause, skip, stop-research; all = also resume, run, enable, disable',
      ),
    ),
    'calming',
  ),
});

/** Everything that can be set, with its default and what it is for. One key more is an error. */
export const SETTINGS = v.strictObject({
  broker: v.optional(broker, {}),
  liveTradingConfirmed: maybeText('to trade real money, the account number, and broker.mode live'),
  symbols: v.optional(symbols('underlyings'), ['SPY', 'TSLA']),
  futures: v.optional(v.pipe(v.array(v.picklist(['ES', 'NQ', 'RTY'])), v.description('index futures to collect')), [
    'ES',
    'NQ',
    'RTY',
  ]),
  pennyClasses: v.optional(symbols('option classes in the penny interval programme, quoted in cents below 3.00'), [
    'AAPL',
    'TSLA',
    'KO',
  ]),
  strategy: v.optional(v.strictObject({ putWrite: v.optional(putWrite, {}) }), {}),
  orders: v.optional(orders, {}),
  risk: v.optional(risk, {}),
  fees: v.optional(v.pipe(v.picklist(['ibkrTiered', 'schwabOnline']), v.description('dated fee table')), 'ibkrTiered'),
  feeRates: v.optional(
    v.pipe(v.array(feeRate), v.description('newer rates than those of the table: name, from, basis, dollars')),
    [],
  ),
  schedule: v.optional(schedule, {}),
  store: v.optional(v.strictObject({ path: v.optional(text('folder of the store'), 'data/store') }), {}),
  page: v.optional(page, {}),
  mqtt: v.optional(mqtt, {}),
  hardware: v.optional(hardware, {}),
  log: v.optional(
    v.strictObject({
      level: v.optional(
        v.pipe(v.picklist(['debug', 'info', 'warn', 'error']), v.description('what is worth a line')),
        'info',
      ),
      path: maybeText('a file; empty = standard error'),
    }),
    {},
  ),
  secretsFile: maybeText('YAML file that only its owner may read (mode 0600), with mqttPassword and pageToken'),
});

export type Settings = v.InferOutput<typeof SETTINGS>;

/** Of the secrets file. */
export const SECRETS = v.strictObject({
  mqttPassword: maybeText('of the MQTT broker'),
  pageToken: maybeText('for HALT and RESUME'),
});

export type Secrets = v.InferOutput<typeof SECRETS>;
