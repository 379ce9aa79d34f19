-- The bus on PostgreSQL: a partitioned log with dense positions, a cursor and a claim per group and partition, and what both
-- adapters park when a message can't be handled. Platform tables have no Prisma model and live in a schema of their own, out
-- of sight of Prisma's drift check. Records carry customers' words, so none of this is granted to weft_web.
create schema if not exists bus;
grant usage on schema bus to weft_platform;

-- One row per (topic, partition). Publishers lock it until they commit: positions are dense and appear in order, so a plain
-- bigint is a safe cursor. fillfactor leaves room for the row's next versions on its own page.
create table bus.partitions (
  log_id int generated always as identity primary key,
  topic text not null,
  partition int not null,
  next_position bigint not null default 1,
  unique (topic, partition),
  constraint partitions_partition_range check (partition between 0 and 1023)
) with (fillfactor = 50);

-- log_id instead of (topic, partition): twelve bytes of key in the one index. value is JSON as text, because jsonb refuses
-- the escape \u0000 that a provider may well send.
create table bus.records (
  position bigint not null,
  published_at timestamptz(3) not null default clock_timestamp(),
  log_id int not null,
  key text not null,
  value text not null,
  primary key (log_id, position)
);

-- How far a group has come in a partition, and who may move it: a claim is (owner, epoch, leased_until). Each new claim raises
-- the epoch and every write compares it, so a process that was frozen can't move a cursor when it wakes.
create table bus.cursors (
  group_name text not null,
  log_id int not null references bus.partitions (log_id),
  position bigint not null,
  owner uuid,
  epoch bigint not null default 0,
  leased_until timestamptz,
  primary key (group_name, log_id)
) with (fillfactor = 50);
create index cursors_log on bus.cursors (log_id);

-- Who is in a group right now, for fair shares.
create table bus.members (
  group_name text not null,
  member_id uuid not null,
  expires_at timestamptz not null,
  primary key (group_name, member_id)
) with (fillfactor = 50);

-- A key that must wait: its messages stand in parked_messages, the lowest position is tried first. due_at null: only a person
-- unblocks it. The row is the mutex between the fetcher that parks behind it and the drainer that empties it.
create table bus.parked_keys (
  group_name text not null,
  topic text not null,
  key text not null,
  due_at timestamptz,
  owner uuid,
  epoch bigint not null default 0,
  leased_until timestamptz,
  primary key (group_name, topic, key)
);
create index parked_keys_due on bus.parked_keys (group_name, topic, due_at) where due_at is not null;

-- (partition, position) is the log's or Kafka's own offset: redelivery after a crash finds the message parked already, and a
-- key is drained in that order whatever the order of parking was.
create table bus.parked_messages (
  id bigint generated always as identity primary key,
  group_name text not null,
  topic text not null,
  key text not null,
  partition int not null,
  position bigint not null,
  value text not null,
  published_at timestamptz(3) not null,
  tries int not null,
  reason text not null,
  parked_at timestamptz(3) not null default clock_timestamp(),
  skipped_by text,
  skipped_at timestamptz(3),
  unique (group_name, topic, partition, position),
  constraint parked_messages_skipped_by_whom check ((skipped_by is null) = (skipped_at is null)),
  constraint parked_messages_reason_length check (char_length(reason) <= 1000)
);
create index parked_messages_key on bus.parked_messages (group_name, topic, key, position) where skipped_at is null;
create index parked_messages_skipped on bus.parked_messages (skipped_at) where skipped_at is not null;

grant select, insert, update, delete on
  bus.partitions, bus.records, bus.cursors, bus.members, bus.parked_keys, bus.parked_messages
  to weft_worker;
