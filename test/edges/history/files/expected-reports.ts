/**
 * What each file of the market data beside the repository holds: rows, rows kept, and every finding. Counted once more, by
 * another program in another language that knows nothing of the readers.
 */
export const EXPECTED: Readonly<
  Record<string, readonly [rows: number, kept: number, findings: Readonly<Record<string, number>>]>
> = {
  'earnings/earnings_dates.csv.gz': [21170, 21170, {}],
  'etf_preopen_2026_08/2026-08-12_SPY.csv.gz': [
    5472,
    5472,
    {
      'implied volatility of 0.00001 or less': 141,
      'bid and ask both zero': 42,
      'bid equals ask': 2,
      'later than its name says: holds trades of 2026-08-13': 1,
    },
  ],
  'etf_preopen_2026_08/2026-08-13_SPY.csv.gz': [
    5231,
    5231,
    {
      'implied volatility of 0.00001 or less': 138,
      'bid and ask both zero': 42,
      'bid equals ask': 2,
      'later than its name says: holds trades of 2026-08-14': 1,
    },
  ],
  'etf_preopen_2026_08/2026-08-14_SPY.csv.gz': [
    6036,
    6036,
    {
      'implied volatility of 0.00001 or less': 153,
      'bid and ask both zero': 40,
      'bid equals ask': 4,
      'later than its name says: holds trades of 2026-08-17': 1,
    },
  ],
  'etf_preopen_2026_08/2026-08-18_SPY.csv.gz': [
    5538,
    5538,
    {
      'implied volatility of 0.00001 or less': 195,
      'bid and ask both zero': 37,
      'bid equals ask': 7,
      'later than its name says: holds trades of 2026-08-19': 1,
    },
  ],
  'etf_preopen_2026_08/2026-08-19_SPY.csv.gz': [
    5314,
    5314,
    {
      'implied volatility of 0.00001 or less': 190,
      'bid and ask both zero': 36,
      'later than its name says: holds trades of 2026-08-20': 1,
    },
  ],
  'etf_preopen_2026_08/2026-08-20_SPY.csv.gz': [
    5097,
    5097,
    {
      'implied volatility of 0.00001 or less': 204,
      'bid and ask both zero': 34,
      'later than its name says: holds trades of 2026-08-21': 1,
    },
  ],
  'intraday_2026/SPY.csv.gz': [
    571534,
    571534,
    {
      'implied volatility of 0.00001 or less': 40514,
      'bid and ask both zero': 19767,
      'implied volatility of a quote of zero': 10864,
      'implied volatility below 0.1 % or above 1,000 %': 60,
      'bid equals ask': 267,
      'bid above ask': 24,
      'taken outside the session': 67176,
    },
  ],
  'intraday_2026/TSLA.csv.gz': [
    163243,
    163243,
    {
      'implied volatility of 0.00001 or less': 13591,
      'bid and ask both zero': 4329,
      'implied volatility of a quote of zero': 2184,
      'implied volatility below 0.1 % or above 1,000 %': 14,
      'bid equals ask': 83,
      'bid above ask': 6,
      'taken outside the session': 16489,
    },
  ],
  'lean/alternative/interest-rate/usa/interest-rate.csv': [56, 56, {}],
  'lean/equity/usa/daily/aapl.zip': [5849, 5849, {}],
  'lean/equity/usa/daily/bac.zip': [5849, 5661, { 'an earlier holder of the ticker': 188 }],
  'lean/equity/usa/daily/ibm.zip': [5849, 5849, {}],
  'lean/equity/usa/daily/iwm.zip': [5244, 5244, {}],
  'lean/equity/usa/daily/spy.zip': [5849, 5849, {}],
  'lean/equity/usa/daily/uso.zip': [3910, 3770, { 'an earlier holder of the ticker': 140 }],
  'lean/equity/usa/factor_files/aapl.csv': [41, 41, {}],
  'lean/equity/usa/factor_files/bac.csv': [96, 96, {}],
  'lean/equity/usa/factor_files/ibm.csv': [96, 96, {}],
  'lean/equity/usa/factor_files/iwm.csv': [89, 89, {}],
  'lean/equity/usa/factor_files/spy.csv': [96, 96, {}],
  'lean/equity/usa/factor_files/uso.csv': [3, 3, {}],
  'lean/equity/usa/map_files/aapl.csv': [2, 2, {}],
  'lean/equity/usa/map_files/bac.csv': [3, 3, {}],
  'lean/equity/usa/map_files/ibm.csv': [2, 2, {}],
  'lean/equity/usa/map_files/iwm.csv': [2, 2, {}],
  'lean/equity/usa/map_files/spy.csv': [2, 2, {}],
  'lean/equity/usa/map_files/uso.csv': [2, 2, {}],
  'lean/option/usa/daily/aapl_2014_openinterest_american.zip': [
    6016,
    2322,
    {
      'expiration before the date': 183,
      'open interest without a quote or trade': 3511,
      'expiration on a closed day, moved to the session before': 3581,
    },
  ],
  'lean/option/usa/daily/aapl_2014_quote_american.zip': [
    4532,
    4532,
    { 'expiration on a closed day, moved to the session before': 2492, 'bid equals ask': 42 },
  ],
  'lean/option/usa/daily/aapl_2014_trade_american.zip': [
    2322,
    2322,
    { 'expiration on a closed day, moved to the session before': 1314 },
  ],
  'lean/option/usa/daily/aapl_2015_quote_american.zip': [250, 250, {}],
  'lean/option/usa/daily/aapl_2015_trade_american.zip': [250, 250, {}],
  'lean/option/usa/daily/nwsa_2013_quote_american.zip': [
    520,
    520,
    { 'expiration on a closed day, moved to the session before': 520, 'bid equals ask': 1 },
  ],
  'lean/option/usa/daily/nwsa_2013_trade_american.zip': [
    62,
    62,
    { 'expiration on a closed day, moved to the session before': 62 },
  ],
  'lean/option/usa/hour/aapl_2014_openinterest_american.zip': [
    4659,
    2322,
    {
      'expiration before the date': 172,
      'open interest without a quote or trade': 2165,
      'expiration on a closed day, moved to the session before': 2475,
    },
  ],
  'lean/option/usa/hour/aapl_2014_quote_american.zip': [
    31407,
    31407,
    { 'expiration on a closed day, moved to the session before': 17335, 'bid equals ask': 156, 'bid above ask': 4 },
  ],
  'lean/option/usa/hour/aapl_2014_trade_american.zip': [
    8346,
    8346,
    { 'expiration on a closed day, moved to the session before': 4949 },
  ],
  'lean/option/usa/hour/nwsa_2013_quote_american.zip': [
    3547,
    3547,
    { 'expiration on a closed day, moved to the session before': 3547, 'bid equals ask': 3 },
  ],
  'lean/option/usa/hour/nwsa_2013_trade_american.zip': [
    112,
    112,
    { 'expiration on a closed day, moved to the session before': 112 },
  ],
  'lean/option/usa/universes/aapl/20140602.csv.gz': [
    4533,
    2147,
    {
      'nothing in it': 2386,
      'implied volatility of zero': 1018,
      'expiration on a closed day, moved to the session before': 1236,
    },
  ],
  'lean/option/usa/universes/aapl/20140603.csv.gz': [
    4533,
    2147,
    {
      'nothing in it': 2386,
      'implied volatility of zero': 1026,
      'expiration on a closed day, moved to the session before': 1236,
    },
  ],
  'lean/option/usa/universes/aapl/20140604.csv.gz': [
    4533,
    2147,
    {
      'nothing in it': 2386,
      'implied volatility of zero': 1054,
      'expiration on a closed day, moved to the session before': 1236,
    },
  ],
  'lean/option/usa/universes/aapl/20140605.csv.gz': [
    2353,
    2323,
    {
      'nothing in it': 30,
      'close outside its own day': 1,
      'implied volatility of zero': 1134,
      'expiration on a closed day, moved to the session before': 1244,
    },
  ],
  'lean/option/usa/universes/aapl/20140606.csv.gz': [2181, 1, { 'nothing in it': 2180 }],
  'lean/option/usa/universes/aapl/20140609.csv.gz': [4361, 1, { 'split day: already in the new shares': 4360 }],
  'lean/option/usa/universes/aapl/20140610.csv.gz': [
    4361,
    4361,
    { 'implied volatility of zero': 3464, 'expiration on a closed day, moved to the session before': 2492 },
  ],
  'lean/option/usa/universes/aapl/20140611.csv.gz': [
    4361,
    4361,
    {
      'close outside its own day': 1,
      'implied volatility of zero': 3484,
      'expiration on a closed day, moved to the session before': 2492,
    },
  ],
  'lean/option/usa/universes/aapl/20140612.csv.gz': [
    4361,
    4361,
    {
      'close outside its own day': 1,
      'implied volatility of zero': 3504,
      'expiration on a closed day, moved to the session before': 2492,
    },
  ],
  'lean/option/usa/universes/aapl/20140613.csv.gz': [
    4053,
    4053,
    {
      'close outside its own day': 1,
      'implied volatility of zero': 3210,
      'expiration on a closed day, moved to the session before': 2492,
    },
  ],
  'lean/option/usa/universes/aapl/20140616.csv.gz': [
    4053,
    4053,
    { 'implied volatility of zero': 3236, 'expiration on a closed day, moved to the session before': 2492 },
  ],
  'lean/option/usa/universes/aapl/20151211.csv.gz': [2, 2, {}],
  'lean/option/usa/universes/aapl/20151214.csv.gz': [2, 2, {}],
  'lean/option/usa/universes/nwsa/20130625.csv.gz': [
    261,
    261,
    { 'implied volatility of zero': 130, 'expiration on a closed day, moved to the session before': 260 },
  ],
  'lean/option/usa/universes/nwsa/20130626.csv.gz': [
    261,
    261,
    { 'implied volatility of zero': 132, 'expiration on a closed day, moved to the session before': 260 },
  ],
  'lean/option/usa/universes/nwsa/20130627.csv.gz': [
    261,
    261,
    { 'implied volatility of zero': 136, 'expiration on a closed day, moved to the session before': 260 },
  ],
  'lean/option/usa/universes/nwsa/20130628.csv.gz': [
    261,
    261,
    { 'implied volatility of zero': 132, 'expiration on a closed day, moved to the session before': 260 },
  ],
  'lean/option/usa/universes/nwsa/20130701.csv.gz': [
    261,
    261,
    { 'implied volatility of zero': 130, 'expiration on a closed day, moved to the session before': 260 },
  ],
  'lean/option/usa/universes/nwsa/20130702.csv.gz': [
    261,
    261,
    { 'implied volatility of zero': 126, 'expiration on a closed day, moved to the session before': 260 },
  ],
  'lean/option/usa/universes/spy/20231228.csv.gz': [23, 23, { 'implied volatility of 0.00001 or less': 11 }],
  'lean/option/usa/universes/spy/20231229.csv.gz': [15, 15, {}],
  'lean/option/usa/universes/spy/20240102.csv.gz': [19, 19, { 'implied volatility of 0.00001 or less': 9 }],
  'lean/option/usa/universes/spy/20240103.csv.gz': [22, 22, { 'implied volatility of 0.00001 or less': 10 }],
  'lean/option/usa/universes/spy/20240104.csv.gz': [37, 37, { 'implied volatility of 0.00001 or less': 23 }],
  'lean/option/usa/universes/spy/20240105.csv.gz': [20, 20, {}],
  'lean/option/usa/universes/spy/20240108.csv.gz': [21, 21, { 'implied volatility of 0.00001 or less': 9 }],
  'lean/option/usa/universes/spy/20240109.csv.gz': [24, 24, { 'implied volatility of 0.00001 or less': 9 }],
  'spy_2021/options.csv.gz': [5040, 5040, { 'bid above ask': 17, 'bid equals ask': 1 }],
  'spy_2021/underlying.csv.gz': [252, 252, {}],
  'us_eod_2026/AAPL.csv.gz': [
    62584,
    59996,
    { 'no session on that date': 2402, 'expiration before the date': 186, 'implied volatility of zero': 2762 },
  ],
  'us_eod_2026/CMCSA.csv.gz': [
    15782,
    15088,
    { 'no session on that date': 612, 'expiration before the date': 82, 'implied volatility of zero': 538 },
  ],
  'us_eod_2026/CRWD.csv.gz': [
    54262,
    51368,
    {
      'no session on that date': 2486,
      'expiration before the date': 408,
      'implied volatility of zero': 851,
      'split day: last price may be in the old shares': 970,
      'split read off the strikes: 4 for 1 on 2026-07-02': 1,
    },
  ],
  'us_eod_2026/CSCO.csv.gz': [
    37018,
    35312,
    { 'no session on that date': 1530, 'expiration before the date': 176, 'implied volatility of zero': 1007 },
  ],
  'us_eod_2026/DIS.csv.gz': [
    30240,
    28824,
    { 'no session on that date': 1272, 'expiration before the date': 144, 'implied volatility of zero': 1283 },
  ],
  'us_eod_2026/INTC.csv.gz': [
    54166,
    52188,
    { 'no session on that date': 1746, 'expiration before the date': 232, 'implied volatility of zero': 310 },
  ],
  'us_eod_2026/KHC.csv.gz': [
    19896,
    19012,
    { 'no session on that date': 794, 'expiration before the date': 90, 'implied volatility of zero': 724 },
  ],
  'us_eod_2026/KO.csv.gz': [
    28024,
    26760,
    { 'no session on that date': 1134, 'expiration before the date': 130, 'implied volatility of zero': 1191 },
  ],
  'us_eod_2026/NKE.csv.gz': [
    24230,
    23100,
    { 'no session on that date': 984, 'expiration before the date': 146, 'implied volatility of zero': 808 },
  ],
  'us_eod_2026/PYPL.csv.gz': [
    24292,
    23210,
    { 'no session on that date': 948, 'expiration before the date': 134, 'implied volatility of zero': 748 },
  ],
  'us_eod_2026/SOFI.csv.gz': [
    16088,
    15368,
    { 'no session on that date': 650, 'expiration before the date': 70, 'implied volatility of zero': 239 },
  ],
  'us_eod_2026/SOXS.csv.gz': [
    13886,
    13664,
    {
      'no session on that date': 206,
      'expiration before the date': 16,
      'implied volatility of zero': 52,
      'last price of zero': 28,
      'split day: last price may be in the old shares': 14,
      'split read off the strikes: 1 for 10 on 2026-07-15': 1,
    },
  ],
  'us_eod_2026/SPY.csv.gz': [
    390376,
    374018,
    { 'no session on that date': 15608, 'expiration before the date': 750, 'implied volatility of zero': 19950 },
  ],
  'us_eod_2026/TLT.csv.gz': [
    69374,
    66416,
    { 'no session on that date': 2772, 'expiration before the date': 186, 'implied volatility of zero': 4889 },
  ],
  'us_eod_2026/TSLA.csv.gz': [
    84966,
    81046,
    { 'no session on that date': 3616, 'expiration before the date': 304, 'implied volatility of zero': 1824 },
  ],
  'us_eod_2026/VZ.csv.gz': [
    25642,
    24498,
    { 'no session on that date': 1024, 'expiration before the date': 120, 'implied volatility of zero': 851 },
  ],
  'us_eod_2026/WBD.csv.gz': [
    17848,
    17054,
    { 'no session on that date': 698, 'expiration before the date': 96, 'implied volatility of zero': 438 },
  ],
  'us_eod_2026/XLF.csv.gz': [
    48030,
    46486,
    { 'no session on that date': 1398, 'expiration before the date': 146, 'implied volatility of zero': 1877 },
  ],
  'us_eod_2026/underlying.csv.gz': [1170, 1107, { 'no session on that date': 54, 'empty close': 9 }],
  'vix/vix-daily.csv.gz': [
    9235,
    9202,
    { 'no session on that date': 33, 'open or close outside the range of its day': 47 },
  ],
};
