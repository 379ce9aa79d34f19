-- The inbox's lists read two tabs, "not resolved" and "resolved", each whole, unassigned or by assignee, newest first. Partial
-- indexes serve both in order with a constant number of pages read; a conversation is in two of the four, never in all, so
-- that moving one to the top costs intake two index entries as before. A conversation that was merged into another is read
-- as part of that one and stands in no list.
drop index conversations_by_status;
drop index conversations_by_assignee;
create index conversations_open on conversations (tenant_id, last_message_at desc, id desc) where status <> 'resolved';
create index conversations_open_by_assignee on conversations (tenant_id, assignee_id, last_message_at desc, id desc) where status <> 'resolved';
create index conversations_resolved on conversations (tenant_id, last_message_at desc, id desc) where status = 'resolved' and merged_into_id is null;
create index conversations_resolved_by_assignee on conversations (tenant_id, assignee_id, last_message_at desc, id desc) where status = 'resolved' and merged_into_id is null;
