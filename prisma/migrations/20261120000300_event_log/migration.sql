-- The way out of a commit: outbox, event log, its leases and cursors, and the due-time table.
-- Platform tables: ids only, never bodies; schema `bus`, out of Prisma's sight.
create schema if not exists bus;
grant usage on schema bus to weft_web, weft_worker;

-- ---- outbox: facts of committed transactions, on their way into the log ----
-- `id` is handed out without a cache: under the row lock of an event's key, the order of ids is the order of commits.
-- `shard` is the tenant's: the low bits of its uuid, which are random in a UUIDv7 (modules/platform/event-log/shards.ts).
create table bus.outbox (
  id bigint generated always as identity (cache 1) primary key,
  shard smallint not null generated always as ((get_byte(uuid_send(tenant_id), 15) & 7)::smallint) stored,
  event_id uuid not null,
  tenant_id uuid not null,
  type text not null check (char_length(type) between 1 and 100),
  key text not null check (char_length(key) between 1 and 512),
  payload jsonb not null check (octet_length(payload::text) <= 32768),
  reach jsonb check (octet_length(reach::text) <= 4096),
  causation_id uuid,
  depth int not null check (depth between 0 and 16),
  created_at timestamptz(3) not null default clock_timestamp()
);
create index outbox_by_shard on bus.outbox (shard, id);
-- A queue: rows live for milliseconds, so dead ones must be swept by number and not by share of the table.
alter table bus.outbox set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 20000, autovacuum_vacuum_cost_delay = 0);

-- ---- the log: dense positions per shard (for the forwarder), dense sequences per tenant (for screens) ----
create table bus.log (
  shard smallint not null,
  position bigint not null,
  tenant_id uuid not null,
  sequence bigint not null,
  event_id uuid not null,
  type text not null,
  key text not null,
  payload jsonb not null,
  reach jsonb,
  causation_id uuid,
  depth int not null,
  at timestamptz(3) not null,
  sequenced_at timestamptz(3) not null default clock_timestamp(),
  primary key (shard, position)
);
create unique index log_by_tenant on bus.log (tenant_id, sequence);
alter table bus.log set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05);

-- The last sequence given to each tenant.
create table bus.log_heads (
  tenant_id uuid primary key,
  sequence bigint not null
) with (fillfactor = 50);

-- One row per shard: who may append to it, until when, and the last position given. The epoch grows with every change of
-- holder; each append compares it in its own statement, so a frozen or cut-off holder writes nothing any more.
create table bus.log_shards (
  shard smallint primary key check (shard between 0 and 7),
  position bigint not null default 0,
  epoch bigint not null default 0,
  holder uuid,
  leased_until timestamptz(3) not null default '-infinity'
) with (fillfactor = 50);
insert into bus.log_shards (shard) select generate_series(0, 7);

-- Processes that would sequence, so that shards are shared fairly among those alive.
create table bus.log_sequencers (
  holder uuid primary key,
  seen_until timestamptz(3) not null
);

-- How far each reader of the whole log has come; retention stays below every cursor.
create table bus.log_cursors (
  reader text not null check (char_length(reader) between 1 and 100),
  shard smallint not null references bus.log_shards (shard),
  position bigint not null default 0,
  primary key (reader, shard)
) with (fillfactor = 50);
insert into bus.log_cursors (reader, shard) select 'forwarder', generate_series(0, 7);

-- ---- timers: what is due when; one per kind and object ----
create table bus.timers (
  tenant_id uuid not null,
  kind text not null check (char_length(kind) between 1 and 100),
  object_id uuid not null,
  due_at timestamptz(3) not null,
  version bigint not null,
  payload jsonb not null check (octet_length(payload::text) <= 4096),
  tries int not null default 0,
  failure text check (char_length(failure) <= 500),
  primary key (tenant_id, kind, object_id)
);
create index timers_due on bus.timers (kind, due_at);
alter table bus.timers set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- ---- grants and walls (I6) ----
-- A web process writes facts and timers of its one tenant, and reads that tenant's log. It can't read the outbox back.
grant insert on bus.outbox to weft_web;
grant select on bus.log, bus.log_heads to weft_web;
grant select (shard, position) on bus.log_shards to weft_web;
grant select, insert, update, delete on bus.timers to weft_web;
grant select, insert, update, delete on bus.outbox, bus.log, bus.log_heads, bus.log_sequencers, bus.timers to weft_worker;
grant select, update on bus.log_shards, bus.log_cursors to weft_worker;

do $$
declare name text;
begin
  foreach name in array array['outbox', 'log', 'log_heads', 'timers'] loop
    execute format('alter table bus.%I enable row level security', name);
    execute format('alter table bus.%I force row level security', name);
    execute format($policy$create policy one_tenant on bus.%I to weft_web
      using (tenant_id = (select current_setting('app.tenant_id')::uuid))
      with check (tenant_id = (select current_setting('app.tenant_id')::uuid))$policy$, name);
    execute format('create policy all_tenants on bus.%I to weft_worker using (true) with check (true)', name);
  end loop;
end $$;
