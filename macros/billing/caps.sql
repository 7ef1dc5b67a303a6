{#
  within_room(relation, amount, room, owner, within): the rows of `relation` with `within`, the part of `amount` that the
  room of their `owner` still holds when batches fill it in their order. What lies beyond after each batch is the highest
  that the running total has stood above the room, so none needs the result of the one before; a negative one gives room
  back. Without a room everything is within.
#}
{% macro within_room(relation, amount, room, owner, within) %}
    {%- set in_order -%}
        partition by {{ owner }}, live_from order by batch
    {%- endset %}
    select
        beyond.*,
        {{ amount }} - (total_beyond - lag(total_beyond, 1, 0) over ({{ in_order }})) as {{ within }}
    from (
        select
            totals.*,
            greatest(coalesce(max(total_above) over (
                {{ in_order }} rows between unbounded preceding and current row
            ), 0), 0) as total_beyond
        from (
            select
                items.*,
                sum({{ amount }}) over (
                    {{ in_order }} rows between unbounded preceding and current row
                ) - {{ room }} as total_above
            from {{ relation }} as items
        ) as totals
    ) as beyond
{% endmacro %}

{#
  joined_stretches(relation, keys, value): one row for neighbouring half-open stretches [live_from, live_to) of the same
  `keys` whose `value` is the same.
#}
{% macro joined_stretches(relation, keys, value) %}
    {%- set owner = keys | join(', ') -%}
    select
        {{ owner }},
        {{ value }},
        min(live_from) as live_from,
        max(live_to) as live_to
    from (
        select
            marked.*,
            sum(begins_stretch) over (
                partition by {{ owner }} order by live_from rows between unbounded preceding and current row
            ) as stretch
        from (
            select
                stretches.*,
                case
                    when
                        {{ value }} = lag({{ value }}) over in_order
                        and live_from = lag(live_to) over in_order
                        then 0
                    else 1
                end as begins_stretch
            from {{ relation }} as stretches
            window in_order as (partition by {{ owner }} order by live_from)
        ) as marked
    ) as numbered
    group by {{ owner }}, {{ value }}, stretch
{% endmacro %}
