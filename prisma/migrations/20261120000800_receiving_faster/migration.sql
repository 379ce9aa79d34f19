-- Every message moves its conversation to the top, which costs an entry in each index that has the row. The latest conversation of a
-- contact is only looked for when none is open (and open ones are found by conversations_one_open), so its index holds the
-- resolved ones alone.
drop index conversations_by_contact;
create index conversations_resolved_by_contact on conversations (tenant_id, contact_id, last_message_at desc) where status = 'resolved';

-- Room on the page for a line's next version: no index has what a message changes of it, so none needs a new entry.
alter table lines set (fillfactor = 60);
