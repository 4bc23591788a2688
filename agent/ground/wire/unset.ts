/** How the broker's side writes "not set" where an empty field would not do. */
export const UNSET_DOUBLE = '1.7976931348623157E308';
export const UNSET_INTEGER = '2147483647';
export const UNSET_LONG = '9223372036854775807';
