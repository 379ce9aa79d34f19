-- The ground: directory and tenant tables, their database roles and walls.
-- Tables come from prisma/schema.prisma (`prisma migrate diff`); partitions, CHECKs, partial indexes, grants and policies are
-- written by hand, because Prisma has no words for them and its drift check leaves them alone.

-- Roles are made by `weft db roles` (or by embedded mode), never here: creating roles needs rights a migration should not have.
do $$
declare missing text;
begin
  select string_agg(name, ', ') into missing
  from unnest(array['weft_web', 'weft_worker', 'weft_directory', 'weft_tenant', 'weft_platform']) name
  where not exists (select from pg_roles where rolname = name);
  if missing is not null then
    raise exception 'database roles are missing: %. Run the SQL that `npm run -s weft -- db roles` prints, as a superuser, then migrate again.', missing;
  end if;
end $$;

grant usage on schema public to weft_directory, weft_tenant;


-- CreateTable
CREATE TABLE "tenants" (
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'active',
    "locale" TEXT NOT NULL DEFAULT 'en',
    "time_zone" TEXT NOT NULL DEFAULT 'UTC',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tenants_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "users" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "email_verified" BOOLEAN NOT NULL DEFAULT false,
    "image" TEXT,
    "locale" TEXT,
    "theme" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sessions" (
    "id" TEXT NOT NULL,
    "token" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ip_address" TEXT,
    "user_agent" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "accounts" (
    "id" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "access_token" TEXT,
    "refresh_token" TEXT,
    "id_token" TEXT,
    "access_token_expires_at" TIMESTAMPTZ(3),
    "refresh_token_expires_at" TIMESTAMPTZ(3),
    "scope" TEXT,
    "password" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "accounts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "verifications" (
    "id" TEXT NOT NULL,
    "identifier" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "verifications_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "memberships" (
    "user_id" TEXT NOT NULL,
    "tenant_id" UUID NOT NULL,
    "member_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "memberships_pkey" PRIMARY KEY ("user_id","tenant_id")
);

-- CreateTable
CREATE TABLE "channel_addresses" (
    "channel" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "tenant_id" UUID NOT NULL,
    "channel_account_id" UUID NOT NULL,
    "business_id" TEXT,
    "display_address" TEXT,
    "status" TEXT NOT NULL DEFAULT 'active',
    "webhook_secrets" BYTEA,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "channel_addresses_pkey" PRIMARY KEY ("channel","address")
);

-- CreateTable
CREATE TABLE "webhooks" (
    "id" UUID NOT NULL,
    "channel" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "reason" TEXT,
    "path" TEXT NOT NULL,
    "headers" JSONB NOT NULL,
    "body" BYTEA,
    "blob_key" TEXT,
    "size_bytes" INTEGER NOT NULL,
    "event_count" INTEGER NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "webhooks_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tenant_settings" (
    "tenant_id" UUID NOT NULL,
    "conversation_slot" TEXT NOT NULL DEFAULT 'all',
    "reopen_window_hours" INTEGER NOT NULL DEFAULT 72,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "tenant_settings_pkey" PRIMARY KEY ("tenant_id")
);

-- CreateTable
CREATE TABLE "members" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "user_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'active',
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "members_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "roles" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "level" INTEGER NOT NULL,
    "grants" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "roles_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "member_roles" (
    "tenant_id" UUID NOT NULL,
    "member_id" UUID NOT NULL,
    "role_id" UUID NOT NULL,

    CONSTRAINT "member_roles_pkey" PRIMARY KEY ("tenant_id","member_id","role_id")
);

-- CreateTable
CREATE TABLE "channel_accounts" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "channel" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "display_address" TEXT,
    "business_id" TEXT,
    "portfolio_id" TEXT,
    "status" TEXT NOT NULL DEFAULT 'active',
    "status_reason" TEXT,
    "settings" JSONB NOT NULL DEFAULT '{}',
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "circuit" TEXT NOT NULL DEFAULT 'closed',
    "circuit_reason" TEXT,
    "circuit_since" TIMESTAMPTZ(3),
    "last_inbound_at" TIMESTAMPTZ(3),

    CONSTRAINT "channel_accounts_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "channel_credentials" (
    "tenant_id" UUID NOT NULL,
    "channel_account_id" UUID NOT NULL,
    "sealed" BYTEA NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "channel_credentials_pkey" PRIMARY KEY ("tenant_id","channel_account_id")
);

-- CreateTable
CREATE TABLE "templates" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "channel_account_id" UUID NOT NULL,
    "external_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "language" TEXT NOT NULL,
    "category" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "quality" TEXT,
    "parameter_format" TEXT NOT NULL DEFAULT 'positional',
    "components" JSONB NOT NULL,
    "reason" TEXT,
    "synced_at" TIMESTAMPTZ(3) NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "templates_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "contacts" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT,
    "merged_into_id" UUID,
    "locale" TEXT,
    "blocked" BOOLEAN NOT NULL DEFAULT false,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "contacts_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "contact_identities" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "contact_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "attested" BOOLEAN NOT NULL DEFAULT false,
    "username" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "contact_identities_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "contact_preferences" (
    "tenant_id" UUID NOT NULL,
    "contact_id" UUID NOT NULL,
    "channel" TEXT NOT NULL,
    "category" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "contact_preferences_pkey" PRIMARY KEY ("tenant_id","contact_id","channel","category")
);

-- CreateTable
CREATE TABLE "merge_suggestions" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "contact_id" UUID NOT NULL,
    "other_contact_id" UUID NOT NULL,
    "reason" TEXT NOT NULL,
    "score" DOUBLE PRECISION NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'open',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "merge_suggestions_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "lines" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "channel_account_id" UUID NOT NULL,
    "contact_id" UUID NOT NULL,
    "last_inbound_at" TIMESTAMPTZ(3),
    "window_expires_at" TIMESTAMPTZ(3),
    "held_until" TIMESTAMPTZ(3),
    "hold_reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "lines_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "line_identities" (
    "tenant_id" UUID NOT NULL,
    "channel_account_id" UUID NOT NULL,
    "identity_id" UUID NOT NULL,
    "line_id" UUID NOT NULL,

    CONSTRAINT "line_identities_pkey" PRIMARY KEY ("tenant_id","channel_account_id","identity_id")
);

-- CreateTable
CREATE TABLE "conversations" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "contact_id" UUID NOT NULL,
    "slot" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'open',
    "assignee_id" UUID,
    "line_id" UUID,
    "channel_account_id" UUID,
    "channel" TEXT,
    "last_message_id" UUID,
    "last_message_at" TIMESTAMPTZ(3) NOT NULL,
    "last_message_sequence" INTEGER NOT NULL DEFAULT 0,
    "last_message_preview" TEXT NOT NULL DEFAULT '',
    "last_message_kind" TEXT,
    "last_message_direction" TEXT,
    "last_inbound_at" TIMESTAMPTZ(3),
    "unread_count" INTEGER NOT NULL DEFAULT 0,
    "message_sequence" INTEGER NOT NULL DEFAULT 0,
    "opened_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "resolved_at" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "conversations_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "messages" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "conversation_id" UUID NOT NULL,
    "line_id" UUID NOT NULL,
    "channel_account_id" UUID NOT NULL,
    "direction" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "body" TEXT NOT NULL DEFAULT '',
    "content" JSONB NOT NULL DEFAULT '{}',
    "author_kind" TEXT NOT NULL,
    "author_id" UUID,
    "reply_to_external_id" TEXT,
    "reply_to_message_id" UUID,
    "provider_time" TIMESTAMPTZ(3) NOT NULL,
    "sequence" INTEGER NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "edited_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "messages_pkey" PRIMARY KEY ("tenant_id","id")
) PARTITION BY HASH ("tenant_id");

-- CreateTable
CREATE TABLE "attachments" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "message_id" UUID NOT NULL,
    "position" INTEGER NOT NULL DEFAULT 0,
    "kind" TEXT NOT NULL,
    "mime_type" TEXT,
    "file_name" TEXT,
    "size_bytes" INTEGER,
    "sha256" TEXT,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "failure" TEXT,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "provider_media_id" TEXT,
    "blob_key" TEXT,
    "width" INTEGER,
    "height" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "attachments_pkey" PRIMARY KEY ("tenant_id","id")
) PARTITION BY HASH ("tenant_id");

-- CreateTable
CREATE TABLE "uploads" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "member_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "mime_type" TEXT NOT NULL,
    "file_name" TEXT NOT NULL,
    "size_bytes" INTEGER NOT NULL,
    "sha256" TEXT NOT NULL,
    "blob_key" TEXT NOT NULL,
    "width" INTEGER,
    "height" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "uploads_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "message_reactions" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "channel_account_id" UUID NOT NULL,
    "target_external_id" TEXT NOT NULL,
    "message_id" UUID,
    "by_kind" TEXT NOT NULL,
    "by_id" UUID NOT NULL,
    "emoji" TEXT,
    "external_id" TEXT,
    "provider_time" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "message_reactions_pkey" PRIMARY KEY ("tenant_id","id")
) PARTITION BY HASH ("tenant_id");

-- CreateTable
CREATE TABLE "message_revisions" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "channel_account_id" UUID NOT NULL,
    "external_id" TEXT NOT NULL,
    "target_external_id" TEXT NOT NULL,
    "message_id" UUID,
    "change" TEXT NOT NULL,
    "body" TEXT NOT NULL DEFAULT '',
    "content" JSONB NOT NULL DEFAULT '{}',
    "provider_time" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "message_revisions_pkey" PRIMARY KEY ("tenant_id","id")
) PARTITION BY HASH ("tenant_id");

-- CreateTable
CREATE TABLE "deliveries" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "message_id" UUID NOT NULL,
    "conversation_id" UUID NOT NULL,
    "line_id" UUID NOT NULL,
    "channel_account_id" UUID NOT NULL,
    "lane" TEXT NOT NULL DEFAULT 'interactive',
    "state" TEXT NOT NULL DEFAULT 'queued',
    "position" INTEGER NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "error_code" TEXT,
    "error_class" TEXT,
    "error_title" TEXT,
    "external_id" TEXT,
    "queued_at" TIMESTAMPTZ(3) NOT NULL,
    "sending_at" TIMESTAMPTZ(3),
    "unknown_at" TIMESTAMPTZ(3),
    "sent_at" TIMESTAMPTZ(3),
    "delivered_at" TIMESTAMPTZ(3),
    "read_at" TIMESTAMPTZ(3),
    "played_at" TIMESTAMPTZ(3),
    "failed_at" TIMESTAMPTZ(3),
    "settled_by" UUID,
    "settled_at" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "deliveries_pkey" PRIMARY KEY ("tenant_id","id")
) PARTITION BY HASH ("tenant_id");

-- CreateTable
CREATE TABLE "attempts" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "delivery_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "outcome" TEXT NOT NULL DEFAULT 'pending',
    "error_code" TEXT,
    "error_class" TEXT,
    "error_text" TEXT,
    "external_id" TEXT,
    "lease_epoch" BIGINT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "attempts_pkey" PRIMARY KEY ("tenant_id","id")
) PARTITION BY HASH ("tenant_id");

-- CreateTable
CREATE TABLE "receipts" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "channel_account_id" UUID NOT NULL,
    "external_id" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "participant" TEXT NOT NULL DEFAULT '',
    "attempt_id" UUID,
    "delivery_id" UUID,
    "provider_time" TIMESTAMPTZ(3) NOT NULL,
    "error" JSONB,
    "pricing" JSONB,
    "received_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "receipts_pkey" PRIMARY KEY ("tenant_id","id")
) PARTITION BY HASH ("tenant_id");

-- CreateTable
CREATE TABLE "external_refs" (
    "tenant_id" UUID NOT NULL,
    "channel_account_id" UUID NOT NULL,
    "external_id" TEXT NOT NULL,
    "message_id" UUID,
    "delivery_id" UUID,

    CONSTRAINT "external_refs_pkey" PRIMARY KEY ("tenant_id","channel_account_id","external_id")
) PARTITION BY HASH ("tenant_id");

-- CreateIndex
CREATE UNIQUE INDEX "tenants_slug_key" ON "tenants"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "users_email_key" ON "users"("email");

-- CreateIndex
CREATE UNIQUE INDEX "sessions_token_key" ON "sessions"("token");

-- CreateIndex
CREATE INDEX "sessions_user_id_idx" ON "sessions"("user_id");

-- CreateIndex
CREATE INDEX "accounts_user_id_idx" ON "accounts"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "accounts_provider_id_account_id_key" ON "accounts"("provider_id", "account_id");

-- CreateIndex
CREATE INDEX "verifications_identifier_idx" ON "verifications"("identifier");

-- CreateIndex
CREATE UNIQUE INDEX "memberships_tenant_id_member_id_key" ON "memberships"("tenant_id", "member_id");

-- CreateIndex
CREATE UNIQUE INDEX "channel_addresses_channel_account_id_key" ON "channel_addresses"("channel_account_id");

-- CreateIndex
CREATE INDEX "channel_addresses_channel_business_id_idx" ON "channel_addresses"("channel", "business_id");

-- CreateIndex
CREATE INDEX "webhooks_received_at_id_idx" ON "webhooks"("received_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "webhooks_state_received_at_idx" ON "webhooks"("state", "received_at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "members_tenant_id_user_id_key" ON "members"("tenant_id", "user_id");

-- CreateIndex
CREATE UNIQUE INDEX "roles_tenant_id_key_key" ON "roles"("tenant_id", "key");

-- CreateIndex
CREATE UNIQUE INDEX "channel_accounts_tenant_id_channel_address_key" ON "channel_accounts"("tenant_id", "channel", "address");

-- CreateIndex
CREATE UNIQUE INDEX "templates_tenant_id_channel_account_id_name_language_key" ON "templates"("tenant_id", "channel_account_id", "name", "language");

-- CreateIndex
CREATE INDEX "contacts_tenant_id_merged_into_id_idx" ON "contacts"("tenant_id", "merged_into_id");

-- CreateIndex
CREATE INDEX "contact_identities_tenant_id_contact_id_idx" ON "contact_identities"("tenant_id", "contact_id");

-- CreateIndex
CREATE UNIQUE INDEX "contact_identities_tenant_id_kind_scope_value_key" ON "contact_identities"("tenant_id", "kind", "scope", "value");

-- CreateIndex
CREATE UNIQUE INDEX "merge_suggestions_tenant_id_contact_id_other_contact_id_rea_key" ON "merge_suggestions"("tenant_id", "contact_id", "other_contact_id", "reason");

-- CreateIndex
CREATE INDEX "lines_tenant_id_contact_id_idx" ON "lines"("tenant_id", "contact_id");

-- CreateIndex
CREATE INDEX "lines_tenant_id_channel_account_id_idx" ON "lines"("tenant_id", "channel_account_id");

-- CreateIndex
CREATE INDEX "line_identities_tenant_id_line_id_idx" ON "line_identities"("tenant_id", "line_id");

-- CreateIndex
CREATE INDEX "conversations_by_status" ON "conversations"("tenant_id", "status", "last_message_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "conversations_by_assignee" ON "conversations"("tenant_id", "assignee_id", "status", "last_message_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "conversations_by_contact" ON "conversations"("tenant_id", "contact_id", "last_message_at" DESC);

-- CreateIndex
CREATE INDEX "messages_by_conversation" ON "messages"("tenant_id", "conversation_id", "provider_time" DESC, "sequence" DESC);

-- CreateIndex
CREATE INDEX "attachments_tenant_id_message_id_idx" ON "attachments"("tenant_id", "message_id");

-- CreateIndex
CREATE INDEX "message_reactions_tenant_id_message_id_idx" ON "message_reactions"("tenant_id", "message_id");

-- CreateIndex
CREATE UNIQUE INDEX "message_reactions_tenant_id_channel_account_id_target_exter_key" ON "message_reactions"("tenant_id", "channel_account_id", "target_external_id", "by_kind", "by_id");

-- CreateIndex
CREATE INDEX "message_revisions_tenant_id_message_id_idx" ON "message_revisions"("tenant_id", "message_id");

-- CreateIndex
CREATE INDEX "message_revisions_tenant_id_channel_account_id_target_exter_idx" ON "message_revisions"("tenant_id", "channel_account_id", "target_external_id");

-- CreateIndex
CREATE UNIQUE INDEX "message_revisions_tenant_id_channel_account_id_external_id_key" ON "message_revisions"("tenant_id", "channel_account_id", "external_id");

-- CreateIndex
CREATE INDEX "deliveries_tenant_id_message_id_idx" ON "deliveries"("tenant_id", "message_id");

-- CreateIndex
CREATE INDEX "deliveries_due" ON "deliveries"("tenant_id", "channel_account_id", "state", "due_at");

-- CreateIndex
CREATE INDEX "deliveries_by_line" ON "deliveries"("tenant_id", "line_id", "lane", "position");

-- CreateIndex
CREATE UNIQUE INDEX "attempts_tenant_id_delivery_id_number_key" ON "attempts"("tenant_id", "delivery_id", "number");

-- CreateIndex
CREATE INDEX "receipts_tenant_id_delivery_id_idx" ON "receipts"("tenant_id", "delivery_id");

-- CreateIndex
CREATE UNIQUE INDEX "receipts_tenant_id_channel_account_id_external_id_status_pa_key" ON "receipts"("tenant_id", "channel_account_id", "external_id", "status", "participant");

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "member_roles" ADD CONSTRAINT "member_roles_tenant_id_member_id_fkey" FOREIGN KEY ("tenant_id", "member_id") REFERENCES "members"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "member_roles" ADD CONSTRAINT "member_roles_tenant_id_role_id_fkey" FOREIGN KEY ("tenant_id", "role_id") REFERENCES "roles"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "channel_credentials" ADD CONSTRAINT "channel_credentials_tenant_id_channel_account_id_fkey" FOREIGN KEY ("tenant_id", "channel_account_id") REFERENCES "channel_accounts"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "templates" ADD CONSTRAINT "templates_tenant_id_channel_account_id_fkey" FOREIGN KEY ("tenant_id", "channel_account_id") REFERENCES "channel_accounts"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contacts" ADD CONSTRAINT "contacts_tenant_id_merged_into_id_fkey" FOREIGN KEY ("tenant_id", "merged_into_id") REFERENCES "contacts"("tenant_id", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "contact_identities" ADD CONSTRAINT "contact_identities_tenant_id_contact_id_fkey" FOREIGN KEY ("tenant_id", "contact_id") REFERENCES "contacts"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contact_preferences" ADD CONSTRAINT "contact_preferences_tenant_id_contact_id_fkey" FOREIGN KEY ("tenant_id", "contact_id") REFERENCES "contacts"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "lines" ADD CONSTRAINT "lines_tenant_id_channel_account_id_fkey" FOREIGN KEY ("tenant_id", "channel_account_id") REFERENCES "channel_accounts"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "lines" ADD CONSTRAINT "lines_tenant_id_contact_id_fkey" FOREIGN KEY ("tenant_id", "contact_id") REFERENCES "contacts"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "line_identities" ADD CONSTRAINT "line_identities_tenant_id_line_id_fkey" FOREIGN KEY ("tenant_id", "line_id") REFERENCES "lines"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "line_identities" ADD CONSTRAINT "line_identities_tenant_id_identity_id_fkey" FOREIGN KEY ("tenant_id", "identity_id") REFERENCES "contact_identities"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_tenant_id_contact_id_fkey" FOREIGN KEY ("tenant_id", "contact_id") REFERENCES "contacts"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_tenant_id_assignee_id_fkey" FOREIGN KEY ("tenant_id", "assignee_id") REFERENCES "members"("tenant_id", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "messages" ADD CONSTRAINT "messages_tenant_id_conversation_id_fkey" FOREIGN KEY ("tenant_id", "conversation_id") REFERENCES "conversations"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;


-- ---- partitions: one schema of their own, out of Prisma's sight; the application never names one ----
create schema weft_partitions;
do $$
declare parent text;
begin
  foreach parent in array array['messages', 'attachments', 'message_reactions', 'message_revisions', 'deliveries', 'attempts', 'receipts', 'external_refs'] loop
    for remainder in 0..7 loop
      execute format('create table weft_partitions.%I partition of public.%I for values with (modulus 8, remainder %s)', parent || '_p' || remainder, parent, remainder);
      execute format('alter table weft_partitions.%I enable row level security', parent || '_p' || remainder);
      execute format('alter table weft_partitions.%I force row level security', parent || '_p' || remainder);
    end loop;
  end loop;
end $$;


-- ---- rules that live in the database ----
-- One open conversation per (contact, slot): two first messages at once meet here (I7).
create unique index conversations_one_open on conversations (tenant_id, contact_id, slot) where status <> 'resolved';

alter table tenants
  add constraint tenants_slug_shape check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  add constraint tenants_name_length check (char_length(name) between 1 and 200),
  add constraint tenants_status_known check (status in ('active', 'suspended'));
alter table channel_addresses
  add constraint channel_addresses_address_length check (char_length(address) between 1 and 320),
  add constraint channel_addresses_status_known check (status in ('active', 'disabled'));
alter table webhooks
  add constraint webhooks_state_known check (state in ('parsed', 'unparsed', 'replayed')),
  add constraint webhooks_has_body check (body is not null or blob_key is not null);
alter table tenant_settings
  add constraint tenant_settings_slot_known check (conversation_slot in ('all', 'account')),
  add constraint tenant_settings_reopen_range check (reopen_window_hours between 0 and 8760);
alter table members
  add constraint members_status_known check (status in ('active', 'suspended')),
  add constraint members_name_length check (char_length(name) between 1 and 200);
alter table roles
  add constraint roles_level_range check (level between 1 and 10),
  add constraint roles_key_length check (char_length(key) between 1 and 64);
alter table channel_accounts
  add constraint channel_accounts_address_length check (char_length(address) between 1 and 320),
  add constraint channel_accounts_name_length check (char_length(name) between 1 and 200),
  add constraint channel_accounts_status_known check (status in ('active', 'disabled', 'error')),
  add constraint channel_accounts_circuit_known check (circuit in ('closed', 'open', 'half_open'));
alter table templates
  add constraint templates_name_length check (char_length(name) between 1 and 512),
  add constraint templates_format_known check (parameter_format in ('positional', 'named'));
alter table contacts
  add constraint contacts_name_length check (char_length(name) <= 200),
  add constraint contacts_not_own_root check (merged_into_id is distinct from id);
alter table contact_identities
  add constraint contact_identities_kind_known check (kind in ('phone', 'email', 'wa_id', 'bsuid', 'psid', 'igsid', 'lid', 'visitor')),
  add constraint contact_identities_value_length check (char_length(value) between 1 and 320),
  add constraint contact_identities_scope_length check (char_length(scope) between 1 and 320);
alter table merge_suggestions
  add constraint merge_suggestions_status_known check (status in ('open', 'accepted', 'dismissed'));
alter table conversations
  add constraint conversations_status_known check (status in ('open', 'pending', 'snoozed', 'resolved')),
  add constraint conversations_unread_positive check (unread_count >= 0),
  add constraint conversations_preview_length check (char_length(last_message_preview) <= 200),
  add constraint conversations_direction_known check (last_message_direction in ('inbound', 'outbound'));
alter table messages
  add constraint messages_direction_known check (direction in ('inbound', 'outbound')),
  add constraint messages_body_length check (char_length(body) <= 65536),
  add constraint messages_author_known check (author_kind in ('contact', 'member', 'phone_app', 'system', 'automation'));
alter table attachments
  add constraint attachments_state_known check (state in ('pending', 'stored', 'failed')),
  add constraint attachments_file_name_length check (char_length(file_name) <= 240);
alter table uploads
  add constraint uploads_file_name_length check (char_length(file_name) <= 240);
alter table message_reactions
  add constraint message_reactions_by_known check (by_kind in ('contact', 'business', 'member')),
  add constraint message_reactions_emoji_length check (char_length(emoji) <= 64);
alter table message_revisions
  add constraint message_revisions_change_known check (change in ('edit', 'revoke')),
  add constraint message_revisions_body_length check (char_length(body) <= 65536);
alter table deliveries
  add constraint deliveries_lane_known check (lane in ('interactive', 'bulk')),
  add constraint deliveries_state_known check (state in ('queued', 'sending', 'unknown', 'sent', 'failed', 'delivered', 'read', 'played', 'discarded'));
alter table attempts
  add constraint attempts_outcome_known check (outcome in ('pending', 'accepted', 'refused', 'ambiguous'));
alter table receipts
  add constraint receipts_status_known check (status in ('sent', 'delivered', 'read', 'played', 'failed')),
  add constraint receipts_external_id_length check (char_length(external_id) between 1 and 512);
alter table external_refs
  add constraint external_refs_external_id_length check (char_length(external_id) between 1 and 512);

-- ---- grants: a role per class of table; the login roles weft_web and weft_worker are members of them ----

grant select, insert, update, delete on
  tenants, users, sessions, accounts, verifications, memberships, channel_addresses, webhooks
  to weft_directory;

-- Raw webhooks may speak of several tenants: operators and workers only.
revoke all on webhooks from weft_directory;
grant select, insert, update, delete on webhooks to weft_worker;

grant select, insert, update, delete on
  tenant_settings,
  members,
  roles,
  member_roles,
  channel_accounts,
  channel_credentials,
  templates,
  contacts,
  contact_identities,
  contact_preferences,
  merge_suggestions,
  lines,
  line_identities,
  conversations,
  messages,
  attachments,
  uploads,
  message_reactions,
  message_revisions,
  deliveries,
  attempts,
  receipts,
  external_refs
  to weft_tenant;


-- ---- the wall (I6): forced, per role; a missing setting raises instead of showing nothing or everything ----
do $$
declare name text;
begin
  foreach name in array array['tenant_settings', 'members', 'roles', 'member_roles', 'channel_accounts', 'channel_credentials', 'templates', 'contacts', 'contact_identities', 'contact_preferences', 'merge_suggestions', 'lines', 'line_identities', 'conversations', 'messages', 'attachments', 'uploads', 'message_reactions', 'message_revisions', 'deliveries', 'attempts', 'receipts', 'external_refs'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format($policy$create policy one_tenant on %I to weft_web
      using (tenant_id = (select current_setting('app.tenant_id')::uuid))
      with check (tenant_id = (select current_setting('app.tenant_id')::uuid))$policy$, name);
    execute format($policy$create policy listed_tenants on %I to weft_worker
      using (tenant_id = any ((select current_setting('app.tenant_ids')::uuid[])::uuid[]))
      with check (tenant_id = any ((select current_setting('app.tenant_ids')::uuid[])::uuid[]))$policy$, name);
  end loop;
end $$;
