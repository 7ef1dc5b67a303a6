-- Each live time entry with its person, employment, versions, task and project, as of its work date.
{{ config(materialized='view') }}

with entries as (
    select
        records.*,
        -- a mistyped year still finds the first or the last version
        greatest(
            least(records.work_date, {{ add_days(end_of_time(), -1) }}), {{ beginning_of_time() }}
        ) as lookup_date
    from {{ ref('can_time_entry') }} as records
    where not records.is_deleted
),

people as (
    select * from {{ ref('xwalk_employee') }}
),

project_versions as (
    select * from {{ ref('dim_project') }}
),

current_projects as (
    select
        project_key,
        project_version_key
    from {{ ref('dim_project') }}
    where is_as_is
),

-- a project without any version is as unknown as one that no system names
projects as (
    select links.*
    from {{ ref('xwalk_project') }} as links
    inner join current_projects on links.canonical_key = current_projects.project_key
),

tasks as (
    select
        source_system,
        task_id,
        entity_key,
        task_name,
        work_category,
        is_billable_default
    from {{ ref('can_task') }}
    where not is_deleted
),

timeline as (
    select * from {{ ref('int_employment_timeline') }}
),

employments as (
    select * from {{ ref('int_employment') }}
    where is_first_of_id
),

employee_versions as (
    select * from {{ ref('dim_employee') }}
),

current_versions as (
    select
        employment_key,
        employee_version_key,
        practice_name,
        legal_entity_id
    from {{ ref('dim_employee') }}
    where is_as_is
)

select
    entries.entity_key as time_entry_key,
    entries.source_system,
    entries.source_object,
    entries.time_entry_id,
    entries.source_url,
    entries.correlation_id,
    entries.load_id,
    entries.source_file,
    entries.source_row,
    entries.known_from,
    entries.loaded_at,
    entries.employee_id as source_employee_id,
    entries.work_date,
    entries.lookup_date,
    entries.hours,
    entries.status,
    entries.corrects_id,
    entries.work_type,
    entries.role as worked_role,
    entries.invoice_id,
    entries.contract_line_id as named_line_id,
    entries.note,
    entries.entered_at,
    entries.submitted_at,
    entries.approved_at,
    entries.posted_at,
    entries.quality_flags,
    employee_versions.employee_version_key as employee_version_key_as_was,
    current_versions.employee_version_key as employee_version_key_as_is,
    employee_versions.population,
    employee_versions.role,
    employee_versions.region,
    employee_versions.practice_name as resource_practice_as_was,
    current_versions.practice_name as resource_practice_as_is,
    employee_versions.legal_entity_id as resource_entity_as_was,
    current_versions.legal_entity_id as resource_entity_as_is,
    employee_versions.legal_entity_id,
    employee_versions.functional_currency,
    employee_versions.fiscal_year_start_month,
    employee_versions.utilization_target,
    project_versions.project_key,
    project_versions.project_version_key as project_version_key_as_was,
    current_projects.project_version_key as project_version_key_as_is,
    project_versions.customer_key,
    tasks.entity_key as task_key,
    tasks.task_name,
    coalesce(entries.task_id, '') as task_id,
    coalesce(people.canonical_key, 'unassigned') as employee_key,
    coalesce(named.employment_key, timeline.employment_key, 'unassigned') as employment_key,
    coalesce(
        case
            when named.employment_key is not null
                then entries.work_date < named.valid_from or entries.work_date >= named.valid_to
        end, timeline.is_outside_employment, false
    ) as is_outside_employment,
    people.canonical_key is null
    or (named.employment_key is null and timeline.employment_key is null) as is_unknown_employee,
    project_versions.project_key = 'unassigned' as is_unknown_project,
    coalesce(tasks.work_category, project_versions.work_category) as work_category,
    coalesce(
        entries.is_billable, tasks.is_billable_default, project_versions.is_billable_default, false
    ) as is_billable_flag,
    coalesce(entries.is_credited, false) as is_credited_flag
from entries
left join people
    on
        entries.source_system = people.source_system
        and entries.employee_id = people.source_id
        and entries.lookup_date >= people.valid_from
        and entries.lookup_date < people.valid_to
left join employments as named
    on
        people.canonical_key = named.employee_key
        and entries.employment_id = named.employment_id
left join timeline
    on
        people.canonical_key = timeline.employee_key
        and entries.lookup_date >= timeline.valid_from
        and entries.lookup_date < timeline.valid_to
left join employee_versions
    on
        coalesce(named.employment_key, timeline.employment_key, 'unassigned') = employee_versions.employment_key
        and entries.lookup_date >= employee_versions.lookup_from
        and entries.lookup_date < employee_versions.lookup_to
left join current_versions
    on coalesce(named.employment_key, timeline.employment_key, 'unassigned') = current_versions.employment_key
left join projects
    on
        entries.source_system = projects.source_system
        and entries.project_id = projects.source_id
        and entries.lookup_date >= projects.valid_from
        and entries.lookup_date < projects.valid_to
left join project_versions
    on
        coalesce(projects.canonical_key, 'unassigned') = project_versions.project_key
        and entries.lookup_date >= project_versions.lookup_from
        and entries.lookup_date < project_versions.lookup_to
left join current_projects
    on coalesce(projects.canonical_key, 'unassigned') = current_projects.project_key
left join tasks
    on
        entries.source_system = tasks.source_system
        and entries.task_id = tasks.task_id
