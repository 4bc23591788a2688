import { test } from 'node:test';
import { survive } from './survive.ts';

test('the appliance keeps its promises in the storms of seeds 1 to 100', () => survive(1, 100));
