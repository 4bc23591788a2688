import { test } from 'node:test';
import { survive } from './survive.ts';

test('the appliance keeps its promises in the storms of seeds 101 to 200', () => survive(101, 200));
