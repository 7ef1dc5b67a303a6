{{ crosswalk('project', 'project_id', ['project_code']) }}
