import { describe, expect, it } from '@jest/globals';
import { joined, ofDay, withoutViews } from './day-tables.js';

describe('spans', () => {
  it('are joined if they touch or overlap', () => {
    const spans = [['1', '2'], ['2', '3'], ['5', '9'], ['6', '7'], ['8', 'a'], ['c', 'd']].map(([from = '', to = '']) => ({ from, to }));
    expect(joined(spans)).toEqual([{ from: '1', to: '3' }, { from: '5', to: 'a' }, { from: 'c', to: 'd' }]);
    expect(joined([])).toEqual([]);
  });
});

describe('a statement on kept rows', () => {
  const asked: string[] = [];
  const database = { query: (text: string) => { asked.push(text); return Promise.resolve({ rows: [], rowCount: 0 }); } };

  it('reads a day\'s partitions, and no rows of a table without one', async () => {
    const day = { from: '1', to: '2', events: 'events_20261121', inbox: null, deliveries: null, attempts: null };
    await ofDay(database, day).query('select from kept_events join kept_inbox on true', []);
    await withoutViews(database).query('select from kept_events join unkept_inbox on true', []);
    expect(asked).toEqual(['select from events_20261121 join (select * from inbox where false) on true', 'select from events join unkept_inbox on true']);
  });
});
