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

{#
  cap_cuts(): where rows are replaced, the day of each contract from which its capped items are worked out anew: the first
  on which what waits or the room for it differs, back to the beginning of its run. Every run is filled by itself, so what
  lies before stands.
#}
{% macro cap_cuts() %}
    select
        touched.contract_id,
        coalesce(max(runs.run_from), touched.first_day) as cut
    from (
        select
            contract_id,
            min(differs_from) as first_day
        from (
            {%- for side in ['was', 'now'] %}
            select
                contract_lines.contract_id,
                waiting.live_from as differs_from
            from {{ rows_of_side('int_wip_hours', side) }} as waiting
            inner join {{ relation_of('int_contract_line') }} as contract_lines
                on waiting.contract_line_id = contract_lines.contract_line_id
            where waiting.component in ('unbilled_tm_time', 'unbilled_overage')
            union all
            {%- endfor %}
            -- a run that only ends on another day differs from the earlier end on
            {%- for one, other in [('was', 'now'), ('now', 'was')] %}
            select
                ours.contract_id,
                case when theirs.contract_id is null then ours.run_from else least(ours.run_to, theirs.run_to) end
                    as differs_from
            from {{ rows_of_side('int_cap_run', one) }} as ours
            left join {{ rows_of_side('int_cap_run', other) }} as theirs
                on
                    ours.contract_id = theirs.contract_id
                    and ours.contract_line_id = theirs.contract_line_id
                    and ours.run_from = theirs.run_from
                    and ours.may_bind = theirs.may_bind
                    and coalesce(ours.line_room, -1) = coalesce(theirs.line_room, -1)
                    and coalesce(ours.contract_room, -1) = coalesce(theirs.contract_room, -1)
            {%- if not loop.last %}
            union all
            {%- endif %}
            {%- endfor %}
        ) as differing
        group by contract_id
    ) as touched
    left join {{ relation_of('int_cap_run') }} as runs
        on
            touched.contract_id = runs.contract_id
            and touched.first_day >= runs.run_from
            and touched.first_day < runs.run_to
    group by touched.contract_id, touched.first_day
{% endmacro %}

{# The same of every capped contract: none is cut where nothing of it differs, and all at once where all is made anew. #}
{% macro cuts_of_contracts() %}
    {%- if how_to_build() == 'rows' %}
    select
        contracts.contract_id,
        coalesce(cuts.cut, {{ end_of_time() }}) as cut
    from (select distinct contract_id from {{ ref('int_cap_run') }}) as contracts
    left join ({{ cap_cuts() }}) as cuts on contracts.contract_id = cuts.contract_id
    {%- else %}
    select distinct
        contract_id,
        {{ beginning_of_time() }} as cut
    from {{ ref('int_cap_run') }}
    {%- endif %}
{% endmacro %}

{# Items that are touched: those that differ, and of contracts that are cut whatever waits from that day on. #}
{% macro cap_touched_items() %}
    select item_id from {{ rows_of_side('int_wip_hours', 'was') }}
    union all
    select item_id from {{ rows_of_side('int_wip_hours', 'now') }}
    union all
    select waiting.item_id
    from {{ relation_of('int_wip_hours') }} as waiting
    inner join {{ relation_of('int_contract_line') }} as contract_lines
        on waiting.contract_line_id = contract_lines.contract_line_id
    inner join ({{ cap_cuts() }}) as cuts
        on contract_lines.contract_id = cuts.contract_id and waiting.live_to > cuts.cut
    where contract_lines.contract_line_id in (select contract_line_id from {{ relation_of('int_cap_run') }})
{% endmacro %}
