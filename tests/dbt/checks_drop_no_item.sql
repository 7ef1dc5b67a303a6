-- Every item of a check's population has an outcome, and no item has two: the check gives as many items as the table
-- that its metadata names as population holds.
select
    check_id,
    expected_items,
    population as found_items,
    row_count
from {{ ref('rec_check_count') }}
where expected_items <> population or (item_is_transaction and population <> row_count)
