import { expect, test } from 'vitest';
import { TableHost } from '../../../tests/host';
import type { Channel } from '../../generated/Channel';
import { channelChange, channelDraft, channelForm } from './channel-form';
import { ChannelsState } from './channels.svelte';

const CHANNEL: Channel = {
  id: 'chn_1',
  name: 'on call',
  kind: { telegram: { chat_id: '-100', api: 'https://api.telegram.org' } },
  secret: 'sec_1',
  verified_at: null,
  severities: ['sev0'],
  quiet: { from: 1320, to: 420 },
  created_at: 1,
};

test('hours stand as the clock shows them, and what is not typed is not sent', () => {
  const form = channelForm(CHANNEL);
  expect([form.quietFrom, form.quietTo]).toEqual(['22:00', '07:00']);
  expect(channelChange(form, CHANNEL)).toEqual({
    id: 'chn_1',
    name: 'on call',
    kind: CHANNEL.kind,
    severities: ['sev0'],
    quiet: { from: 1320, to: 420 },
  });
  const never = { ...form, quietFrom: '', quietTo: '', secret: '1:A' };
  expect(channelChange(never, CHANNEL)).toMatchObject({ quiet: { from: 0, to: 0 }, secret: '1:A' });
  expect(channelDraft({ ...never, kind: 'slack', secret: 'https://x' })).toEqual({
    name: 'on call',
    kind: 'slack',
    secret: 'https://x',
    severities: ['sev0'],
  });
});

test('a channel whose code did not go out is linked all the same, and says why', async () => {
  const kept: Channel[] = [];
  const host = new TableHost({
    channels_list: () => [...kept],
    channel_link: () => {
      kept.push(CHANNEL);
      throw { code: 'upstream', message: 'nobody answers there' };
    },
  });
  const channels = new ChannelsState(host);
  await channels.load();
  expect(await channels.link(channelDraft(channelForm(CHANNEL)))).toBe('chn_1');
  expect(channels.errorOf('chn_1')?.message).toBe('nobody answers there');
  expect(channels.errorOf('chn_2')).toBeUndefined();
});

test('a refused channel is not linked, and its form stays', async () => {
  const host = new TableHost({
    channels_list: () => [],
    channel_link: () => {
      throw { code: 'invalid', message: 'this is no address', field: 'secret' };
    },
  });
  const channels = new ChannelsState(host);
  expect(await channels.link(channelDraft(channelForm(undefined)))).toBeUndefined();
  expect(channels.errorOf(undefined)?.field).toBe('secret');
});
