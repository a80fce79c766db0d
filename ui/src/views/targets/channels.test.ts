import { expect, test } from 'vitest';
import { TableHost } from '../../../tests/host';
import type { Channel } from '../../generated/Channel';
import { channelChange, channelDraft, channelForm, keepsSecret, wants } from './channel-form';
import { ChannelsState } from './channels.svelte';

const CHANNEL: Channel = {
  id: 'chn_1',
  name: 'on call',
  kind: { telegram: { chat_id: '-100', api: 'https://api.telegram.org' } },
  secret: 'sec_1',
  verified_at: null,
  owner: true,
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
    owner: true,
    severities: ['sev0'],
    quiet: { from: 1320, to: 420 },
  });
  const never = { ...form, quietFrom: '', quietTo: '', secret: '1:A' };
  expect(channelChange(never, CHANNEL)).toMatchObject({ quiet: { from: 0, to: 0 }, secret: '1:A' });
  expect(channelDraft({ ...never, kind: 'slack', secret: 'https://x' })).toEqual({
    name: 'on call',
    kind: 'slack',
    owner: true,
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

const MAIL: Channel = {
  ...CHANNEL,
  kind: {
    email: {
      host: 'smtp.example.com',
      port: 587,
      tls: 'starttls',
      user: 'me',
      from: 'a@example.com',
      to: 'b@example.com',
    },
  },
};

test('a password is asked for where a login is, and again for another server', () => {
  const form = channelForm(MAIL);
  expect([wants(form), keepsSecret(form, MAIL)]).toEqual(['Password', true]);
  expect(keepsSecret({ ...form, mail: { ...form.mail, host: 'elsewhere.example' } }, MAIL)).toBe(false);
  expect(keepsSecret({ ...form, mail: { ...form.mail, to: 'c@example.com' } }, MAIL)).toBe(true);
  const open = { ...form, mail: { ...form.mail, user: ' ' }, secret: 'left over' };
  expect(wants(open)).toBeUndefined();
  expect(channelDraft(open)).not.toHaveProperty('secret');
  expect(channelDraft({ ...form, kind: 'desktop' })).toMatchObject({ kind: 'desktop' });
  expect(channelDraft(form).kind).toEqual(MAIL.kind);
});

test('a change that another program made is on the screen', async () => {
  const kept: Channel[] = [];
  const channels = new ChannelsState(new TableHost({ channels_list: () => [...kept] }));
  await channels.load();
  kept.push(CHANNEL);
  channels.apply({ execution: {} as never });
  channels.apply({ channel: 'chn_1' });
  await expect.poll(() => channels.all.length).toBe(1);
});
