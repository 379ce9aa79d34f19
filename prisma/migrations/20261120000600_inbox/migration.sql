-- The inbox's lists read two tabs, "not resolved" and "resolved", each whole, unassigned or by assignee, newest first. Partial
-- indexes serve each in order, so a page reads as many entries as it has rows; a conversation stands in two of the six, so that
-- moving one to the top costs intake two index entries as before. Unassigned ones have an index of their own, because in a
-- tenant with few of them a filter on the whole tab would walk past thousands. A conversation that was merged into another is
-- read as part of that one and stands in no list.
drop index conversations_by_status;
drop index conversations_by_assignee;
create index conversations_open on conversations (tenant_id, last_message_at desc, id desc) where status <> 'resolved';
create index conversations_open_unassigned on conversations (tenant_id, last_message_at desc, id desc)
  where status <> 'resolved' and assignee_id is null;
create index conversations_open_by_assignee on conversations (tenant_id, assignee_id, last_message_at desc, id desc)
  where status <> 'resolved' and assignee_id is not null;
create index conversations_resolved on conversations (tenant_id, last_message_at desc, id desc)
  where status = 'resolved' and merged_into_id is null;
create index conversations_resolved_unassigned on conversations (tenant_id, last_message_at desc, id desc)
  where status = 'resolved' and merged_into_id is null and assignee_id is null;
create index conversations_resolved_by_assignee on conversations (tenant_id, assignee_id, last_message_at desc, id desc)
  where status = 'resolved' and merged_into_id is null and assignee_id is not null;
