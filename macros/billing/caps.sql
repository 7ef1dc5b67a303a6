{#
  within_room(relation, amount, room, owner, within): the rows of `relation` with `within`, the part of `amount` that the
  room of their `owner` still holds when items fill it by work date and id. What lies beyond after each item is the
  highest that the running total has stood above the room, so no item needs the result of the one before; a negative
  item gives room back. Without a room everything is within.
#}
{% macro within_room(relation, amount, room, owner, within) %}
    {%- set in_order -%}
        partition by {{ owner }}, live_from order by item_date, time_entry_id, item_id
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
