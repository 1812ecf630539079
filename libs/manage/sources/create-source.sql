/*
  Creates a source with its secrets (those of the environment if :fromEnvironment), and audits it, unless the tenant has
  :most sources, :mostTopics with the provider `kafka`, or one with this name. "hasRoom", "hasTopicRoom" and "isCreated" say what
  happened.
*/
/* @name createSource */
with by as (
  select * from jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
),
-- Two creations at once would both find the name free, and a place for the last source.
owner as (
  select id from tenants where id = :tenant! for no key update
),
room as materialized (
  select
    id as tenant, count_sources(id) < :most! as is_left,
    :provider! <> 'kafka' or count_sources(id, 'kafka') < :mostTopics! as is_topic_left,
    source_named(id, :name!) is null as is_free
  from owner
),
created as (
  insert into sources (public_id, tenant, name, provider, settings, duplicates, resubmit, enabled)
  select
    :publicId!, tenant, :name!, :provider!, :settings!::text::jsonb, :duplicates!::duplicates_policy,
    :resubmit!::resubmit_policy, :enabled!
  from room
  where is_left and is_topic_left and is_free
  returning id, tenant, name, provider
),
kept as (
  insert into source_secrets (source, secret, from_environment)
  select created.id, secret, :fromEnvironment!
  from created, unnest(:secrets!::bytea[]) with ordinality as s (secret, place)
  order by place desc
),
audited as (
  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
  select
    created.tenant, by.type, by.id, by.name, by."requestId", 'source.created', :subject!,
    jsonb_build_object('name', created.name, 'provider', created.provider)
  from created, by
)
select is_left as "hasRoom!", is_topic_left as "hasTopicRoom!", exists(select from created) as "isCreated!" from room;
