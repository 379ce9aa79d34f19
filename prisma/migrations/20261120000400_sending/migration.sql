-- Sending: who holds which channel account, what is due on it, and files on their way in and out.

-- ---- leases: one sender at a time speaks for a channel account, so its token bucket can live in memory ----
-- Ids only. A lease is good while its holder's row in bus.senders is: renewing any number of accounts is one row. The epoch
-- grows with every change of holder; an attempt carries it, so that the next holder can tell a dead one's calls from its own.
create table bus.sender_leases (
  channel text not null check (char_length(channel) between 1 and 40),
  tenant_id uuid not null,
  channel_account_id uuid primary key,
  holder uuid,
  epoch bigint not null default 0
) with (fillfactor = 50);
create index sender_leases_by_holder on bus.sender_leases (channel, holder);

-- Which senders are alive, for fair shares and as the heartbeat behind their leases.
create table bus.senders (
  channel text not null check (char_length(channel) between 1 and 40),
  holder uuid not null,
  expires_at timestamptz(3) not null,
  primary key (channel, holder)
) with (fillfactor = 50);

grant select, insert, update, delete on bus.sender_leases, bus.senders to weft_worker;

-- ---- deliveries: the call that is running, and indexes for claiming ----
alter table deliveries add column attempt_id uuid;
alter table deliveries
  add constraint deliveries_calls_while_sending check (attempt_id is null or state = 'sending'),
  add constraint deliveries_tries_positive check (tries >= 0);

-- At most one `sending` per line: the claim keeps it so, and here the database refuses anything else.
create unique index deliveries_one_sending on deliveries (tenant_id, line_id) where state = 'sending';
-- What an account has to send, oldest first; a delivered message has left this index.
create index deliveries_waiting on deliveries (tenant_id, channel_account_id, lane, due_at, position) where state in ('queued', 'sending') and attempt_id is null;
-- What stands before a delivery on its own line.
create index deliveries_open_by_line on deliveries (tenant_id, line_id, lane, position) where state in ('queued', 'sending', 'unknown');
drop index deliveries_due;

-- What a quoted or reacted-to message is called at the provider.
create index external_refs_by_message on external_refs (tenant_id, message_id);

-- ---- files the provider already has, so that one upload serves a campaign ----
create table provider_media (
    "tenant_id" UUID NOT NULL,
    "channel_account_id" UUID NOT NULL,
    "blob_key" TEXT NOT NULL,
    "provider_media_id" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "provider_media_pkey" PRIMARY KEY ("tenant_id","channel_account_id","blob_key")
);
alter table provider_media
  add constraint provider_media_blob_key_length check (char_length(blob_key) between 1 and 512),
  add constraint provider_media_id_length check (char_length(provider_media_id) between 1 and 512);
grant select, insert, update, delete on provider_media to weft_tenant;
alter table provider_media enable row level security;
alter table provider_media force row level security;
create policy one_tenant on provider_media to weft_web
  using (tenant_id = (select current_setting('app.tenant_id')::uuid))
  with check (tenant_id = (select current_setting('app.tenant_id')::uuid));
create policy listed_tenants on provider_media to weft_worker
  using (tenant_id = any ((select current_setting('app.tenant_ids')::uuid[])::uuid[]))
  with check (tenant_id = any ((select current_setting('app.tenant_ids')::uuid[])::uuid[]));

-- ---- attachments still to be fetched ----
alter table attachments add column due_at timestamptz(3) not null default current_timestamp;
create index attachments_due on attachments (tenant_id, due_at) where state = 'pending';

-- ---- addresses of files are signed with a key of each tenant's own: one tenant's key opens nothing of another's ----
alter table tenant_settings add column file_key uuid not null default gen_random_uuid();
