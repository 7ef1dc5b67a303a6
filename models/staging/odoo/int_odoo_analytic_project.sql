-- Which project an analytic distribution names: {"26":100.0} is the whole amount on account 26, {"26,19":50.0} half of
-- it on the accounts of two plans at once. Between quotation marks stand the keys, each followed by its share.
-- A project is named by its analytic account, where no other project has the same one. A distribution over several
-- projects, or with a part on none, names no single project.
with distributions as (
    select
        source_system,
        analytic_distribution
    from {{ ref('stg_odoo__account_move_line') }}
    where analytic_distribution is not null
    union
    select
        source_system,
        analytic_distribution
    from {{ ref('stg_odoo__hr_expense') }}
    where analytic_distribution is not null
),

places as (
    {{ number_series(20) }}
),

shares as (
    select
        distributions.source_system,
        distributions.analytic_distribution,
        {{ text_piece(
            'distributions.analytic_distribution', '"', 'cast(2 * places.n + 2 as integer)'
        ) }} as account_ids,
        {{ cast_text(
            "trim(both ' :,}' from "
            ~ text_piece('distributions.analytic_distribution', '"', 'cast(2 * places.n + 3 as integer)') ~ ")",
            'numeric(28,6)'
        ) }} as percentage
    from distributions
    cross join places
),

projects as (
    select
        source_system,
        analytic_account_id,
        min(project_id) as project_id
    from {{ ref('stg_odoo__project_project') }}
    where analytic_account_id is not null and not is_deleted
    group by source_system, analytic_account_id
    having count(*) = 1
),

named as (
    select
        shares.source_system,
        shares.analytic_distribution,
        projects.project_id,
        sum(shares.percentage) as percentage
    from shares
    inner join projects
        on
            shares.source_system = projects.source_system
            and ',' || shares.account_ids || ',' like '%,' || projects.analytic_account_id || ',%'
    where shares.percentage <> 0
    group by shares.source_system, shares.analytic_distribution, projects.project_id
)

select
    source_system,
    analytic_distribution,
    case when count(*) = 1 and min(percentage) > 99 then min(project_id) end as project_id,
    case when count(*) > 1 or min(percentage) <= 99 then 'shared_between_projects' end as project_flag
from named
group by source_system, analytic_distribution
