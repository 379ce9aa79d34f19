-- What receiving needs beyond the foundation.

-- Since when its contact has an address, by the provider's time: a number that was handed on to another person follows its
-- present owner, and a late message of the former owner must not take it back (docs/decisions, "numbers follow their owner").
alter table contact_identities add column "held_since" timestamptz(3) not null default current_timestamp;

-- Two halves of one person that met turn out to have a conversation each: the younger points to the older and is resolved for
-- good. Always one step, never a chain. Its messages stay where they were written.
alter table conversations
  add column "merged_into_id" uuid,
  add constraint "conversations_tenant_id_merged_into_id_fkey" foreign key ("tenant_id", "merged_into_id")
    references conversations ("tenant_id", "id") on delete no action on update no action,
  add constraint conversations_not_own_root check (merged_into_id is distinct from id),
  add constraint conversations_merged_is_resolved check (merged_into_id is null or status = 'resolved');
create index conversations_merged on conversations (tenant_id, merged_into_id) where merged_into_id is not null;
